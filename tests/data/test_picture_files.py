"""One picture file gives the same pixels with captions, in pairs and as a frame of a video."""

import io
import struct
import zlib

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from zoo.data.folder import pictures
from zoo.data.folder.kept import BadInput
from zoo.data.image_pairs import reading
from zoo.data.video_folder import decoding

RAMP = np.repeat(np.repeat(np.array([[0, 257, 0x8080, 65535]], np.uint16), 8, 0), 2, 1)
COLOURS = np.stack([RAMP, RAMP[:, ::-1], RAMP // 257 * 128], axis=-1)
RED_BLUE = PIL.Image.new("RGB", (8, 8), (255, 0, 0))
RED_BLUE.paste((0, 0, 255), (4, 0, 8, 8))


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(
        ">I", zlib.crc32(name + content))


def png(pixels, colour_type, more=b"", size=(8, 8), bits=16):
    """Writes 16-bit `(8, 8)` or `(8, 8, channels)`, or packed bytes, with further chunks."""
    rows = b"".join(b"\0" + row.astype(">u2" if bits == 16 else "u1").tobytes() for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", *size, bits, colour_type, 0, 0, 0)) + more
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def tiff(data, bits, photometric=1, order="<", **more):
    """Writes 8x8 pixels of one channel, uncompressed."""
    tags = {256: 8, 257: 8, 258: bits, 259: 1, 262: photometric, 277: 1, 278: 8, 279: len(data),
            **{int(tag[1:]): value for tag, value in more.items()}}
    tags[273] = 8 + 2 + 12 * (len(tags) + 1) + 4
    entries = b"".join(
        struct.pack(f"{order}HHIHH", tag, 3, 1, tags[tag], 0) for tag in sorted(tags))
    start = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return (start + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4) + data)


def in_12_bits(values):
    bits = "".join(f"{value:012b}" for value in values.ravel())
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def turned(orientation):
    exif = PIL.Image.Exif()
    exif[274] = orientation
    return chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))


def exif_of_jpeg(block):
    return b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block


JPEG = saved(RED_BLUE, "JPEG", quality=100, subsampling=0)
GREY = np.repeat(np.round(RAMP / 257).astype(int)[..., None], 3, axis=-1)
WANTED_COLOURS = np.round(COLOURS / 257).astype(int)
HALVES = np.asarray(RED_BLUE).astype(int)
CLEAR_BLACK = np.where(RAMP[..., None] == 0, 255, GREY)
BOMB = chunk(b"zTXt", b"words\0\0" + zlib.compress(bytes(3 * 10**7)))
GOOD = {
    "grey16.png": (png(RAMP, 0), GREY),
    "grey16.tif": (tiff(RAMP.astype("<u2").tobytes(), 16), GREY),
    "big_endian.tif": (tiff(RAMP.astype(">u2").tobytes(), 16, order=">"), GREY),
    "white_is_zero.tif": (tiff(RAMP.astype("<u2").tobytes(), 16, 0), 255 - GREY),
    "white_is_zero_8.tif": (tiff((RAMP // 257).astype(np.uint8).tobytes(), 8, 0), 255 - GREY),
    "twelve_bits.tif": (tiff(in_12_bits((RAMP >> 4).astype(int)), 12), GREY),
    "colour16.png": (png(COLOURS, 2), WANTED_COLOURS),
    "clear_grey16.png": (png(RAMP, 0, more=chunk(b"tRNS", b"\0\0")), CLEAR_BLACK),
    "clear_colour16.png": (png(COLOURS, 2, more=chunk(b"tRNS", COLOURS[3, 4].astype(
        ">u2").tobytes())), np.where((COLOURS == COLOURS[3, 4]).all(-1, keepdims=True), 255,
                                     WANTED_COLOURS)),
    "clear_grey4.png": (png(np.array([[0x05, 0x5A, 0x05, 0x5A]] * 8), 0, bits=4,
                            more=chunk(b"tRNS", b"\0\5")),
                        np.tile(np.repeat([0, 255, 255, 170], 3).reshape(4, 3), (8, 2, 1))),
    "clear_grey1.png": (png(np.array([[0b00110101]] * 8), 0, bits=1, more=chunk(b"tRNS", b"\0\0")),
                        np.full((8, 8, 3), 255)),
    "grey_alpha16.png": (png(np.stack([RAMP, np.where(RAMP, 65535, 0)], -1), 4), CLEAR_BLACK),
    "colour_alpha16.png": (png(np.dstack([COLOURS, np.full_like(RAMP, 65535)]), 6), WANTED_COLOURS),
    "text_colour16.png": (png(COLOURS, 2, more=BOMB), WANTED_COLOURS),
    "text_grey16.png": (png(RAMP, 0, more=BOMB), GREY),
    "profile.png": (png(COLOURS, 2, more=chunk(b"iCCP", b"x\0\0rubbish")), WANTED_COLOURS),
    "odd_chunks.png": (png(RAMP, 0, more=b"".join(chunk(name, b"?") for name in (
        b"pHYs", b"gAMA", b"cHRM", b"tIME", b"sRGB", b"acTL", b"eXIf"))), GREY),
    "profile.jpg": (JPEG[:2] + b"\xff\xe2\0\x14ICC_PROFILE\0\5\1abcd" + JPEG[2:], HALVES),
    "exif.jpg": (JPEG[:2] + exif_of_jpeg(b"II*\0\xff\xff\xff\xff") + JPEG[2:], HALVES),
    "photoshop.jpg": (JPEG[:2] + b"\xff\xed\0\x16Photoshop 3.0\x008BIM\4\4" + JPEG[2:], HALVES),
    "comment.jpg": (JPEG[:2] + (b"\xff\xfe\xff\xff" + bytes(65533)) * 40 + JPEG[2:], HALVES),
    "resolution.bmp": (saved(RED_BLUE, "BMP")[:38] + b"\xff" * 8 + saved(RED_BLUE, "BMP")[46:],
                       HALVES),
    "resolution.tif": (tiff(RAMP.astype("<u2").tobytes(), 16, t282=7, t283=0, t296=99), GREY),
    "rubbish.webp": (saved(RED_BLUE, "WEBP", lossless=True, exif=b"rubbish", icc_profile=b"rubbish",
                           xmp=b"<"), HALVES),
    "profile.tif": (saved(RED_BLUE, "TIFF", icc_profile=b"rubbish"), HALVES),
    "two_pages.tif": (saved(RED_BLUE, "TIFF", save_all=True,
                            append_images=[PIL.Image.new("L", (9, 9))]), HALVES),
    "print.tif": (saved(RED_BLUE.convert("CMYK"), "TIFF"), HALVES),
    "one_bit.tif": (saved(RED_BLUE.convert("L").point(lambda grey: 255 * (grey > 50)).convert("1"),
                          "TIFF", compression="group4"), np.where(HALVES[..., :1] > 0, 255, 0)
                    * np.ones(3, int)),
    "grey_alpha.tif": (saved(PIL.Image.new("LA", (8, 8), (9, 0)), "TIFF"), np.full((8, 8, 3), 255)),
    "palette_alpha.tif": (saved(RED_BLUE.quantize(2).convert("PA"), "TIFF"), HALVES),
}
for _orientation in range(2, 9):
    _upright = PIL.Image.fromarray(WANTED_COLOURS.astype(np.uint8)).transpose(
        {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}[_orientation])
    GOOD[f"turned_{_orientation}.png"] = (
        png(COLOURS, 2, more=turned(_orientation)), np.asarray(_upright).astype(int))


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_reader_sees_the_same_pixels(tmp_path, name):
    content, wanted = GOOD[name]
    path = tmp_path / name
    path.write_bytes(content)
    [(_, frame)] = decoding.read([path])
    kept = [pictures.read(path, 8)[1], pictures.to_png(frame, 8)]
    for copy in kept:
        image = PIL.Image.open(io.BytesIO(copy))
        assert image.mode == "RGB" and not image.info  # No text, no profile, no EXIF.
        # Of 16 bits of colour, Pillow keeps the upper ones; JPEG may be off by one.
        np.testing.assert_allclose(np.asarray(image).astype(int), wanted, atol=1)
    pair = reading.read(path)
    assert b"rubbish" not in pair.encoded and b"iCCP" not in pair.encoded
    rgba = tf.io.decode_png(pair.encoded, 4, tf.uint16).numpy() / 257
    on_white = rgba[..., :3] * rgba[..., 3:] / 255 + 255 - rgba[..., 3:]
    np.testing.assert_allclose(on_white, wanted, atol=1)
    assert (pair.width, pair.height) == rgba.shape[1::-1] and len(pair.encoded) < 2000
    is_deep = "16" in name or name.startswith(("turned", "white_is_zero.", "big", "twelve", "odd",
                                               "resolution.tif", "profile.png"))
    assert pair.bits == (16 if is_deep else 8)


@pytest.mark.parametrize("content, reason", [
    (tiff(RAMP.astype("<u2").tobytes(), 16, t339=2), r"signed, 32-bit .* \(mode I\)"),
    (tiff(RAMP.astype("<u4").tobytes(), 32), r"\(mode I\)"),
    (tiff((RAMP / 65535).astype("<f4").tobytes(), 32, t339=3), r"\(mode F\)"),
    (saved(PIL.Image.fromarray(np.linspace(0, 3000, 64, dtype=np.float32).reshape(8, 8)), "TIFF"),
     r"\(mode F\)"),
    (png(RAMP, 0, size=(60000, 60000)), "too large"),
    (tiff(RAMP.astype("<u2").tobytes(), 16, t256=60000, t257=60000), "too large"),
    (saved(RED_BLUE, "ICO"), "is no PNG"), (b"<svg/>", "is no PNG"),
    (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no PNG"),
    (png(COLOURS, 2)[:-20], "is damaged"), (JPEG[:-20], "is damaged"),
    (tiff(RAMP.astype("<u2").tobytes()[:-20], 16), "is damaged")], ids=lambda value: "")
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_every_reader_refuses_the_same(tmp_path, content, reason, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    for read in (lambda: pictures.read(path, 8), lambda: reading.read(path),
                 lambda: list(decoding.read([path]))):
        with pytest.raises(BadInput, match=reason):
            read()
