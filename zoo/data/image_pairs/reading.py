"""Picture files of any common kind into what TensorFlow can decode, nothing lost."""

import dataclasses
import io

import numpy as np
import PIL.Image
import tensorflow as tf

from zoo.data.folder import pictures
from zoo.data.folder.kept import BadInput


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture that has been read to its end without an error."""

    encoded: bytes  # PNG, upright.
    width: int  # Pixels.
    height: int  # Pixels.
    bits: int  # A channel, 8 or 16.


def read(path):
    """Reads a picture and checks all of it on the way; 16 bits stay 16.

    Args:
        path: `pathlib.Path`.

    Returns:
        `Picture`.

    Raises:
        BadInput: see `zoo.data.folder.pictures.load`.
    """
    content, image = pictures.load(path)
    bits = 16 if image.mode == "I;16" else 8
    if content.startswith(pictures.PNG) and content[24] == 16 and bits == 8:
        return Picture(_of_16_bits(content), *image.size, bits=16)
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=1, icc_profile=None)  # In memory only.
    return Picture(png.getvalue(), *image.size, bits)


def _of_16_bits(content):
    """Colour, or grey with transparency: Pillow has no such mode, TensorFlow has."""
    try:
        rgba = tf.io.decode_png(pictures.pixels_alone(content), 4, tf.uint16).numpy()
    except tf.errors.InvalidArgumentError:  # Stricter than Pillow.
        raise BadInput("is damaged (cut short?)") from None
    if (way := pictures.turn(content)) is not None:
        rgba = np.stack([PIL.Image.fromarray(channel).transpose(way)
                         for channel in np.ascontiguousarray(rgba.transpose(2, 0, 1))], axis=-1)
    return tf.io.encode_png(rgba).numpy()
