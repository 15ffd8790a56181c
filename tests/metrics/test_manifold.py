"""Precision, recall, density and coverage, with numbers worked by hand."""

import numpy as np
import pytest

from zoo.metrics import manifold

# The nearest neighbours of 0, 1, 3, 10 are 1, 1, 2 and 7 away.
REAL = np.array([[0.0], [1.0], [3.0], [10.0]])


def means(real, fake, k=1):
    return {name.removeprefix("manifold_"): values.mean()
            for name, values in manifold.of_rows(real, fake, k).items()}


def test_by_hand():
    # Real balls: [-1, 1], [0, 2], [1, 5], [3, 17].
    fake = np.array([[0.0], [1.0], [4.0], [20.0]])
    # Of 0: balls of 0 and 1. Of 1: of 0, 1 and 3. Of 4: of 3 and 10. Of 20: none.
    # Fake balls: 0 ± 1, 1 ± 1, 4 ± 3 and 20 ± 16, so [-1, 1], [0, 2], [1, 7] and [4, 36].
    assert means(REAL, fake) == {
        "precision": 3 / 4, "recall": 1.0, "density": (2 + 3 + 2 + 0) / 4, "coverage": 1.0}


def test_the_second_neighbour():
    # Real balls reach 3, 2, 3 and 9 far: [-3, 3], [-1, 3], [0, 6] and [1, 19].
    # Fake ones 2, 1, 2 far: [98, 102], [100, 102], [100, 104].
    assert means(REAL, np.array([[100.0], [101.0], [102.0]]), k=2) == {
        "precision": 0.0, "recall": 0.0, "density": 0.0, "coverage": 0.0}
    # Of 2: all four balls; of 18: the last; of -2: the first. Their own: 2 ± 16, 18 ± 20, -2 ± 20.
    assert means(REAL, np.array([[2.0], [18.0], [-2.0]]), k=2) == {
        "precision": 1.0, "recall": 1.0, "density": (4 + 1 + 1) / 2 / 3, "coverage": 1.0}


def test_what_each_row_adds():
    rows = manifold.of_rows(REAL, np.array([[0.9], [1.9], [2.9]]), k=1)
    np.testing.assert_array_equal(rows["manifold_density"], [2, 2, 1])
    np.testing.assert_array_equal(rows["manifold_precision"], [1, 1, 1])
    np.testing.assert_array_equal(rows["manifold_coverage"], [1, 1, 1, 0])
    np.testing.assert_array_equal(rows["manifold_recall"], [1, 1, 1, 0])  # Balls end at 3.9.


def test_one_distribution_has_density_one_and_an_outlier_does_not_make_a_manifold():
    real, other = np.random.default_rng(0).normal(size=(2, 400, 6))
    found = {name: row["value"] for name, row in manifold.measure(real, other, seed=0).items()}
    assert found["manifold_density"] == pytest.approx(1.0, abs=0.1)
    assert found["manifold_coverage"] == pytest.approx(1 - 2**-5, abs=0.03)
    assert min(found.values()) > 0.8


def test_one_repeated_row_covers_nothing_and_few_modes_are_seen_in_coverage():
    random = np.random.default_rng(0)
    modes = np.repeat(np.eye(10) * 20, 10, axis=0)  # Ten modes of ten rows.
    real, even = modes + random.normal(size=(2, 100, 10))
    one = np.repeat(even[:1], 100, axis=0)
    few = modes[np.arange(100) % 20] + random.normal(size=(100, 10))  # Two of the modes alone.
    full, of_two, of_one = (manifold.measure(real, fake, seed=0) for fake in (even, few, one))
    for name in ("manifold_recall", "manifold_coverage"):
        assert of_one[name]["value"] <= 0.1 < 0.9 < full[name]["value"]
        assert of_two[name]["value"] <= 0.2
        assert full[name]["low"] <= full[name]["value"] <= full[name]["high"]
    assert of_two["manifold_precision"]["value"] > 0.9


def test_what_is_too_few_or_of_two_sizes_has_no_value():
    rows = np.random.default_rng(0).normal(size=(6, 2))
    assert manifold.measure(rows, rows, seed=0)["manifold_coverage"]["value"] == 1.0
    nothing = {"value": None, "low": None, "high": None, "count": 5}
    assert set(map(str, manifold.measure(rows, rows[:5], seed=0).values())) == {str(nothing)}
    assert manifold.measure(rows[:5], rows[:5], seed=0)["manifold_recall"] == nothing


@pytest.mark.parametrize("real, fake, k", [
    (REAL, REAL[:, 0], 1), (REAL, REAL[:1], 1), (REAL[:3], REAL, 3), (REAL, np.zeros((4, 2)), 1),
    (REAL, REAL, 0)])
def test_wrong_shapes_are_refused(real, fake, k):
    with pytest.raises(ValueError, match="matrices of one width with more than k="):
        manifold.of_rows(real, fake, k)


def test_what_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        manifold.of_rows(REAL, [[0.0], [1.0], [np.nan]], 1)
