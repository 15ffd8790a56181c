"""What a file says of its own length: so one that was cut short is told from a whole one."""

import struct

# What a writer to a pipe promises, which cannot know the length: arecord 2^31, SoX 4 KiB less,
# FFmpeg and others 2^32 - 1; RF64 counts with 64 bits.
GUESSED, _GUESSED_64 = 2**31 - 2**16, 2**62
TOLERANCE = 8  # Bytes: some writers count the 8 before a length with it.
# Of MP4, MOV and M4A: parts that a file consists of; what else follows them is not of the format.
_BOXES = (b"ftyp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"uuid", b"styp", b"sidx",
          b"mfra", b"meta", b"pdin", b"udta")
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"
_OGG_PAGE = 27 + 255 + 255 * 255  # The longest, bytes.


def cut_short(path):
    """Returns "is truncated: …" where a file ends before it says, or "".

    WAV, RF64, AVI, AIFF, MP4, MOV, M4A, Matroska, WebM and Ogg say it. A length of 0, or of 2 GiB
    (less 64 KiB) or more in 32 bits, is what programs write to a pipe, and says nothing.

    Args:
        path: `pathlib.Path`.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"FORM"):
            promised = _of_chunks(file, head)
        elif head.startswith(_EBML):
            promised = _of_segment(file)
        elif head.startswith(b"OggS"):
            promised = _of_last_page(file, size)
        elif head[4:8] in _BOXES:
            promised = _of_boxes(file, size)
        else:
            promised = 0
    return f"is truncated: {size:,} bytes of {promised:,}" if promised > size + TOLERANCE else ""


def unfinished(file):
    """Finds the length that the writer of a WAV file has left 0, as samples follow it.

    Args:
        file: open binary file.

    Returns:
        where its four bytes begin, or None.
    """
    file.seek(0)
    head = file.read(12)
    place, length = _samples(file, head) if head[:4] == b"RIFF" else (0, 0)
    whole = int.from_bytes(head[4:8], "little")
    is_left = not length and (whole + 8 <= place or whole >= GUESSED) and file.read(1)
    return place - 4 if place and is_left else None


def _samples(file, head):
    """Returns where the samples of a WAV, RF64 or AIFF file begin, and their length; or zeros."""
    order, place, long = ("<" if head[:4] in (b"RIFF", b"RF64") else ">"), 12, 0
    while len(start := file.read(8)) == 8:
        name, length = struct.unpack(f"{order}4sI", start)
        place += 8
        if name in (b"data", b"SSND"):
            return place, long if head[:4] == b"RF64" and length == 2**32 - 1 else length
        if name == b"ds64":
            long = int.from_bytes(file.read(16)[8:], "little")
        place += length + length % 2
        file.seek(place)
    return 0, 0


def _of_chunks(file, head):
    whole = struct.unpack("<I" if head[:4] in (b"RIFF", b"RF64") else ">I", head[4:8])[0]
    place, length = (0, 0) if head[8:] == b"AVI " else _samples(file, head)
    guess = _GUESSED_64 if head[:4] == b"RF64" and length > 2**32 else GUESSED
    return max(whole + 8 if whole < GUESSED else 0, place + length if length < guess else 0)


def _of_boxes(file, size):
    place = 0
    while place < size:
        file.seek(place)
        length, name = struct.unpack(">I4s", file.read(8).ljust(8, b"\0"))
        if name not in _BOXES:
            return 0
        if length == 1:
            length = int.from_bytes(file.read(8), "big")
        if not length:  # To the end of the file.
            return 0
        place += length
    return place


def _of_segment(file):
    file.seek(len(_EBML))
    file.seek(_number(file) or 0, 1)
    if file.read(4) != _SEGMENT or (length := _number(file)) is None:
        return 0
    return file.tell() + length


def _number(file):
    """Reads a length as EBML has it: leading zeros say how many bytes; all ones, unknown."""
    first = file.read(1)
    more = 8 - first[0].bit_length() if first else 8
    value = int.from_bytes(first + file.read(more), "big") & (2 ** (7 * (more + 1)) - 1)
    return None if value == 2 ** (7 * (more + 1)) - 1 else value


def _of_last_page(file, size):
    start = max(size - _OGG_PAGE, 0)
    file.seek(start)
    end = file.read()
    page = end.rfind(b"OggS")
    if page < 0 or len(end) < page + 27:
        return 0
    sizes = end[page + 27:page + 27 + end[page + 26]]
    return start + page + 27 + end[page + 26] + sum(sizes)
