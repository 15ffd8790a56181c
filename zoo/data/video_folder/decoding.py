"""From video files to upright frames with their times."""

import struct

import PIL.Image
import PIL.ImageSequence

from zoo import extras
from zoo.data.folder import lengths, pictures
from zoo.data.folder.kept import BadInput

FRAMES = {*pictures.SUFFIXES} - {".gif", ".webp"}  # Suffixes; those two may be videos.
_UNTIMED = 100  # Milliseconds: how long browsers show a frame that has no duration.
_LEAST_SIDE = 8  # Pixels.
_MAX_PIXELS, _MAX_FRAMES = 2**26, 100_000  # Of a frame (8192 x 8192), and of a video.
_TOO_LARGE = f"over {_MAX_PIXELS / 1e6:.0f} million pixels; shrink it"
_FORMATS = "MP4, MOV, WebM, Matroska, AVI, MPEG, WMV, Ogg, GIF or WebP"
_LIMITS = {"max_pixels": str(_MAX_PIXELS)}  # For FFmpeg, before it takes memory for a frame.
# How files begin, and FFmpeg's name of their format. It is named, so that no other one is tried:
# some of them are lists of other files and of addresses.
_BEGINNINGS = ((4, b"ftyp", "mov"), (4, b"moov", "mov"), (4, b"mdat", "mov"), (4, b"wide", "mov"),
               (4, b"free", "mov"), (4, b"skip", "mov"), (0, b"\x1aE\xdf\xa3", "matroska"),
               (0, b"RIFF", "avi"), (0, b"\0\0\1\xba", "mpeg"), (0, b"\0\0\1\xb3", "mpegvideo"),
               (0, b"G", "mpegts"), (0, b"0&\xb2u", "asf"), (0, b"OggS", "ogg"))
# What the upper left 2x2 of a display matrix asks for, see ISO 14496-12, 8.5.2.
_TURNS = {(-1, 0, 0, 1): "FLIP_LEFT_RIGHT", (1, 0, 0, -1): "FLIP_TOP_BOTTOM",
          (-1, 0, 0, -1): "ROTATE_180", (0, 1, 1, 0): "TRANSPOSE", (0, 1, -1, 0): "ROTATE_270",
          (0, -1, 1, 0): "ROTATE_90", (0, -1, -1, 0): "TRANSVERSE"}


def read(paths):
    """Reads a video from its beginning to its end.

    Args:
        paths: list of `pathlib.Path`: one video file, or pictures that are the frames.

    Yields:
        (time in seconds or None where the file has no times, `PIL.Image.Image`).

    Raises:
        BadInput: it is damaged, empty, has no picture, frames of several sizes, or too many or too
            large ones.
    """
    size = None
    for count, (time, frame) in enumerate(_frames(paths)):
        if count == _MAX_FRAMES:
            raise BadInput(f"has over {_MAX_FRAMES:,} frames; cut it into pieces")
        if min(frame.size) < _LEAST_SIDE:
            raise BadInput(f"is too small ({frame.width}x{frame.height}); its sides must be at "
                           f"least {_LEAST_SIDE} pixels")
        size = size or frame.size
        if frame.size != size:
            raise BadInput(f"has frames of several sizes ({size[0]}x{size[1]} and "
                           f"{frame.width}x{frame.height})")
        yield time, frame
    if size is None:
        raise BadInput("has no frames that can be decoded")


def _frames(paths):
    if paths[0].suffix.lower() in FRAMES:
        return _from_pictures(paths)
    [path] = paths
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})") from None
    if not head:
        raise BadInput("is empty (0 bytes)")
    if head.startswith(b"GIF8") or head[8:12] == b"WEBP":  # FFmpeg knows no animated WebP.
        return _by_pillow(path)
    name = next((name for place, start, name in _BEGINNINGS if head[place:].startswith(start)), "")
    if not name:
        raise BadInput(f"is no {_FORMATS} video")
    if problem := lengths.cut_short(path):
        raise BadInput(problem)
    return _by_av(path, name)


def _from_pictures(paths):
    for path in paths:
        try:
            yield None, pictures.load(path)[1]
        except BadInput as error:
            raise BadInput(f"{path.name} {error}") from None


def _check_size(width, height):
    if width * height > _MAX_PIXELS:
        raise BadInput(f"has frames of {width}x{height}, {_TOO_LARGE}")


def _by_pillow(path):
    try:
        with PIL.Image.open(path, formats=("GIF", "WEBP")) as image:
            _check_size(*image.size)
            time = 0.0
            for frame in PIL.ImageSequence.Iterator(image):
                yield time, frame.copy()
                time += (frame.info.get("duration") or _UNTIMED) / 1000
    except BadInput:
        raise
    except PIL.Image.DecompressionBombError:
        raise BadInput(f"has frames {_TOO_LARGE}") from None
    except Exception as error:  # pylint: disable=broad-except
        raise BadInput(f"is damaged ({' '.join(str(error).split())})") from None


def _by_av(path, name):
    with extras.needed("video"):
        import av
    try:
        with av.open(f"file:{path}", format=name, options=_LIMITS) as container:
            stream = next((each for each in container.streams.video if not
                           each.disposition & av.stream.Disposition.attached_pic), None)
            if stream is None:
                raise BadInput("has no video stream")
            if stream.codec_context is None:
                raise BadInput("is damaged, or of a codec that is not known")
            _check_size(stream.codec_context.width, stream.codec_context.height)
            if not stream.codec_context.width:  # FFmpeg has looked, within `_LIMITS`, in vain.
                raise BadInput(f"is damaged, or has frames {_TOO_LARGE}")
            stream.codec_context.options = _LIMITS
            stream.thread_type = "AUTO"
            decoder = _transparent_decoder(av, stream)
            for packet in container.demux(stream):
                for frame in (decoder or packet).decode(*[packet] if decoder else []):
                    yield frame.time, _upright(frame, stream.sample_aspect_ratio)
    except av.error.FFmpegError as error:
        raise BadInput(f"is damaged or no video ({error.strerror})") from None


def _transparent_decoder(av, stream):
    """FFmpeg's own decoders of VP8 and VP9 leave the transparency out; None where they will do."""
    if stream.metadata.get("alpha_mode") != "1":
        return None
    decoder = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if decoder:
        decoder = av.CodecContext.create(decoder, "r")
        decoder.options = _LIMITS
    return decoder


def _upright(frame, pixel_aspect):
    """Returns a frame as players show it: square pixels, turned and mirrored, with transparency."""
    is_transparent = any(component.is_alpha for component in frame.format.components)
    image = PIL.Image.fromarray(frame.to_ndarray(format="rgba" if is_transparent else "rgb24"))
    if pixel_aspect and pixel_aspect != 1:
        width = max(round(image.width * pixel_aspect), 1)
        _check_size(width, image.height)
        image = image.resize((width, image.height))
    for data in frame.side_data:
        if data.type.name == "DISPLAYMATRIX":
            a, b, _, c, d = struct.unpack("=5i", bytes(data)[:20])
            turn = _TURNS.get(tuple((number > 0) - (number < 0) for number in (a, b, c, d)))
            return image.transpose(PIL.Image.Transpose[turn]) if turn else image
    return image
