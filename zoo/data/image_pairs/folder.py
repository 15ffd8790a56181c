"""A folder of one's own pairs, checked and converted once, then read by random access.

Two layouts: `source/` and `target/` with pictures of equal names, or pictures that show both side
by side, as the original pix2pix has them. In both, folders `train/`, `val/` and `test/` say the
splits: `train/1.png`, or `source/train/1.png` and `target/train/1.png`.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import posixpath
import warnings

import tensorflow as tf

from zoo.data import decoding
from zoo.data.folder import layouts, once, splits
from zoo.data.folder.pictures import BadPicture
from zoo.data.image_pairs import reading
from zoo.errors import RequestError
from zoo.progress import Progress

_VERSION = 1  # To be raised when the same files would be converted otherwise.
_SIDES = ("source", "target")


class PreparedPairs:
    """The good pairs of a folder, and what is wrong with the rest.

    Args:
        path: where `prepare` has put them.

    Attributes:
        examples: list of dicts with `name`, `split`, `sha256` of the user's files, and `places`,
            a list of [start, size] of the converted pictures, bytes.
        bad: list of [path, reason].
    """

    def __init__(self, path):
        index = json.loads((path / once.INDEX).read_text(encoding="utf-8"))
        self.examples, self.bad = index["examples"], index["bad"]
        self._file = (path / "pictures").open("rb")

    def read(self, example):
        """Returns a tuple of the encoded left and right picture; threads may read at once."""
        return tuple(os.pread(self._file.fileno(), size, start)
                     for start, size in example["places"])


def prepare(folder, data_dir, form):
    """Checks and converts every pair of a folder, unless that has been done.

    Done again whenever a file's name, size or time of change differs, or another form is wanted.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        form: `Form`; pictures are kept at the size that its augmentation starts from.

    Returns:
        `PreparedPairs`.

    Raises:
        RequestError: no such folder, no pairs, no space or permission.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise RequestError(f"--dataset={folder}: there is no such folder.")
    files, bad = layouts.list_files(folder)
    pairs, more = find_pairs(folder, files)
    kept = dataclasses.replace(form, flip=False)
    key = [_VERSION, str(folder), dataclasses.astuple(kept), files, bad]
    path = once.once(folder, data_dir, "own_pairs", key,
                     lambda target: _write(folder, pairs, bad + more, form, target))
    return PreparedPairs(path)


def find_pairs(folder, files):
    """Finds the pairs among the files of a folder.

    Args:
        folder: path, for messages.
        files: paths as from `layouts.list_files`.

    Returns:
        (`{name: tuple of one or two paths}`, the source first; list of (path, reason) for each
        picture that will not do).

    Raises:
        RequestError: no pictures at all.
    """
    pictures = [path for path in files
                if posixpath.splitext(path)[1].lower() in reading.EXTENSIONS]
    if not pictures:
        raise RequestError(f"--dataset={folder}: holds no pictures; put pairs of equal names into "
                           "source/ and target/, or pictures that show both side by side.")
    if not any(path.partition("/")[0] in _SIDES for path in pictures):
        return {path: (path,) for path in pictures}, []
    by_side, bad = {side: {} for side in _SIDES}, []
    for path in pictures:
        side, _, rest = path.partition("/")
        stem = posixpath.splitext(rest)[0]
        if side not in _SIDES:
            bad.append((path, "lies neither in source/ nor in target/"))
        elif stem in by_side[side]:
            bad.append((path, f"has the same name as {by_side[side][stem]}"))
        else:
            by_side[side][stem] = path
    for side, other in (_SIDES, _SIDES[::-1]):
        bad += [(path, f"has no picture of the same name in {other}/")
                for stem, path in by_side[side].items() if stem not in by_side[other]]
    sources, targets = by_side["source"], by_side["target"]
    return {stem: (sources[stem], targets[stem]) for stem in sources if stem in targets}, bad


def _write(folder, pairs, bad, form, target):
    print(f"checking and converting {len(pairs)} pairs of {folder} (once)", flush=True)
    examples, bad = [], list(bad)
    progress = Progress(len(pairs), "pair")
    with (target / "pictures").open("wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # What Pillow warns of is either harmless or reported.
        for done, (name, paths) in enumerate(sorted(pairs.items()), start=1):
            try:
                digest, converted = _convert(folder, paths, form)
            except BadPicture as error:
                bad.append((" and ".join(paths), str(error)))
            else:
                places = []
                for picture in converted:
                    places.append([file.tell(), len(picture)])
                    file.write(picture)
                examples.append({"name": name, "sha256": digest, "places": places})
            progress.show(done)
    split = splits.assign([example["name"] for example in examples])
    for example in examples:
        example["split"] = split[example["name"]]
    (target / once.INDEX).write_text(
        json.dumps({"examples": examples, "bad": sorted(bad)}), encoding="utf-8")
    print(f"{len(examples)} good pairs: " + ", ".join(
        f"{list(split.values()).count(name)} {name}" for name in splits.SPLITS), flush=True)


def _convert(folder, paths, form):
    """Returns (SHA-256 of the files, the left and the right picture as 8- or 16-bit PNG)."""
    pictures = [reading.read(folder / path) for path in paths]
    digest = hashlib.sha256(b"".join(picture.encoded for picture in pictures)).hexdigest()
    sizes = {(picture.width, picture.height) for picture in pictures}
    if len(sizes) > 1:
        raise BadPicture("differ in size ({} and {} pixels)".format(
            *(f"{picture.width}x{picture.height}" for picture in pictures)))
    if len(pictures) == 1 and (width := pictures[0].width) % 2:
        raise BadPicture(f"is {width} pixels wide; two pictures side by side have an even width")
    pair = form.start().plain(tf.constant([picture.encoded for picture in pictures]))
    bits = max(picture.bits for picture in pictures)
    pngs = [tf.io.encode_png(decoding.to_integers(image, bits)).numpy() for image in pair]
    return digest, pngs if form.direction == "left_to_right" else pngs[::-1]
