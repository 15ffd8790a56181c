"""Where the tiles of each split lie: held out are bands of longitude, with gaps beside them."""

from typing import NamedTuple

import numpy as np

from zoo.datasets.earth.plates import HEIGHT, WIDTH

TRAIN, VALIDATION, TEST = SPLITS = "train", "validation", "test"
BAND_WIDTH = 256  # Pixels, 34°: of the largest tile.
# First column of each held-out band: from 144.8° W, 68° W, 12° E and 103.2° E.
BANDS = ((264, VALIDATION), (840, TEST), (1440, TEST), (2124, TEST))
# Pixels on both sides of a band that no split uses: what JPEG blurs together, and some more.
GAP = 16
# 68° N to 60° S: beyond, city lights are of one flat colour, and Blue Marble is partly black.
FIRST_ROW, LAST_ROW = (90 - 68) * HEIGHT // 180, (90 + 60) * HEIGHT // 180
LEAST_LAND = 0.25  # Part of a tile.


class Tile(NamedTuple):
    """A square by its first row and column; after the last column, 180° E, comes the first."""

    top: int
    left: int


def cut(plate, tile, size):
    """Returns the pixels of a tile, `(size, size, …)`, around the back of the Earth as well."""
    rows = plate[tile.top:tile.top + size]
    return np.take(rows, range(tile.left, tile.left + size), axis=1, mode="wrap")


def centre(tile, size):
    """Returns where a tile is, one string a tile.

    >>> centre(Tile(0, 0), 1350)
    '0.00N 90.00W'
    """
    latitude = 90 - 180 * (tile.top + size / 2) / HEIGHT
    longitude = (360 * (tile.left + size / 2) / WIDTH) % 360 - 180
    return (f"{abs(latitude):.2f}{'N' if latitude >= 0 else 'S'} "
            f"{abs(longitude):.2f}{'E' if longitude >= 0 else 'W'}")


def of_split(split, land, size, most):
    """Returns the tiles of a split.

    In `TRAIN` they lie anywhere outside of the bands and their gaps, drawn at random, always alike,
    and overlap; else they are a grid that fills the bands.

    Args:
        split: one of `SPLITS`.
        land: bool `(HEIGHT, WIDTH)`; tiles have at least `LEAST_LAND` of it.
        size: side of the tiles, pixels, at most `BAND_WIDTH`.
        most: number of tiles in `TRAIN` at most.

    Returns:
        list of `Tile`, no two alike.
    """
    enough = _land(land, size) >= LEAST_LAND * size**2
    if split != TRAIN:
        places = [Tile(top, left + first) for first, its_split in BANDS if its_split == split
                  for top in range(FIRST_ROW, LAST_ROW - size + 1, size)
                  for left in range(0, BAND_WIDTH - size + 1, size)]
        return [tile for tile in places if enough[tile]]
    tops, lefts = np.arange(FIRST_ROW, LAST_ROW - size + 1), _training_columns(size)
    order = np.random.default_rng(size).permutation(len(tops) * len(lefts))
    drawn = tops[order // len(lefts)], lefts[order % len(lefts)]
    drawn = np.stack(drawn, axis=1)[enough[drawn]][:most]
    return [Tile(top, left) for top, left in drawn.tolist()]


def _land(land, size):
    """Returns the pixels of land in each tile, int `(HEIGHT - size + 1, WIDTH)` by top and left."""
    around = np.concatenate([land, land[:, :size]], axis=1)
    sums = np.pad(around, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    below, above = sums[size:, :], sums[:-size, :]
    return (below[:, size:] - below[:, :-size] - above[:, size:] + above[:, :-size])[:, :WIDTH]


def _training_columns(size):
    """Returns the first columns at which a tile lies between the gaps, int `(n,)`."""
    starts = [first for first, _ in BANDS]
    return np.concatenate([
        np.arange(before + BAND_WIDTH + GAP, after - GAP - size + 1)
        for before, after in zip(starts, [*starts[1:], starts[0] + WIDTH], strict=True)]) % WIDTH
