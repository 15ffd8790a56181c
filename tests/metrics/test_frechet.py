import numpy as np
import pytest

from zoo.metrics.frechet import frechet_distance

# Mean 0, unbiased covariance (4 / 3) I.
SQUARE = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


def test_equal_sets_are_at_distance_zero():
    assert frechet_distance(SQUARE, SQUARE[::-1]) == pytest.approx(0, abs=1e-12)


def test_shift_of_the_mean_adds_its_squared_length():
    assert frechet_distance(SQUARE, SQUARE + [3.0, 4.0]) == pytest.approx(25.0)


def test_diagonal_covariances():
    # sum_i (s_i - t_i)^2 with s = sqrt(4/3) (1, 1), t = sqrt(4/3) (2, 3): (4/3) (1 + 4) = 20/3.
    assert frechet_distance(SQUARE, SQUARE * [2.0, 3.0]) == pytest.approx(20 / 3)


def test_covariances_that_do_not_commute():
    # C = diag(4, 0) and C_w = [[1, 1], [1, 1]]: C C_w = [[4, 4], [0, 0]] has eigenvalues 4 and 0,
    # so the distance is 4 + 2 - 2 * sqrt(4) = 2.
    root2 = np.sqrt(2)
    real = np.array([[root2, 0.0], [-root2, 0.0]])
    fake = np.array([[1.0, 1.0], [-1.0, -1.0]]) / root2
    assert frechet_distance(real, fake) == pytest.approx(2.0)


def test_fewer_rows_than_dimensions():
    features = np.random.default_rng(0).normal(size=(5, 40))
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-12)
    assert frechet_distance(features, features + 1) == pytest.approx(40)


def test_further_dimensions_in_which_nothing_differs_change_nothing():
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(7, 4)), generator.normal(size=(6, 4)) * 2
    rotation, _ = np.linalg.qr(generator.normal(size=(40, 4)))
    assert frechet_distance(real @ rotation.T, fake @ rotation.T) == pytest.approx(
        frechet_distance(real, fake))


def test_is_symmetric():
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(30, 4)), generator.normal(size=(20, 4)) * 2
    assert frechet_distance(real, fake) == pytest.approx(frechet_distance(fake, real))


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (SQUARE[:1], SQUARE, "real_features must be a matrix of at least two rows"),
        (SQUARE, SQUARE[0], "fake_features must be a matrix"),
        (SQUARE, SQUARE[:, :1], "differ in width: 2 and 1"),
        (SQUARE, SQUARE * np.nan, "fake_features has a NaN"),
    ],
)
def test_rejects(real, fake, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, fake)
