"""A folder of one's own videos, checked and converted once, then read by random access.

The small frames lie one after the other in a single file under the TFDS root, their places in
`index.json`.
"""

import concurrent.futures
import hashlib
import io
import json
import os
import pathlib

import numpy as np
import PIL.Image

from zoo.data.folder import layouts, once, pictures
from zoo.data.video_folder import decoding, files, timing
from zoo.errors import RequestError
from zoo.progress import Progress

_VERSION = 1  # To be raised when the same files would be converted otherwise.
_BLOCKS = 8  # A frame is divided into so many blocks in each direction to see what moves.


class PreparedVideos:
    """The good videos of a folder, and what is wrong with the rest.

    Args:
        path: where `prepare` has put them.

    Attributes:
        videos: list of dicts with `name`, `sha256` of the small frames, `starts` and `sizes` of
            each frame, bytes, and `movement`: of each frame against the one before it, the
            root-mean-square difference in the block of 1/8 x 1/8 of the frame that changes most,
            grey levels; 0 for the first.
        bad: list of [name, reason].
    """

    def __init__(self, path):
        index = json.loads((path / once.INDEX).read_text(encoding="utf-8"))
        self.videos, self.bad = index["videos"], index["bad"]
        self._file = (path / "frames").open("rb")

    def read(self, video, start, stop):
        """Returns encoded frames, a list of bytes; several threads may read at once."""
        places = zip(video["sizes"][start:stop], video["starts"][start:stop])
        return [os.pread(self._file.fileno(), *place) for place in places]


def prepare(folder, data_dir, image_size):
    """Checks and converts every video of a folder, unless that has been done.

    Done again whenever a file's name, size or time of change differs.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        image_size: largest height and width of the converted frames.

    Returns:
        `PreparedVideos`.

    Raises:
        RequestError: no such folder, no videos, no space or permission.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise RequestError(f"--dataset={folder}: there is no such folder.")
    listed, bad = layouts.list_files(folder)
    videos = files.videos(listed)
    if not videos:
        raise RequestError(f"--dataset={folder}: holds no videos (MP4, WebM, AVI, GIF, animated "
                           "WebP, …) and no folders of frames (PNG, JPEG, BMP).")
    used = {path: listed[path] for paths in videos.values() for path in paths}
    key = [_VERSION, str(folder), image_size, used, bad]
    return PreparedVideos(once.once(
        folder, data_dir, "own_videos", key,
        lambda target: _write(folder, videos, bad, image_size, target)))


def _write(folder, videos, bad, image_size, target):
    print(f"checking and converting {len(videos)} videos of {folder} (once)", flush=True)
    good, bad, seen = [], list(bad), {}
    progress = Progress(len(videos), "video")

    def convert(name):
        part = target / f"part_{hashlib.sha256(name.encode()).hexdigest()}"
        return name, part, _convert([folder / path for path in videos[name]], image_size, part)

    with (target / "frames").open("wb") as file, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, (name, part, result) in enumerate(pool.map(convert, videos), start=1):
            progress.show(done)
            if isinstance(result, str):
                bad.append((name, result))
            elif result["sha256"] in seen:
                bad.append((name, f"is the same video as {seen[result['sha256']]}"))
            else:
                seen[result["sha256"]] = name
                starts = [file.tell() + start for start in result["starts"]]
                good.append({"name": name} | result | {"starts": starts})
                file.write(part.read_bytes())
            part.unlink(missing_ok=True)
    (target / once.INDEX).write_text(
        json.dumps({"videos": good, "bad": sorted(bad)}), encoding="utf-8")


def _convert(paths, image_size, part):
    """Writes the small frames of one video; returns its dict, or what is wrong with it."""
    times, starts, sizes, changes, before = [], [], [], [], None
    digest = hashlib.sha256()
    try:
        with part.open("wb") as file:
            for time, image in decoding.read(paths):
                png = pictures.to_png(image, image_size)
                digest.update(png)
                times.append(time)
                starts.append(file.tell())
                sizes.append(len(png))
                file.write(png)
                small = np.asarray(PIL.Image.open(io.BytesIO(png)), np.float32)
                changes.append(0.0 if before is None else movement(before, small))
                before = small
        shown = timing.constant_rate(times)
    except decoding.BadVideo as error:
        return str(error)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    between = zip(np.concatenate([shown[:1], shown]), shown)
    return {
        "sha256": digest.hexdigest(),
        "starts": [starts[i] for i in shown],
        "sizes": [sizes[i] for i in shown],
        "movement": [max(changes[i + 1:j + 1], default=0.0) for i, j in between],
    }


def movement(before, after):
    """Returns how much moves between two frames, see `PreparedVideos`.

    Args:
        before, after: float `(side, side, 3)` in [0, 255], side at least 8.
    """
    squares = np.square(after - before).mean(axis=2)
    block = len(squares) // _BLOCKS
    squares = squares[:block * _BLOCKS, :block * _BLOCKS]
    means = squares.reshape(_BLOCKS, block, _BLOCKS, block).mean(axis=(1, 3))
    return float(np.sqrt(means.max()))
