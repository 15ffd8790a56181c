"""From video files to upright frames with their times."""

import PIL.Image
import PIL.ImageSequence

from zoo import extras
from zoo.data.video_folder import files

with extras.needed("video"):
    import av

_BY_PILLOW = (".gif", ".webp")  # It knows their transparency; FFmpeg knows no animated WebP.
_UNTIMED = 100  # Milliseconds: how long browsers show a frame that has no duration.
_LEAST_SIDE = 8  # Pixels.


class BadVideo(ValueError):
    """The video cannot be used; the message says why."""


def read(paths):
    """Reads a video from its beginning to its end.

    Args:
        paths: list of `pathlib.Path`: one video file, or pictures that are the frames.

    Yields:
        (time in seconds or None where the file has no times, `PIL.Image.Image`).

    Raises:
        BadVideo: it is damaged, empty, has no picture, or frames of several sizes.
    """
    size = None
    for time, frame in _frames(paths):
        if min(frame.size) < _LEAST_SIDE:
            raise BadVideo(f"is too small ({frame.width}x{frame.height}); its sides must be at "
                           f"least {_LEAST_SIDE} pixels")
        size = size or frame.size
        if frame.size != size:
            raise BadVideo(f"has frames of several sizes ({size[0]}x{size[1]} and "
                           f"{frame.width}x{frame.height})")
        yield time, frame


def _frames(paths):
    if paths[0].suffix.lower() in files.FRAMES:
        return _from_pictures(paths)
    [path] = paths
    if not path.stat().st_size:
        raise BadVideo("is empty (0 bytes)")
    return (_by_pillow if path.suffix.lower() in _BY_PILLOW else _by_av)(path)


def _from_pictures(paths):
    for path in paths:
        try:
            with PIL.Image.open(path) as image:
                image.load()
                yield None, image
        # Pillow raises errors of many kinds for damaged files, of a library's own among them.
        except Exception as error:  # pylint: disable=broad-except
            raise BadVideo(f"{path.name} is damaged ({_words(error)})") from None


def _by_pillow(path):
    try:
        with PIL.Image.open(path) as image:
            time = 0.0
            for frame in PIL.ImageSequence.Iterator(image):
                yield time, frame.copy()
                time += (frame.info.get("duration") or _UNTIMED) / 1000
    except Exception as error:  # pylint: disable=broad-except
        raise BadVideo(f"is damaged ({_words(error)})") from None


def _by_av(path):
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise BadVideo("has no video stream")
            container.streams.video[0].thread_type = "AUTO"
            for frame in container.decode(video=0):
                image = frame.to_image()
                if frame.rotation:
                    image = image.rotate(frame.rotation, expand=True)
                yield frame.time, image
    except av.error.FFmpegError as error:
        raise BadVideo(f"is damaged or no video ({error.strerror})") from None


def _words(error):
    return " ".join(str(error).split())
