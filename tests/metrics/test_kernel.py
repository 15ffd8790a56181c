import numpy as np
import pytest

from zoo.metrics.kernel import kernel_distance


def test_two_pairs_by_hand():
    # d = 1, k(x, y) = (x y + 1)^3; real 0 and 1, fake 1 and 2.
    # k(x, x') = 1; k(y, y') = 27; k(x1, y2) = 1; k(x2, y1) = 8: 1 + 27 - 1 - 8 = 19.
    found = kernel_distance([[0.0], [1.0]], [[1.0], [2.0]])
    assert found["value"] == pytest.approx(19.0)


def test_three_pairs_in_two_dimensions_by_hand():
    # k = (x · y / 2 + 1)^3. Real rows: (0, 0) three times; fake rows (2, 0), (0, 2), (2, 2).
    # All of real to anything 1; fake: k12 = 1, k13 = 27, k23 = 27.
    # Mean over pairs of 1 + k - 1 - 1: (0 + 26 + 26) / 3.
    found = kernel_distance(np.zeros((3, 2)), [[2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    assert found["value"] == pytest.approx(52 / 3)


def test_the_scale_of_features_of_unit_length_is_1():
    # k = (x · y + 1)^3: real rows at right angles 1, fake rows opposite 0; across 1 and 1.
    real, fake = [[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [-1.0, 0.0]]
    # k(x1, y2) = (1 · -1 + 1)^3 = 0; k(x2, y1) = 1: 1 + 0 - 0 - 1 = 0.
    assert kernel_distance(real, fake, scale=1.0)["value"] == pytest.approx(0.0)
    fake = [[0.0, -1.0], [0.0, -1.0]]
    # k(y, y') = 8, k(x1, y2) = 1, k(x2, y1) = 0: 1 + 8 - 1 - 0. Halved, 1 + 1.5^3 - 1 - 0.5^3.
    assert kernel_distance(real, fake, scale=1.0)["value"] == pytest.approx(8.0)
    assert kernel_distance(real, fake)["value"] == pytest.approx(3.25)


def test_equal_sets_have_0_with_no_interval_and_shifted_ones_more():
    rows = np.random.default_rng(0).normal(size=(40, 5))
    assert kernel_distance(rows, rows) == pytest.approx({"value": 0, "low": 0, "high": 0})
    shifted = kernel_distance(rows, rows + 1)
    assert 0 < shifted["low"] < shifted["value"] < shifted["high"]


def test_it_is_unbiased_where_the_frechet_distance_is_not():
    random = np.random.default_rng(0)
    values = [kernel_distance(*random.normal(size=(2, 20, 4)), num_resamples=1)["value"]
              for _ in range(400)]
    assert abs(np.mean(values)) < 3 * np.std(values) / 20
    assert min(values) < 0


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(1)
    covered = 0
    for _ in range(100):
        found = kernel_distance(*(random.normal(size=(2, 60, 2)) + [[[0.0]], [[1.0]]]),
                                num_resamples=200)
        covered += found["low"] <= _expected() <= found["high"]
    assert covered >= 85


def _expected():
    """The distance of N(0, I) and N((1, 1), I) in two dimensions, by Gauss–Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    points = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    weights = np.outer(weights, weights).ravel() / weights.sum() ** 2

    def mean(one, other):
        kernel = ((points + one) @ (points + other).T / 2 + 1) ** 3
        return weights @ kernel @ weights
    return mean(0, 0) + mean(1, 1) - 2 * mean(0, 1)


def test_rows_of_one_example_are_never_compared():
    # Example a holds two rows; only its pairs with b count.
    real, fake = np.array([[0.0], [0.0], [1.0]]), np.array([[1.0], [3.0], [2.0]])
    # (0, 1) with (1, 2): 1 + 27 - 1 - 8 = 19; (0, 3) with (1, 2): 1 + 343 - 1 - 64 = 279.
    found = kernel_distance(real, fake, clusters=["a", "a", "b"])
    assert found["value"] == pytest.approx((19 + 279) / 2)
    # A resample has both examples, or one of them twice, which has no pair.
    assert (found["low"], found["high"]) == pytest.approx((149, 149))


def test_more_than_a_thousand_rows_are_compared_in_blocks():
    random = np.random.default_rng(2)
    real, fake = random.normal(size=(2500, 3)), random.normal(size=(2500, 3)) + 0.5
    found = kernel_distance(real, fake, num_resamples=50)
    whole = kernel_distance(real[:900], fake[:900], num_resamples=50)
    assert found["high"] - found["low"] < whole["high"] - whole["low"]
    assert found["low"] < whole["high"] and whole["low"] < found["high"]


@pytest.mark.parametrize("real, fake, message", [
    (np.zeros((2, 2)), np.zeros((3, 2)), "of one shape"), (np.zeros(2), np.zeros(2), "matrices"),
    (np.zeros((1, 2)), np.zeros((1, 2)), "needs two examples, got 1"),
    (np.zeros((0, 2)), np.zeros((0, 2)), "needs two examples, got 0"),
    (np.zeros((2, 2)), np.full((2, 2), np.nan), "NaN"),
])
def test_rejects(real, fake, message):
    with pytest.raises(ValueError, match=message):
        kernel_distance(real, fake)
