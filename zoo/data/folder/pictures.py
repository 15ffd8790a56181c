"""Reading picture files: what every family takes, and what one becomes that has a caption."""

import hashlib
import io
import re
import struct

import numpy as np
import PIL.Image
import PIL.ImageOps

from zoo.data.folder.kept import BadInput

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff")
NAMES = "PNG, JPEG, GIF, BMP, WebP or TIFF"
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_MAX_PIXELS = 89_478_485  # Where Pillow begins to warn of a "decompression bomb".
_ORIENTATION, _BITS_PER_SAMPLE, _PHOTOMETRIC = 274, 258, 262  # Tags of EXIF and TIFF.
PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
# Chunks that say something of the pixels; what the others hold may be broken or endless.
_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf")
_JPEG_NEEDED = (0xE0, 0xEE)  # JFIF, and Adobe's, which says how colours are stored.
# A marker and its segment's length. As libjpeg does, what is neither is passed over: fill bytes.
_SEGMENT, _SCAN = re.compile(rb"\xff([\xc0-\xcf\xd8-\xfe])(..)", re.DOTALL), 0xDA


def load(path):
    """Reads a picture file, and checks all of it on the way.

    Text, colour profiles and resolutions are not looked at; a broken EXIF block counts as none.

    Args:
        path: `pathlib.Path`.

    Returns:
        (bytes of the file, `PIL.Image.Image` as from `parse`).

    Raises:
        BadInput: it cannot be read or used, see `parse`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})") from None
    return content, parse(content)


def parse(content):
    """Decodes a picture, upright as its EXIF data ask; of an animation the first frame.

    Args:
        content: bytes: PNG, JPEG, GIF, BMP, WebP or TIFF, whatever the file's name says.

    Returns:
        `PIL.Image.Image` of mode "RGB", "RGBA", or "I;16" (grey of 16 bits; of 9 to 15, scaled to
        them). What Pillow decodes to 8 bits a channel, such as palettes, CMYK and 16 bits of
        colour, is converted to RGB.

    Raises:
        BadInput: empty, another format, damaged, too large, or of signed, 32-bit or
            floating-point numbers.
    """
    if not content:
        raise BadInput("is empty (0 bytes)")
    try:
        image = PIL.Image.open(io.BytesIO(pixels_alone(content)), formats=_FORMATS)
        if image.width * image.height > _MAX_PIXELS:
            raise PIL.Image.DecompressionBombError
        image.load()
        if content.startswith(PNG) and "transparency" in image.info:
            _scale_key(image, bits=content[24])
        way = _turn(image, content)
        image = _normal(image)
        return image if way is None else image.transpose(way)
    except BadInput:
        raise
    except PIL.UnidentifiedImageError:
        raise BadInput(f"is no {NAMES} picture") from None
    except PIL.Image.DecompressionBombError:
        raise BadInput(
            f"is too large, over {_MAX_PIXELS / 1e6:.0f} million pixels; shrink it") from None
    # Pillow raises errors of many kinds for damaged files, of a library's own among them.
    except Exception as error:  # pylint: disable=broad-except
        raise BadInput(f"is damaged ({' '.join(str(error).split())})") from None


def read(path, size):
    """Reads a picture for a caption: a small square RGB PNG.

    Args:
        path: `pathlib.Path`.
        size: largest height and width of the result, pixels.

    Returns:
        (SHA-256 of the file in hexadecimal, the picture as from `to_png`).

    Raises:
        BadInput: see `load`.
    """
    content, image = load(path)
    return hashlib.sha256(content).hexdigest(), to_png(image, size)


def to_png(image, size):
    """Turns a picture into a PNG, square, in RGB of 8 bits.

    Of an oblong picture the middle is taken, transparent parts become white. Larger pictures are
    area-averaged, as `zoo.data.image.decode` does; smaller ones keep their size.

    Args:
        image: `PIL.Image.Image`.
        size: largest height and width of the result, pixels.

    Returns:
        bytes.
    """
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = _to_rgb(image.crop((left, top, left + side, top + side)))
    side = min(size, side)
    image = image.resize((side, side), PIL.Image.Resampling.BOX)
    png = io.BytesIO()
    image.save(png, "PNG", icc_profile=None)
    return png.getvalue()


def _to_rgb(image):
    if image.mode.startswith("I;16"):  # Pillow's own conversion would clip it.
        grey = np.round(np.asarray(image) / 257).astype(np.uint8)
        return PIL.Image.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        white = PIL.Image.new("RGBA", image.size, "white")
        image = PIL.Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("RGB")


def turn(content):
    """Returns the `PIL.Image.Transpose` that makes a good picture upright, or None."""
    return _turn(PIL.Image.open(io.BytesIO(pixels_alone(content)), formats=_FORMATS), content)


def _scale_key(image, bits):
    """Pillow scales grey levels of 2 and 4 bits and colours of 16 to 8, but not the one that is
    transparent.
    """
    key = image.info["transparency"]
    if image.mode == "L" and isinstance(key, int):
        image.info["transparency"] = key * 255 // (2**bits - 1)
    elif image.mode == "RGB" and bits == 16:
        image.info["transparency"] = tuple(level >> 8 for level in key)


def _normal(image):
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG"):
        grey = np.asarray(image).astype(np.uint16)
        if image.format == "TIFF":
            grey = _as_16_bits(grey, image.tag_v2)
        clear = image.info.get("transparency")
        image = PIL.Image.fromarray(grey)
        if clear is None:
            return image
        image = _to_rgb(image)
        image.putalpha(PIL.Image.fromarray(np.where(grey == clear, 0, 255).astype(np.uint8)))
        return image
    if image.mode in ("I", "F"):
        raise BadInput(f"has signed, 32-bit or floating-point numbers (mode {image.mode}), of "
                       "which nothing says what is black and what white; save it with 8 or 16 "
                       "bits")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _as_16_bits(grey, tags):
    """Pillow leaves 12 bits as they are, and 0 black where the file says that it is white."""
    bits = tags.get(_BITS_PER_SAMPLE, (16,))[0]
    grey = np.round(grey * (65535 / (2**bits - 1))).astype(np.uint16)
    return 65535 - grey if tags.get(_PHOTOMETRIC) == 0 else grey


def _turn(image, content):
    exif = PIL.Image.Exif()
    try:
        exif.load(_exif_of_jpeg(content) if content.startswith(_JPEG) else
                  image.info.get("exif", b""))
        orientation = exif.get(_ORIENTATION, 1)
        if image.format == "TIFF":
            orientation = image.tag_v2.get(_ORIENTATION, 1)
    except Exception:  # pylint: disable=broad-except
        return None  # A broken block says nothing of the pixels.
    name = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
            6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"}.get(orientation)
    return PIL.Image.Transpose[name] if name else None


def pixels_alone(content):
    """Returns the bytes of a picture without what says nothing of its pixels, but for EXIF."""
    if content.startswith(PNG):
        return PNG + b"".join(chunk for name, chunk in _png_chunks(content)
                               if name in _PNG_CHUNKS)
    if content.startswith(_JPEG):
        return _JPEG + b"".join(segment for marker, segment in _jpeg_segments(content)
                                if marker in _JPEG_NEEDED or not _is_about(marker))
    return content


def _png_chunks(content):
    """Yields (name, the whole chunk) up to the end that PNG marks; Pillow does without."""
    place, name = len(PNG), None
    while name != b"IEND":
        if place + 12 > len(content):
            raise BadInput("is damaged (cut short?)")
        size, name = struct.unpack_from(">I4s", content, place)
        yield name, content[place:place + 12 + size]
        place += 12 + size
    if place > len(content):
        raise BadInput("is damaged (cut short?)")


def _jpeg_segments(content):
    """Yields (marker, the whole segment); the last is the scan with all that follows it."""
    place = len(_JPEG)
    while (found := _SEGMENT.search(content, place)) and (marker := found[1][0]) != _SCAN:
        place = found.start(2) + int.from_bytes(found[2], "big")
        yield marker, content[found.start():place]
    yield None, content[found.start() if found else place:]


def _is_about(marker):
    """True for application data and comments."""
    return marker is not None and (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _exif_of_jpeg(content):
    return next((segment[4:] for marker, segment in _jpeg_segments(content)
                 if marker == 0xE1 and segment[4:].startswith(b"Exif\0\0")), b"")
