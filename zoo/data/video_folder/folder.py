"""Which videos a folder of one's own holds, and what is kept of each: small frames."""

import hashlib
import io

import numpy as np
import PIL.Image

from zoo.data.folder import kept, pairing, pictures, places
from zoo.data.video_folder import decoding, files, timing
from zoo.errors import RequestError

_BLOCKS = 8  # A frame is divided into so many blocks in each direction to see what moves.


def prepare(folder, data_dir, image_size):
    """Checks and converts every video of a folder, see `zoo.data.folder.kept.prepare`.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        image_size: largest height and width of the converted frames.

    Returns:
        `Kept`, whose items have an encoded frame a part; `shown`, which of them follow each other
        at a constant rate; and `movement`: of each shown frame against the one before it, the
        root-mean-square difference in the block of 1/8 x 1/8 of the frame that changes most, grey
        levels; 0 for the first.
    """
    return kept.prepare(folder, data_dir, kept.Modality(
        "own_videos", "video", find, lambda paths, item: _convert(paths, image_size), image_size))


def find(folder, paths):
    """Finds the videos among the files of a folder, see `zoo.data.folder.kept.Modality`.

    Raises:
        RequestError: no videos.
    """
    videos, loose = files.videos(paths)
    if not videos:
        raise RequestError(f"--dataset={folder}: holds no videos (MP4, WebM, AVI, GIF, animated "
                           "WebP, …) and no folders of frames (PNG, JPEG, BMP, TIFF).")
    bad = [(path, "is a picture beside videos, and so no frame of one; it is not used")
           for path in loose]
    first_of = {parts[0]: name for name, parts in videos.items()}
    found, more = places.find(folder, list(first_of))
    twins = pairing.twins([path for path in found if path in videos])  # No folders of frames.
    for path, _ in twins:
        del found[path]
    items = {first_of[path]: kept.Item(tuple(videos[first_of[path]]), place.split)
             for path, place in found.items()}
    return items, bad + more + twins, ()


def _convert(paths, image_size):
    """Returns what is kept of a video, see `Modality` and `prepare`."""
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
    """Returns how much moves between two frames, see `prepare`.

    Args:
        before, after: float `(side, side, 3)` in [0, 255], side at least 8.
    """
    squares = np.square(after - before).mean(axis=2)
    block = len(squares) // _BLOCKS
    squares = squares[:block * _BLOCKS, :block * _BLOCKS]
    means = squares.reshape(_BLOCKS, block, _BLOCKS, block).mean(axis=(1, 3))
    return float(np.sqrt(means.max()))
