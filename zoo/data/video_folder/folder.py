"""Which videos a folder of one's own holds, and what is kept of each: small frames.

An example is a video file, or a folder with the frames of one.
"""

import hashlib
import io
import posixpath
import re

import numpy as np
import PIL.Image

from zoo.data.folder import kept, pairing, pictures
from zoo.data.folder.walk import stem, suffix
from zoo.data.video_folder import decoding, timing
from zoo.errors import RequestError

_VIDEOS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".wmv", ".ogv",
           ".gif", ".webp")
_BLOCKS = 8  # A frame is divided into so many blocks in each direction to see what moves.


def modality(image_size, num_frames=1):
    """Videos, of which small frames are kept.

    Items have an encoded frame a part; `shown`, which of them follow each other at a constant rate;
    and `movement`: of each shown frame against the one before it, the root-mean-square difference
    in the block of 1/8 x 1/8 of the frame that changes most, grey levels; 0 for the first.

    Args:
        image_size: largest height and width of the converted frames.
        num_frames: of the shortest video that is of use.
    """
    def flaw(item):
        count = len(item["shown"])
        return f"has {count} of the {num_frames} frames needed" if count < num_frames else ""

    return kept.Modality("own_videos", "video", _find, lambda paths, item: _convert(
        paths, image_size), image_size, flaw=flaw)


def _find(folder, paths):
    """Finds the videos among the files of a folder, see `kept.Modality`.

    Where there are video files, those pictures are no frames that lie beside one or in no folder,
    or in a folder of pictures that are all named like one.

    Raises:
        RequestError: no videos.
    """
    videos = {path: (path, [path]) for path in paths if suffix(path) in _VIDEOS}  # By first file.
    with_videos = {posixpath.dirname(path) for path in videos} | ({""} if videos else set())
    names = {posixpath.basename(stem(path)) for path in videos}
    frames, bad = {}, []
    for path in paths:
        if suffix(path) in decoding.FRAMES:
            frames.setdefault(posixpath.dirname(path), []).append(path)
    for place, parts in frames.items():
        if place in with_videos or {posixpath.basename(stem(path)) for path in parts} <= names:
            bad += [(path, "is a picture beside videos, and so no frame of one; it is not used")
                    for path in parts]
        else:
            parts = in_order(parts)
            videos[parts[0]] = (place or ".", parts)
    if not videos:
        raise RequestError(f"--dataset={folder}: holds no videos (MP4, WebM, AVI, GIF, animated "
                           "WebP, …) and no folders of frames (PNG, JPEG, BMP, TIFF).")
    found, more = pairing.singles(folder, list(videos))
    items = {videos[path][0]: kept.Item(tuple(videos[path][1]), place.split)
             for path, place in found.items()}
    return items, bad + more, ()


def in_order(paths):
    """Sorts the frames of a video by the numbers in their names: "frame_2" before "frame_10"."""
    return sorted(paths, key=lambda path: [
        int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path)])


def _convert(paths, image_size):
    """Returns what is kept of a video, see `kept.Modality` and `modality`."""
    times, frames, changes, before = [], [], [], None
    for time, image in decoding.read(paths):
        png = pictures.to_png(image, image_size)
        times.append(time)
        frames.append(png)
        small = np.asarray(PIL.Image.open(io.BytesIO(png)), np.float32)
        changes.append(0.0 if before is None else movement(before, small))
        before = small
    shown = [int(frame) for frame in timing.constant_rate(times)]
    between = zip(shown[:1] + shown, shown)
    return hashlib.sha256(b"".join(frames)).hexdigest(), frames, {
        "shown": shown,
        "movement": [max(changes[i + 1:j + 1], default=0.0) for i, j in between]}


def movement(before, after):
    """Returns how much moves between two frames, see `modality`.

    Args:
        before, after: float `(side, side, 3)` in [0, 255], side at least 8.
    """
    squares = np.square(after - before).mean(axis=2)
    block = len(squares) // _BLOCKS
    squares = squares[:block * _BLOCKS, :block * _BLOCKS]
    means = squares.reshape(_BLOCKS, block, _BLOCKS, block).mean(axis=(1, 3))
    return float(np.sqrt(means.max()))
