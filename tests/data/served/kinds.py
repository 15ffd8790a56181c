"""Small pictures of every kind that users send, by name."""

import io
import struct
import zlib

import numpy as np
import PIL.Image

HEIGHT, WIDTH = 21, 34


def noise(height=HEIGHT, width=WIDTH, *channels, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(
        0, np.iinfo(dtype).max, (height, width, *channels), dtype, endpoint=True)


def encoded(array, kind="PNG", mode=None, **options):
    file = io.BytesIO()
    picture = array if isinstance(array, PIL.Image.Image) else PIL.Image.fromarray(array)
    (picture.convert(mode) if mode else picture).save(file, kind, **options)
    return file.getvalue()


def exif(orientation, order=">"):
    """A TIFF structure of two entries, of which the second is the orientation."""
    entries = struct.pack(order + "HHII", 0x0100, 4, 1, 77) + struct.pack(
        order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    mark = b"MM" if order == ">" else b"II"
    return mark + struct.pack(order + "HIH", 42, 8, 2) + entries + bytes(4)


def jpeg_with(segment, marker=0xE1, before=b""):
    jpeg = encoded(noise(HEIGHT, WIDTH, 3), "JPEG")
    return (jpeg[:2] + before + struct.pack(">BBH", 0xFF, marker, len(segment) + 2) + segment
            + jpeg[2:])


def chunk(kind, content):
    return (struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content)))


def png_with(kind, content):
    png = encoded(noise(HEIGHT, WIDTH, 3))
    return png[:33] + chunk(kind, content) + png[33:]


def png(bits, colour_type, rows, *before):
    """A PNG of any depth; fewer than 8 bits are packed. `before`: chunks."""
    rows = [row.astype(row.dtype.newbyteorder(">")).tobytes() for row in rows]
    width = 8 * len(rows[0]) // bits // {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    header = struct.pack(">IIBBBBB", width, len(rows), bits, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *before,
                     chunk(b"IDAT", pixels), chunk(b"IEND", b"")])


def deep(colour_type, channels, *before):
    return png(16, colour_type, noise(HEIGHT, WIDTH, channels, dtype=np.uint16), *before)


def palette(transparent=None, kind="GIF", bits=8, **options):
    colours = 2**bits
    picture = PIL.Image.fromarray(noise() & np.uint8(colours - 1), "P")
    picture.putpalette(noise(colours, 3).tobytes())
    if transparent is not None:
        options["transparency"] = transparent
    return encoded(picture, kind, **options)


def animation():
    frames = [PIL.Image.fromarray(noise(HEIGHT, WIDTH, 3, seed=seed)) for seed in range(3)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def bmp(bits, rows_down=False, compression=0):
    """A BMP with header of 40 bytes, without palette, whose pixels are noise."""
    row = (WIDTH * bits + 31) // 32 * 4
    info = struct.pack("<IiiHHIIiiII", 40, WIDTH, -HEIGHT if rows_down else HEIGHT, 1, bits,
                       compression, 0, 0, 0, 0, 0)
    return (b"BM" + struct.pack("<IHHI", 54 + row * HEIGHT, 0, 0, 54) + info
            + noise(HEIGHT, row, seed=bits).tobytes())


def many_scans(between=b""):
    """A JPEG whose last scan comes a hundred times."""
    jpeg = encoded(noise(HEIGHT, WIDTH, 3), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + (between + jpeg[last:-2]) * 100 + jpeg[-2:]


def xmp(digit, as_element=False):
    inner = (f"<tiff:Orientation>{digit}</tiff:Orientation>" if as_element
             else f'<a tiff:Orientation="{digit}"/>')
    return f"<x>\n{inner}\xe9</x>".encode("latin-1")


_XAP = b"http://ns.adobe.com/xap/1.0/\0"
_ITXT = b"XML:com.adobe.xmp\0\0\0\0\0"
_COLOURS = noise(HEIGHT, WIDTH, 3)
_RGBA = noise(HEIGHT, WIDTH, 4)
_CMYK = encoded(_COLOURS, "JPEG", "CMYK")

GOOD = {
    **{f"JPEG on side {side}{order}": jpeg_with(b"Exif\0\0" + exif(side, order))
       for side in range(10) for order in "<>"},
    **{f"PNG on side {side}": png_with(b"eXIf", exif(side, "<")) for side in range(1, 9)},
    "fill bytes before EXIF": jpeg_with(b"Exif\0\0" + exif(6), before=b"\xff" * 5),
    "fill bytes behind EXIF": jpeg_with(b"Exif\0\0" + exif(6) + b"\xff" * 5),
    "odd bytes before EXIF": jpeg_with(
        b"Exif\0\0" + exif(6), before=b"\xff\xfe\0\4ab" + b"\0\xff\0\xff\xd0"),
    "EXIF without orientation": jpeg_with(b"Exif\0\0" + exif(6).replace(b"\x01\x12", b"\x01\x13")),
    "orientation of 32 bits": jpeg_with(b"Exif\0\0" + exif(6).replace(
        b"\x01\x12\0\3\0\0\0\1\0\6\0\0", b"\x01\x12\0\4\0\0\0\1\0\0\0\6")),
    "XMP in a JPEG": jpeg_with(_XAP + xmp(8)),
    "XMP element in a JPEG": jpeg_with(_XAP + xmp(3, as_element=True)),
    "XMP in a PNG": png_with(b"iTXt", _ITXT + xmp(6).decode("latin-1").encode()),
    "comment": jpeg_with(b"\xff\xda" * 100, marker=0xFE),
    "bytes behind a JPEG": encoded(_COLOURS, "JPEG") + b"\xff\xda" * 100,
    "noisy JPEG": encoded(_COLOURS, "JPEG", quality=100, subsampling=0),
    "progressive": encoded(_COLOURS, "JPEG", progressive=True),
    "grey JPEG": encoded(_COLOURS, "JPEG", "L"),
    "CMYK": _CMYK,
    "grey": encoded(_COLOURS, mode="L"), "one bit": encoded(_COLOURS, mode="1"),
    "alpha": encoded(_RGBA), "grey and alpha": encoded(_RGBA, mode="LA"),
    "16-bit grey": encoded(noise(dtype=np.uint16)),
    "palette PNG": palette(kind="PNG"), "small palette PNG": palette(kind="PNG", bits=2),
    "transparent palette PNG": palette(5, kind="PNG"),
    "colour key": encoded(_COLOURS, transparency=tuple(int(c) for c in _COLOURS[3, 4])),
    "2 bits": png(2, 0, noise(HEIGHT, 9)), "4 bits": png(4, 0, noise(HEIGHT, 17)),
    "4 bits with colour key": png(4, 0, noise(HEIGHT, 17), chunk(b"tRNS", b"\0\5")),
    "one bit with colour key": png(1, 0, noise(HEIGHT, 17), chunk(b"tRNS", b"\0\1")),
    "much text": png_with(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**21))),
    "odd profile": png_with(b"iCCP", b"no profile"),
    "GIF": palette(), "small GIF": palette(bits=2), "interlaced GIF": palette(interlace=1),
    "animation": animation(),
    "GIF cut in its second frame": animation()[:-500],
    "BMP of 24 bits": bmp(24), "BMP of 32 bits": bmp(32), "colour BMP": encoded(_COLOURS, "BMP"),
    "BMP from above": bmp(24, rows_down=True),
    "1x1": encoded(noise(1, 1, 3)), "long": encoded(noise(3, 400, 3)),
}
# Where the pair reader keeps 16 bits and the one of captions does not.
DEEP = {
    "16-bit colour": deep(2, 3), "16-bit alpha": deep(6, 4), "16-bit grey and alpha": deep(4, 2),
    "16-bit alpha on side": deep(6, 4, chunk(b"eXIf", exif(6))),
    "16-bit grey with colour key": deep(
        0, 1, chunk(b"tRNS", noise(HEIGHT, WIDTH, 1, dtype=np.uint16)[2, 3].byteswap().tobytes())),
}


def _huge(content, at, form):
    return content[:at] + struct.pack(form, 60_000, 60_000) + content[at + struct.calcsize(form):]


_JPEG = encoded(_COLOURS, "JPEG")
_SIZES = _JPEG.index(b"\xff\xc0") + 5
_GIF = palette()
_FRAME = _GIF.index(struct.pack("<HHHH", 0, 0, WIDTH, HEIGHT))

# By what the refusal says.
BAD = {
    "no PNG, JPEG": [b"", b"BN", b"text", b"\x89PNG", b"RIFF\0\0\0\0WEBP", encoded(_RGBA, "WEBP")],
    "damaged": [
        b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", _JPEG[:200], _JPEG[:-300],
        encoded(_COLOURS)[:-300], encoded(_COLOURS)[:40], _GIF[:-200], bmp(24)[:-1],
        _GIF.replace(b",", b"?"), _JPEG[:2] + _JPEG[_SIZES - 5:-400]],
    "of a kind": [
        _CMYK.replace(b"Adobe", b"Adobf"),
        _GIF[:_FRAME] + struct.pack("<HHHH", 0, 0, WIDTH - 1, HEIGHT) + _GIF[_FRAME + 8:],
        deep(2, 3, chunk(b"tRNS", bytes(6))), palette(7),
        palette(kind="BMP"), bmp(16), b"BM", bmp(24, compression=1),
        many_scans(), many_scans(b"\xff\xfe\0\4\xff\xd9")],
    # 4,194,304 pixels in 4 kB.
    "over 1,048,576 of which more than 512 go to a byte": [
        encoded(np.zeros((2048, 2048), np.uint8))],
    "16,777,216 pixels": [
        _huge(encoded(_COLOURS), 16, ">II"), _huge(_JPEG, _SIZES, ">HH"),
        _huge(_huge(_GIF, 6, "<HH"), _FRAME + 4, "<HH"),
        encoded(np.zeros((4096, 4097), np.uint8)),
        png(8, 0, np.zeros((1, 1), np.uint8)).replace(
            b"\0\0\0\1\0\0\0\1", b"\x7f\xff\xff\xff\x7f\xff\xff\xff")],
}
