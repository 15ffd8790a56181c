"""Where blocks of a frame were in the frame before."""

import numpy as np
import pytest

from zoo.layers.matching import displacements


def noise(size=24):
    return np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype("float32")


@pytest.mark.parametrize("down, right", [(0, 0), (2, -1), (-2, 2)])
def test_a_moved_picture_is_found_where_it_came_from(down, right):
    earlier = noise()
    moved = np.roll(earlier, (down, right), axis=(1, 2))
    matches = displacements(moved, earlier, reach=2, stride=4).numpy()
    assert matches.shape == (1, 6, 6, 25)
    np.testing.assert_allclose(matches.sum(-1), 1, rtol=1e-5)
    # It came from (-down, -right); row by row from (-2, -2). Blocks at the border see what entered.
    place = 5 * (2 - down) + 2 - right
    assert (matches[:, 1:-1, 1:-1, place] > 0.99).all()


def test_where_nothing_is_to_be_seen_every_displacement_is_as_likely():
    white = np.ones((1, 8, 8, 3), "float32")
    np.testing.assert_allclose(displacements(white, white, reach=1, stride=4), 1 / 9, rtol=1e-6)


def test_by_hand():
    """One block of 2x2 pixels, two of them 0.5 brighter than the frame before."""
    earlier = np.zeros((1, 2, 2, 1), "float32")
    frame = np.array([0.5, 0, 0.5, 0], "float32").reshape(1, 2, 2, 1)
    earlier[0, :, 1] = 0.5
    # Costs: from the right the left column fits, the right one (mirrored) does not: 0.25 / 2.
    # Standing still, or from above or below, neither fits: 0.25. From the left, mirrored: the left
    # column meets 0, the right one 0: 0.25 / 2.
    costs = np.tile([0.125, 0.25, 0.125], 3)
    expected = np.exp(-33 * costs) / np.exp(-33 * costs).sum()
    matches = displacements(frame, earlier, reach=1, stride=2)
    np.testing.assert_allclose(matches[0, 0, 0], expected, rtol=1e-5)
