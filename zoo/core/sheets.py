"""Contact sheets with labels."""

import numpy as np
from PIL import Image, ImageDraw

_LABEL_HEIGHT, _GAP = 12, 4


def labelled(rows, columns=1):
    """Draws rows of pictures, each under its label.

    Args:
        rows: list of (label, list of uint8 `(height, width, 3)` pictures of one size); every row
            has the same number of pictures.
        columns: rows stand beside each other in so many columns.

    Returns:
        uint8 `(sheet height, sheet width, 3)`, on white.
    """
    height, width = rows[0][1][0].shape[:2]
    scale = max(1, 64 // height)  # Small pictures are enlarged, so that they can be seen.
    height, width = height * scale, width * scale
    cell = (_LABEL_HEIGHT + height + _GAP, len(rows[0][1]) * (width + 1) + 2 * _GAP)
    lines = -(-len(rows) // columns)
    canvas = Image.new("RGB", (columns * cell[1], lines * cell[0]), "white")
    draw = ImageDraw.Draw(canvas)
    for i, (label, pictures) in enumerate(rows):
        left, top = i // lines * cell[1] + _GAP, i % lines * cell[0]
        longest = int((cell[1] - 2 * _GAP) / draw.textlength("m") * 1.6)
        draw.text((left, top), label[:longest], fill="black")
        for j, picture in enumerate(pictures):
            tile = Image.fromarray(np.asarray(picture)).resize((width, height), Image.NEAREST)
            canvas.paste(tile, (left + j * (width + 1), top + _LABEL_HEIGHT))
    return np.asarray(canvas)
