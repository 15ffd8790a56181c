"""From a picture file of any common kind to a small square RGB PNG."""

import hashlib
import io

import numpy as np
import PIL.Image
import PIL.ImageOps

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
_MAX_PIXELS = 89_478_485  # Where Pillow begins to warn of a "decompression bomb".


class BadPicture(ValueError):
    """The file cannot be used; the message says why."""


def read(path, size):
    """Reads a picture, and checks all of it on the way.

    Args:
        path: `pathlib.Path`.
        size: largest height and width of the result, pixels.

    Returns:
        (SHA-256 of the file in hexadecimal, the picture as from `convert`).

    Raises:
        BadPicture: it cannot be read or is damaged.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if not file.tell():
                raise BadPicture("is empty (0 bytes)")
            file.seek(0)
            return digest, convert(file, size)
    except OSError as error:
        raise BadPicture(f"cannot be read ({error.strerror})") from None


def convert(file, size):
    """Turns an encoded picture into a PNG, upright, square, in RGB.

    Of an animation the first frame is taken, of an oblong picture the middle; transparent parts
    become white, 16 bits a channel become 8. Larger pictures are area-averaged, as
    `zoo.data.image.decode` does; smaller ones keep their size.

    Args:
        file: open binary file: PNG, JPEG, GIF, BMP or WebP, whatever its name says.
        size: largest height and width of the result, pixels.

    Returns:
        bytes.

    Raises:
        BadPicture: another format, damaged, or too large.
    """
    try:
        image = PIL.Image.open(file, formats=_FORMATS)
        if image.width * image.height > _MAX_PIXELS:
            raise PIL.Image.DecompressionBombError
        image.load()
        return to_png(image, size)
    except PIL.UnidentifiedImageError:
        raise BadPicture("is no PNG, JPEG, GIF, BMP or WebP picture") from None
    except PIL.Image.DecompressionBombError:
        raise BadPicture(
            f"is too large, over {_MAX_PIXELS / 1e6:.0f} million pixels; shrink it") from None
    # Pillow raises errors of many kinds for damaged files, of a library's own among them.
    except Exception as error:  # pylint: disable=broad-except
        raise BadPicture(f"is damaged ({' '.join(str(error).split())})") from None


def to_png(image, size):
    """Turns an open `PIL.Image.Image` into a PNG as `convert` does."""
    image = _to_rgb(_square(image))
    side = min(size, image.width)
    image = image.resize((side, side), PIL.Image.Resampling.BOX)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


def _square(image):
    """Turns the picture upright, as its EXIF data ask, and cuts out its middle."""
    PIL.ImageOps.exif_transpose(image, in_place=True)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _to_rgb(image):
    if image.mode.startswith("I"):  # 16 bits, grey; Pillow's own conversion would clip them.
        grey = np.round(np.asarray(image) / 257).astype(np.uint8)
        return PIL.Image.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        white = PIL.Image.new("RGBA", image.size, "white")
        image = PIL.Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("RGB")
