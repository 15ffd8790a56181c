"""A folder of one's own pictures, checked and converted once, then read by random access.

The converted pictures lie one after the other in a single file under the TFDS root, their places
in `index.json`. Not a TFDS builder: which pictures are good, and so the splits of a small folder,
is known only when all have been read.
"""

import concurrent.futures
import json
import os
import pathlib
import warnings

from zoo.data.folder import layouts, once, pictures, splits
from zoo.errors import RequestError
from zoo.progress import Progress

_VERSION = 1  # To be raised when the same files would be converted otherwise.
_CHUNK = 64  # Pictures handed to the threads at a time.


class PreparedFolder:
    """The good pictures of a folder, and what is wrong with the rest.

    Args:
        path: where `prepare` has put them.

    Attributes:
        examples: list of dicts with `file_name`, `captions` (list of str), `split`, `sha256` of
            the user's file, `start` and `size` of the converted picture, bytes.
        bad: list of [path, reason].
    """

    def __init__(self, path):
        index = json.loads((path / once.INDEX).read_text(encoding="utf-8"))
        self.examples, self.bad = index["examples"], index["bad"]
        self._file = (path / "pictures").open("rb")

    def read(self, example):
        """Returns an encoded picture, bytes; several threads may read at once."""
        return os.pread(self._file.fileno(), example["size"], example["start"])


def prepare(folder, data_dir, image_size):
    """Checks and converts every picture of a folder, unless that has been done.

    Done again whenever a file's name, size or time of change differs.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        image_size: largest height and width of the converted pictures.

    Returns:
        `PreparedFolder`.

    Raises:
        RequestError: no such folder, no pictures, no captions, no space or permission.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise RequestError(f"--dataset={folder}: there is no such folder.")
    files, bad = layouts.list_files(folder)

    def write(target):
        captions, more = layouts.read_captions(folder, files)
        _write(folder, captions, bad + more, image_size, target)

    key = [_VERSION, str(folder), image_size, files, bad]
    return PreparedFolder(once.once(folder, data_dir, "own_pictures", key, write))


def _write(folder, captions, bad, image_size, target):
    print(f"checking and converting {len(captions)} pictures of {folder} (once)", flush=True)
    examples, bad, seen = [], list(bad), {}
    with (target / "pictures").open("wb") as file:
        for name, (digest, result, problem) in _read_all(folder, captions, image_size):
            if problem:
                bad.append((name, problem))
            elif digest in seen:
                bad.append((name, f"is the same picture as {seen[digest]}; keep one, with the "
                                  "captions of both"))
            elif captions[name]:
                seen[digest] = name
                examples.append({"file_name": name, "captions": captions[name], "sha256": digest,
                                 "start": file.tell(), "size": len(result)})
                file.write(result)
    split = splits.assign([example["file_name"] for example in examples])
    for example in examples:
        example["split"] = split[example["file_name"]]
    (target / once.INDEX).write_text(
        json.dumps({"examples": examples, "bad": sorted(bad)}), encoding="utf-8")
    print(f"{len(examples)} good pictures: " + ", ".join(
        f"{list(split.values()).count(name)} {name}" for name in splits.SPLITS), flush=True)


def _read_all(folder, names, image_size):
    """Yields (name, (SHA-256, PNG, None)) or (name, (None, None, reason)), in order."""
    def read(name):
        try:
            return *pictures.read(folder / name, image_size), None
        except pictures.BadPicture as error:
            return None, None, str(error)

    names = list(names)
    progress = Progress(len(names), "picture")
    with warnings.catch_warnings(), concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")  # What Pillow warns of is either harmless or reported.
        for start in range(0, len(names), _CHUNK):
            chunk = names[start:start + _CHUNK]
            yield from zip(chunk, pool.map(read, chunk))
            progress.show(start + len(chunk))
