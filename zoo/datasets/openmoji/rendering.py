"""From SVG text to pictures: in colour, or the black lines alone."""

import io
import xml.etree.ElementTree as ET

import numpy as np
import PIL.Image

from zoo.datasets.openmoji import sources

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"


def keep_line_layers(svg):
    """Removes all layers but the line ones ("line", "line-supplement").

    Args:
        svg: `str`, an OpenMoji SVG: its top-level elements are layers, told apart by their `id`.

    Returns:
        `str`, SVG text.

    Raises:
        ValueError: when no layer is left.
    """
    ET.register_namespace("", _SVG_NAMESPACE)
    root = ET.fromstring(svg)
    for layer in list(root):
        if not layer.get("id", "").startswith("line"):
            root.remove(layer)
    if not len(root):
        raise ValueError("The SVG has no layer whose id starts with 'line'.")
    return ET.tostring(root, encoding="unicode")


def render(svg, size):
    """Rasterises an SVG onto white.

    Args:
        svg: `str`, SVG text of a square picture.
        size: `int`, side in pixels.

    Returns:
        `uint8` array of shape `(size, size, 3)`, RGB in [0, 255].

    Raises:
        RequestError: when resvg_py is missing.
    """
    png = sources.require("resvg_py").svg_to_bytes(
        svg_string=svg, width=size, height=size, background="white", skip_system_fonts=True
    )
    return np.asarray(PIL.Image.open(io.BytesIO(png)).convert("RGB"))
