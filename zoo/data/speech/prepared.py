"""Sound files checked and converted once to 16 kHz, mono, 16 bit, then read by random access."""

import hashlib
import json
import pathlib

import numpy as np

from zoo.data import audio
from zoo.data.folder import once
from zoo.progress import Progress

_VERSION = 1  # To be raised when the same files would be converted otherwise.


class Recordings:
    """Converted sound files by name.

    Args:
        path: folder that `prepare` has filled.

    Attributes:
        lengths: `{name: samples}` of the good files.
        digests: `{name: SHA-256 of the converted samples}`.
        bad: list of (name, reason).
    """

    def __init__(self, path):
        index = json.loads((path / once.INDEX).read_text(encoding="utf-8"))
        self._starts = {name: start for name, start, _, _ in index["good"]}
        self.lengths = {name: length for name, _, length, _ in index["good"]}
        self.digests = {name: digest for name, _, _, digest in index["good"]}
        self.bad = [tuple(each) for each in index["bad"]]
        file = path / "samples"
        self._samples = np.memmap(file, "<i2", "r") if file.stat().st_size else np.zeros(0, "<i2")

    def read(self, name, first=0, stop=None):
        """Returns samples `first` to `stop` of a file, float32, full scale 1."""
        length = self.lengths[name]
        start, stop = self._starts[name], length if stop is None else min(stop, length)
        return audio.from_pcm(self._samples[start + first:start + stop])


def prepare(files, folder, data_dir):
    """Checks and converts sound files, unless that has been done.

    Done again whenever a file's name, size or time of change differs. Channels are averaged.

    Args:
        files: `{name: path}`.
        folder: path of the folder where they are.
        data_dir: TFDS root; empty: its default.

    Returns:
        `Recordings`.

    Raises:
        RequestError: no space or permission.
    """
    stats = {name: path.stat() for name, path in sorted(files.items())}
    key = [_VERSION, str(folder), [[name, stat.st_size, stat.st_mtime_ns]
                                   for name, stat in stats.items()]]
    folder = pathlib.Path(folder).expanduser()

    def write(target):
        print(f"checking and converting {len(files)} sound files of {folder} (once)", flush=True)
        _write(files, target)

    return Recordings(once.once(folder, data_dir, "own_sounds", key, write))


def _write(files, target):
    good, bad, start = [], [], 0
    progress = Progress(len(files), "file")
    with (target / "samples").open("wb") as file:
        for done, name in enumerate(sorted(files), start=1):
            try:
                encoded = audio.to_pcm(audio.read_mono(files[name])).tobytes()
            except audio.BadAudio as error:
                bad.append((name, str(error)))
            else:
                file.write(encoded)
                length = len(encoded) // 2
                good.append((name, start, length, hashlib.sha256(encoded).hexdigest()))
                start += length
            progress.show(done)
    (target / once.INDEX).write_text(json.dumps({"good": good, "bad": bad}), encoding="utf-8")
