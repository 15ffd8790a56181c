"""Picture files of any common kind into what TensorFlow can decode, nothing lost."""

import dataclasses
import io

import tensorflow as tf

from zoo.data import decoding
from zoo.data.folder import pictures
from zoo.data.folder.pictures import BadPicture

_PNG = b"\x89PNG\r\n\x1a\n"
_TRUECOLOUR = (2, 6)  # Of PNG's colour types, those of which Pillow keeps 8 bits of 16.


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
        BadPicture: see `zoo.data.folder.pictures.load`; or colour of 16 bits that is to be turned.
    """
    content, image = pictures.load(path)
    bits = 16 if image.mode == "I;16" else 8
    if content.startswith(_PNG) and content[24] == 16 and content[25] in _TRUECOLOUR:
        return Picture(_colour_of_16_bits(content, image), *image.size, bits=16)
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=1)  # In memory only.
    return Picture(png.getvalue(), *image.size, bits)


def _colour_of_16_bits(content, image):
    """Pillow has no such mode, TensorFlow has."""
    size = tuple(int.from_bytes(content[place:place + 4], "big") for place in (16, 20))
    if size != image.size:
        raise BadPicture("has 16 bits of colour and is to be turned; turn it and save it again")
    try:
        decoding.decode(tf.constant(content), channels=4)  # Stricter than Pillow.
    except tf.errors.InvalidArgumentError:
        raise BadPicture("is damaged (cut short?)") from None
    return content
