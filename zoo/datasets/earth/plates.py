"""The three plates of Debian's package `marble-qt-data`, at one size and over each other.

All are equirectangular: from 180° W to 180° E, from the north pole to the south pole.
"""

import pathlib

import numpy as np
import PIL.Image

from zoo.errors import RequestError
from zoo.progress import Progress

WIDTH, HEIGHT = 2700, 1350  # Pixels, of each plate.
PACKAGE = "marble-qt-data"
FETCH = f"apt-get download {PACKAGE} && dpkg -x {PACKAGE}_*.deb {PACKAGE}"
# Sea level in the plate of elevation, [0, 1]: Marble's landcolors.leg and the legend of srtm.dgml.
SEA_LEVEL = 0.38

_INSTALLED = pathlib.Path("/usr/share/marble/data")
_FILES = {"satellite": "maps/earth/bluemarble/bluemarble.jpg",
          "night": "maps/earth/citylights/citylights.jpg"}
_TILE = "maps/earth/srtm/3/{row:06d}/{row:06d}_{column:06d}.jpg"
_TILE_ROWS, _TILE_COLUMNS, _TILE_SIDE = 8, 16, 675  # Four times as fine as the others.


def find(folder):
    """Returns the `pathlib.Path` of Marble's data: unpacked in a folder, or installed.

    Args:
        folder: `pathlib.Path` of TFDS's manual downloads.

    Raises:
        RequestError: neither; the message is the command that gets them.
    """
    unpacked = folder / PACKAGE / "usr" / "share" / "marble" / "data"
    for data in (unpacked, _INSTALLED):
        if (data / _FILES["satellite"]).is_file():
            return data
    raise RequestError(
        f"earth: Debian's package {PACKAGE} is missing; get it by: apt-get install {PACKAGE} "
        f"(without root: mkdir -p {folder} && cd {folder} && {FETCH})")


def read(data, name):
    """Reads a plate.

    Args:
        data: `pathlib.Path`, see `find`.
        name: "satellite" (Blue Marble), "night" (city lights) or "elevation".

    Returns:
        uint8 `(HEIGHT, WIDTH, 3)`, RGB; of "elevation" float32 `(HEIGHT, WIDTH, 1)` in [0, 1],
        where `SEA_LEVEL` is 0 m (the data set's README.md has the scale).

    Raises:
        RequestError: a file is missing, damaged or of another size.
    """
    if name != "elevation":
        return _read(data / _FILES[name], (WIDTH, HEIGHT), "RGB")
    whole = np.empty((_TILE_ROWS * _TILE_SIDE, _TILE_COLUMNS * _TILE_SIDE), np.float32)
    progress = Progress(_TILE_ROWS * _TILE_COLUMNS, "elevation tile")
    for row in range(_TILE_ROWS):
        for column in range(_TILE_COLUMNS):
            tile = _read(data / _TILE.format(row=row, column=column), (_TILE_SIDE,) * 2, "L")
            top, left = row * _TILE_SIDE, column * _TILE_SIDE
            whole[top:top + _TILE_SIDE, left:left + _TILE_SIDE] = tile
            progress.show(row * _TILE_COLUMNS + column + 1)
    # The mean of 4x4: no aliasing, and nothing is shifted or overshoots at coasts.
    small = PIL.Image.fromarray(whole).resize((WIDTH, HEIGHT), PIL.Image.Resampling.BOX)
    return np.asarray(small)[..., None] / np.float32(255)


def _read(path, size, mode):
    try:
        with PIL.Image.open(path) as image:
            found, pixels = image.size, np.asarray(image.convert(mode))
    except OSError as error:
        raise RequestError(f"{path}: cannot be read ({error.strerror or error}); install {PACKAGE} "
                           "again.") from None
    if found != size:
        raise RequestError(f"{path}: has {found[0]}x{found[1]} pixels instead of "
                           f"{size[0]}x{size[1]}: another version of {PACKAGE}?")
    return pixels
