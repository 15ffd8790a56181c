import numpy as np
import pytest

from zoo.captioned.interpolation import lerp, slerp


def test_slerp_of_orthogonal_vectors_by_hand():
    got = slerp([1, 0, 0], [0, 1, 0], [0, 1 / 3, 0.5, 1])  # 0, 30, 45 and 90 degrees.
    root = np.sqrt(0.5)
    np.testing.assert_allclose(
        got, [[1, 0, 0], [np.sqrt(3) / 2, 0.5, 0], [root, root, 0], [0, 1, 0]], atol=1e-7)
    assert got.dtype == np.float32


def test_slerp_of_unequal_lengths_by_hand():
    # The sines of the weights are those of the angle alone (90 degrees), as in White 2016.
    np.testing.assert_allclose(slerp([2, 0], [0, 4], [0.5]), [[np.sqrt(2), 2 * np.sqrt(2)]],
                               rtol=1e-6)


@pytest.mark.parametrize("length", [1, 100])
def test_slerp_stays_on_the_sphere_and_ends_where_told(length):
    start, end = np.random.default_rng(0).normal(size=(2, 32))
    start, end = (length * v / np.linalg.norm(v) for v in (start, end))
    got = slerp(start, end, np.linspace(0, 1, 9))
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), length, rtol=1e-6)
    np.testing.assert_array_equal(got[[0, -1]], np.float32([start, end]))
    steps = np.linalg.norm(np.diff(got, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-4)


@pytest.mark.parametrize("start, end, middle", [
    ([1, 2], [1, 2], [1, 2]),
    ([1, 2], [3, 6], [2, 4]),
    ([1, 0], [-1, 0], [0, 0]),
    ([3], [5], [4]),
])
def test_slerp_without_a_plane_is_a_straight_line(start, end, middle):
    np.testing.assert_allclose(slerp(start, end, [0, 0.5, 1]), [start, middle, end], atol=1e-6)


def test_lerp_by_hand():
    np.testing.assert_array_equal(lerp([0, 2], [4, 0], [0, 0.25, 1]), [[0, 2], [1, 1.5], [4, 0]])
