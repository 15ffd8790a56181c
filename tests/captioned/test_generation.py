import numpy as np

from zoo.captioned import generation


def test_noise_is_a_function_of_the_seed_and_its_beginning_of_no_count():
    noise = generation.noise(3, 4, 5).numpy()
    np.testing.assert_array_equal(generation.noise(3, 2, 5), noise[:2])
    assert (generation.noise(4, 4, 5).numpy() != noise).all()


def test_truncated_noise_by_hand():
    # The upper quartile of the normal distribution, 0.6745, and of the one truncated to [-1, 1]:
    # Phi(x) = 0.5 + 0.5 * 0.6827 / 2 = 0.6707 at x = 0.4418.
    got = generation.truncated(np.float32([0, 0.6745, -0.6745]), 1.0)
    np.testing.assert_allclose(got, [0, 0.4418, -0.4418], atol=1e-4)


def test_truncated_noise_is_bounded_with_the_right_variance():
    normal = generation.noise(0, 1000, 1000)
    for bound, variance in [(1.0, 0.2911), (2.0, 0.7737)]:  # 1 - 2 F phi(F) / (2 Phi(F) - 1)
        got = generation.truncated(normal, bound).numpy()
        assert np.abs(got).max() <= bound
        assert np.abs(got).max() > 0.999 * bound
        np.testing.assert_allclose(got.var(), variance, atol=0.002)
        np.testing.assert_allclose(got.mean(), 0, atol=0.005)


def test_a_far_bound_changes_nothing_and_a_near_one_leaves_finite_noise():
    normal = generation.noise(0, 10, 100)
    np.testing.assert_allclose(generation.truncated(normal, 50.0), normal, atol=1e-5)
    tiny = generation.truncated(normal, 1e-3).numpy()
    assert np.isfinite(tiny).all() and np.abs(tiny).max() <= 1e-3
    extreme = generation.truncated(np.float32([-40, 40]), 100.0).numpy()
    np.testing.assert_allclose(extreme, [-100, 100])
