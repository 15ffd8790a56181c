import numpy as np
import pytest

from zoo.metrics import coverage


def test_by_hand():
    right = [[0, 0], [10, 0], [0, 10]]
    assert coverage.coverage(right, [[1, 1], [2, 0]]) == pytest.approx(1 / 3)
    assert coverage.coverage(right, [[1, 1], [9, 3], [2, 7]]) == 1.0
    assert coverage.coverage([[5.0]], [[1.0], [2.0]]) == 1.0


def test_of_even_draws_it_is_the_ideal_one():
    random = np.random.default_rng(0)
    right = np.eye(8)
    covered = [coverage.coverage(right, right[random.integers(8, size=16)]) for _ in range(2000)]
    assert coverage.ideal_coverage(8, 16) == pytest.approx(1 - (7 / 8) ** 16)
    assert np.mean(covered) == pytest.approx(coverage.ideal_coverage(8, 16), abs=0.01)


@pytest.mark.parametrize("right, draws", [
    ([], [[1.0]]), ([[1.0]], []), ([[1.0]], [[1.0, 2.0]]), ([1.0], [1.0])])
def test_wrong_shapes_are_refused(right, draws):
    with pytest.raises(ValueError, match="matrices of one width"):
        coverage.coverage(right, draws)
