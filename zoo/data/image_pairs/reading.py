"""Picture files of any common kind into what TensorFlow can decode, nothing lost."""

import dataclasses
import io

import PIL.Image
import PIL.ImageOps
import tensorflow as tf

from zoo.data import decoding
from zoo.data.folder.pictures import BadPicture

EXTENSIONS = (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_MAX_PIXELS = 89_478_485  # Where Pillow begins to warn of a "decompression bomb".
_ORIENTATION = 0x0112  # Of EXIF.


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture that has been read to its end without an error."""

    encoded: bytes  # PNG or JPEG, upright.
    width: int  # Pixels.
    height: int  # Pixels.
    bits: int  # A channel, 8 or 16.


def read(path):
    """Reads a picture and checks all of it on the way.

    A PNG or JPEG that is upright stays as it is, 16 bits included; what else Pillow can read
    becomes a PNG: of an animation the first frame.

    Args:
        path: `pathlib.Path`.

    Returns:
        `Picture`.

    Raises:
        BadPicture: it cannot be read, is damaged, too large, or of another format.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadPicture(f"cannot be read ({error.strerror})") from None
    if not content:
        raise BadPicture("is empty (0 bytes)")
    try:
        image = PIL.Image.open(io.BytesIO(content), formats=_FORMATS)
        if image.width * image.height > _MAX_PIXELS:
            raise PIL.Image.DecompressionBombError
        image.load()
        picture = _upright(image, content)
        decoding.decode(tf.constant(picture.encoded), channels=4)  # Stricter than Pillow.
        return picture
    except PIL.UnidentifiedImageError:
        raise BadPicture("is no PNG, JPEG, GIF, BMP, WebP or TIFF picture") from None
    except PIL.Image.DecompressionBombError:
        raise BadPicture(
            f"is too large, over {_MAX_PIXELS / 1e6:.0f} million pixels; shrink it") from None
    except tf.errors.InvalidArgumentError:
        raise BadPicture("is damaged (cut short?)") from None
    # Pillow raises errors of many kinds for damaged files, of a library's own among them.
    except Exception as error:  # pylint: disable=broad-except
        raise BadPicture(f"is damaged ({' '.join(str(error).split())})") from None


def _upright(image, content):
    is_upright = image.getexif().get(_ORIENTATION, 1) == 1
    if image.format == "PNG" and is_upright:
        return Picture(content, *image.size, bits=16 if content[24] == 16 else 8)
    if image.format == "JPEG" and is_upright and image.mode in ("L", "RGB"):
        return Picture(content, *image.size, bits=8)
    image = PIL.ImageOps.exif_transpose(image)
    bits = 16 if image.mode.startswith("I") else 8
    if bits == 8:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    png = io.BytesIO()
    image.save(png, "PNG")
    return Picture(png.getvalue(), *image.size, bits)
