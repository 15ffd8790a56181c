"""A folder of one's own, checked and converted once, then read by random access.

What is kept of all files lies one after the other in a single file under the TFDS root, the places
in `index.json`. Not a TFDS builder: which files are good, and so the splits of a small folder, is
known only when all have been read.
"""

import collections
import concurrent.futures
import dataclasses
import functools
import hashlib
import itertools
import json
import os
import pathlib
import warnings
from typing import Callable

from zoo.data.folder import once, splits, walk
from zoo.errors import RequestError
from zoo.progress import Progress

_VERSION = 3  # To be raised when the same files would be converted otherwise.
_AHEAD = 2  # Examples a thread may be ahead of what is written; a long video's fill memory.
_TEXTS = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".xlsx", ".parquet", ".xml", ".yaml", ".yml")


class BadInput(ValueError):
    """A file that cannot be used; the message is one clause that says why."""


@dataclasses.dataclass(frozen=True)
class Item:
    """One example as it was found.

    Attributes:
        paths: of its files, relative to the folder.
        split: that its folders give it, or "".
        more: what else is kept of it, JSON.
    """

    paths: tuple[str, ...]
    split: str = ""
    more: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Modality:
    """How one kind of examples is found and converted.

    Attributes:
        kind: name of the folder under the TFDS root.
        unit: what an example is called, in the singular.
        find: function of (folder, paths) that returns `{name: Item}`, a list of (path, reason), and
            the further paths that it has used.
        convert: function of (list of full paths, `Item`) that returns (digest of what they hold,
            list of what is kept, each bytes, dict of what else is known) or raises `BadInput`. A
            `note` among what is known is told, and not kept.
        variant: what the result of `convert` depends on besides, JSON.
        assign: function as `splits.assign`.
        texts_matter: True where a text or table that is not used may be a caption that is lost.
        may_repeat: True where equal examples are no mistake.
    """

    kind: str
    unit: str
    find: Callable
    convert: Callable
    variant: object = None
    assign: Callable = splits.assign
    texts_matter: bool = False
    may_repeat: bool = False


class Kept:
    """The good examples of a folder, and what is wrong with the rest.

    Args:
        path: where `prepare` has put them.
        assign: see `Modality`.

    Attributes:
        items: list of dicts with `name`, `given` (split or ""), `sha256`, `places` (a list of
            [start, size], bytes) and what `Item.more` and `Modality.convert` have added.
        bad: list of [path, reason].
    """

    def __init__(self, path, assign):
        index = json.loads((path / once.INDEX).read_text(encoding="utf-8"))
        self.items, self.bad = index["items"], index["bad"]
        self._assign = assign
        self._file = (path / "kept").open("rb")

    @functools.cached_property
    def split_of(self):
        """`{name: split}` of every item."""
        return self._assign({item["name"]: item["given"] for item in self.items})

    def of_split(self, split):
        """Returns the items of a split, in the order of their names."""
        return [item for item in self.items if self.split_of[item["name"]] == split]

    def read(self, item, part=0, first=0, stop=None):
        """Returns bytes `first` to `stop` of a part; several threads may read at once."""
        start, size = item["places"][part]
        stop = size if stop is None else min(stop, size)
        return os.pread(self._file.fileno(), max(stop - first, 0), start + first)

    def read_all(self, item):
        """Returns a tuple of an item's parts."""
        return tuple(self.read(item, part) for part in range(len(item["places"])))


def fingerprint_of(items, *more):
    """Returns a str that differs where the examples do, or what else is kept of them."""
    content = json.dumps([[item[key] for key in ("name", "sha256", *more)] for item in items])
    return hashlib.sha256(content.encode()).hexdigest()


def prepare(folder, data_dir, modality):
    """Checks and converts every file of a folder, unless that has been done.

    Done again whenever a file's name, size or time of change differs.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        modality: `Modality`.

    Returns:
        `Kept`.

    Raises:
        RequestError: no such folder, nothing in it that is understood, no space or permission.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise RequestError(f"--dataset={folder}: there is no such folder.")
    files, bad = walk.list_files(folder)
    key = [_VERSION, str(folder), modality.variant, files, bad]
    path = once.once(folder, data_dir, modality.kind, key,
                     lambda target: _write(folder, files, bad, modality, target))
    return Kept(path, modality.assign)


def _write(folder, files, bad, modality, target):
    items, more, used = modality.find(folder, files)
    bad = bad + more + _unused(folder, files, items, {path for path, _ in more} | {*used}, modality)
    print(f"checking and converting {len(items)} {modality.unit}s of {folder} (once)", flush=True)
    good, seen, notes = [], {}, collections.defaultdict(list)
    with (target / "kept").open("wb") as file:
        for name, result in _convert_all(folder, items, modality):
            if isinstance(result, str):
                bad.append((" and ".join(items[name].paths) if len(items[name].paths) < 3
                            else name, result))
                continue
            digest, parts, known = result
            if digest in seen and not modality.may_repeat:
                bad.append((name, f"is the same {modality.unit} as {seen[digest]}; keep one"))
                continue
            seen[digest] = name
            if note := known.pop("note", None):
                notes[note].append(name)
            places = []
            for part in parts:
                places.append([file.tell(), len(part)])
                file.write(part)
            good.append({"name": name, "given": items[name].split, "sha256": digest,
                         "places": places} | items[name].more | known)
    (target / once.INDEX).write_text(
        json.dumps({"items": good, "bad": sorted(bad)}), encoding="utf-8")
    for note, names in notes.items():
        print(f"{len(names)} {modality.unit}s {note}, such as {names[0]}", flush=True)
    counts = collections.Counter(modality.assign(
        {item["name"]: item["given"] for item in good}).values())
    print(f"{len(good)} good {modality.unit}s: "
          + ", ".join(f"{counts[name]} {name}" for name in splits.SPLITS), flush=True)


def _convert_all(folder, items, modality):
    """Yields (name, what `convert` returns, or the reason why it cannot), in order."""
    def convert(name):
        try:
            item = items[name]
            return modality.convert([folder / path for path in item.paths], item)
        except BadInput as error:
            return str(error)
        except OSError as error:
            return f"cannot be read ({error.strerror})"

    progress, waiting, threads = Progress(len(items), modality.unit), {}, os.cpu_count()
    with warnings.catch_warnings(), concurrent.futures.ThreadPoolExecutor(threads) as pool:
        warnings.simplefilter("ignore")  # What Pillow warns of is either harmless or reported.
        queue = iter(sorted(items))
        for done in range(1, len(items) + 1):
            for name in itertools.islice(queue, _AHEAD * threads - len(waiting)):
                waiting[name] = pool.submit(convert, name)
            name = next(iter(waiting))
            yield name, waiting.pop(name).result()
            progress.show(done)


def _unused(folder, files, items, used, modality):
    """Says which files are left alone, and returns those that may be lost captions as bad."""
    used |= {path for item in items.values() for path in item.paths}
    left = [path for path in files if path not in used]
    texts = [path for path in left if walk.suffix(path) in _TEXTS and not is_about(path)]
    lost = set(texts) if modality.texts_matter else set()
    bad = [(path, "is not used; see docs/your_data.md for where captions may stand")
           for path in texts if path in lost]
    left = [path for path in left if path not in lost]
    if left:
        suffixes = collections.Counter(walk.suffix(path) or "no suffix" for path in left)
        print(f"not used: {len(left)} files of {folder} that are no {modality.unit}s ("
              + ", ".join(f"{count} {name}" for name, count in suffixes.most_common(5))
              + f"), such as {left[0]}", flush=True)
    return bad


def is_about(path):
    """True for a text that tells of a data set and is no part of it."""
    name = path.rpartition("/")[2].lower()
    return name.startswith(("readme", "license", "licence", "changelog", "copying"))
