"""Contact sheets with labels."""

import bisect
import unicodedata

import numpy as np
from PIL import Image, ImageDraw

_LABEL_HEIGHT, _GAP = 12, 4
_LETTERS = 4  # Of a label, for each pixel of its width, that are looked at at all.


def labelled(rows, columns=1, least_height=64):
    """Draws rows of pictures, each under its label.

    Args:
        rows: list of (label, list of uint8 `(height, width, 3)` pictures of one size); every row
            has the same number of pictures.
        columns: rows stand beside each other in so many columns.
        least_height: smaller pictures are enlarged by a whole number, in pixels.

    Returns:
        uint8 `(sheet height, sheet width, 3)`, on white.
    """
    height, width = rows[0][1][0].shape[:2]
    scale = max(1, least_height // height)
    height, width = height * scale, width * scale
    cell = (_LABEL_HEIGHT + height + _GAP, len(rows[0][1]) * (width + 1) + 2 * _GAP)
    lines = -(-len(rows) // columns)
    canvas = Image.new("RGB", (columns * cell[1], lines * cell[0]), "white")
    draw = ImageDraw.Draw(canvas)
    for i, (label, pictures) in enumerate(rows):
        left, top = i // lines * cell[1] + _GAP, i % lines * cell[0]
        draw.text((left, top), _fitting(label, draw, cell[1] - 2 * _GAP), fill="black")
        for j, picture in enumerate(pictures):
            tile = Image.fromarray(np.asarray(picture)).resize((width, height), Image.NEAREST)
            canvas.paste(tile, (left + j * (width + 1), top + _LABEL_HEIGHT))
    return np.asarray(canvas)


def _fitting(label, draw, width):
    """Returns the label in one line, or as much of its beginning as fits with an ellipsis."""
    # No letter that is seen is narrower than a pixel; a few marks may stand on each.
    start = " ".join(label[:_LETTERS * width].split())
    if len(label) <= _LETTERS * width and draw.textlength(start) <= width:
        return start
    kept = bisect.bisect_right(
        range(1, len(start) + 1), width, key=lambda end: draw.textlength(f"{start[:end]}…"))
    while kept and _continues(start[kept:kept + 1], start[kept - 1]):
        kept -= 1
    return f"{start[:kept].rstrip()}…"


def _continues(letter, before):
    """True where a letter belongs to the one before: accents, what makes one emoji of several."""
    return bool(letter) and (
        unicodedata.category(letter)[0] == "M" or "\u200d" in (letter, before)
        or "\U0001f3fb" <= letter <= "\U0001f3ff" or "\U000e0020" <= letter <= "\U000e007f")
