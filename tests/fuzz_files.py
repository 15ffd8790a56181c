"""Small pictures and sounds of every kind that exported models read, and damage to them."""

import io
import struct
import zlib

import numpy as np
import PIL.Image
import soundfile

_PNG = b"\x89PNG\r\n\x1a\n"
_EXTREMES = (0, 1, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_ORIENTATION = 0x112


def pictures(random):
    """Returns encoded pictures, a list of bytes."""
    found = []
    for kind, mode in (("PNG", "RGB"), ("PNG", "L"), ("PNG", "1"), ("PNG", "P"), ("PNG", "RGBA"),
                       ("PNG", "LA"), ("PNG", "I;16"), ("JPEG", "RGB"), ("JPEG", "L"),
                       ("JPEG", "CMYK"), ("GIF", "P"), ("BMP", "RGB"), ("BMP", "P"), ("BMP", "1")):
        height, width = random.integers(1, 40, 2)
        pixels = random.integers(0, 256, (height, width, 3), np.uint8)
        image = PIL.Image.fromarray(pixels)
        image = (PIL.Image.fromarray(pixels[..., 0].astype(np.uint16) * 257) if mode == "I;16"
                 else image.convert(mode))
        options = {}
        if kind in ("JPEG", "PNG"):
            exif = PIL.Image.Exif()
            exif[_ORIENTATION] = int(random.integers(1, 9))
            options["exif"] = exif
        if mode == "P" and kind != "BMP":
            options["transparency"] = 0
        file = io.BytesIO()
        image.save(file, kind, **options)
        found.append(file.getvalue())
    return found


def sounds(random):
    """Returns WAV files, a list of bytes."""
    found = []
    for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"):
        for kind in ("WAV", "WAVEX"):
            samples = random.uniform(-1, 1, (int(random.integers(1, 900)), random.integers(1, 4)))
            file = io.BytesIO()
            soundfile.write(file, samples, int(random.choice((8000, 16000, 44100))), subtype,
                            format=kind)
            found.append(file.getvalue())
    return found


def damaged(random, content, others):
    """Returns bytes after one to four changes of random kinds at random places."""
    content = bytearray(content)
    for _ in range(random.integers(1, 5)):
        place = int(random.integers(0, min(len(content), random.choice((64, 10**6))) + 1))
        end = place + int(random.integers(0, 40))
        change = random.integers(0, 7)
        if change == 0 and place < len(content):
            content[place] ^= 1 << random.integers(0, 8)
        elif change == 1:
            order, number = random.choice(("<I", ">I")), int(random.choice(_EXTREMES))
            content[place:place + 4] = struct.pack(order, number)
        elif change == 2:
            del content[place:end]
        elif change == 3:
            content[place:place] = content[place:end]
        elif change == 4:
            content[place:place] = random.bytes(end - place)
        elif change == 5:
            content[place:] = others[random.integers(0, len(others))][place:]
        else:
            del content[len(content) - int(random.integers(0, len(content) + 1)):]
    content = bytes(content)
    return _with_checksums(content) if random.random() < 0.5 else content


def _with_checksums(content):
    """Mends the checksums of a PNG, so that what is wrong inside is seen at all."""
    if not content.startswith(_PNG):
        return content
    mended, place = bytearray(content), len(_PNG)
    while place + 12 <= len(content):
        end = place + 8 + struct.unpack(">I", content[place:place + 4])[0]
        if end + 4 > len(content):
            break
        mended[end:end + 4] = struct.pack(">I", zlib.crc32(content[place + 4:end]))
        place = end + 4
    return bytes(mended)
