"""A folder of one's own as it is kept, read by random access.

What is kept of all files lies one after the other in a single file under the TFDS root, the places
in `index.json`. Not a TFDS builder: which files are good, and so the splits of a small folder, is
known only when all have been read.
"""

import dataclasses
import hashlib
import json
import os
from typing import Callable

from zoo.data.folder import splits
from zoo.errors import RequestError

CONTENT, INDEX = "kept", "index.json"  # Files; the latter is written last.


class BadInput(ValueError):
    """A file that cannot be used; the message is one clause that says why."""


@dataclasses.dataclass(frozen=True)
class Item:
    """One example as it was found."""

    paths: tuple[str, ...]  # Of its files, relative to the folder.
    split: str = ""  # That its folders give it, or "".
    more: dict = dataclasses.field(default_factory=dict)  # What else is kept of it, JSON.


@dataclasses.dataclass(frozen=True)
class Modality:
    """How one kind of examples is found and converted."""

    kind: str  # Name of the folder under the TFDS root.
    unit: str  # What an example is called, in the singular.
    # Function of (folder, paths) that returns `{name: Item}`, a list of (path, reason), and the
    # further paths that it has used.
    find: Callable
    # Function of (list of full paths, `Item`) that returns (digest of what they hold, list of what
    # is kept, each bytes, dict of what else is known) or raises `BadInput`. A `note` among what is
    # known is told, and not kept.
    convert: Callable
    variant: object = None  # What the result of `convert` depends on besides, JSON.
    assign: Callable = splits.assign
    may_repeat: bool = False  # Equal examples are no mistake.
    flaw: Callable = lambda item: ""  # Returns why a kept item will not do after all, or "".


class Kept:
    """The good examples of a folder, and what is wrong with the rest.

    Args:
        path: where they are kept, see `preparing.prepare`.
        folder: the user's, for messages.
        modality: `Modality`.

    Attributes:
        items: list of dicts with `name`, `given` (split or ""), `sha256`, `places` (a list of
            [start, size], bytes) and what `Item.more` and `Modality.convert` have added.
        split_of: `{name: split}` of every item.
        bad: list of (path, reason) in alphabetical order.
    """

    def __init__(self, path, folder, modality):
        index = json.loads((path / INDEX).read_text(encoding="utf-8"))
        flaws = [(item["name"], modality.flaw(item)) for item in index["items"]]
        self.items = [item for item, (_, flaw) in zip(index["items"], flaws) if not flaw]
        self.bad = sorted([*map(tuple, index["bad"]), *(each for each in flaws if each[1])])
        self.split_of = modality.assign({item["name"]: item["given"] for item in self.items})
        self._folder, self._unit = folder, modality.unit
        self._file = (path / CONTENT).open("rb")

    def of_split(self, split, role=""):
        """Returns the items of a split, in the order of their names.

        Args:
            split: one of `splits.SPLITS`.
            role: of those that have one.

        Raises:
            RequestError: no such split, or fewer than `splits.FEWEST` of them in it.
        """
        splits.check(self._folder, split)
        items = [item for item in self.items if item.get("role", "") == role]
        chosen = [item for item in items if self.split_of[item["name"]] == split]
        if len(chosen) < splits.FEWEST:
            kind = f"{self._unit}s{f' in {role}/' if role else ''}"
            raise RequestError(
                f"--dataset={self._folder}: {len(items)} good {kind}, {len(chosen)} of them in the "
                f"split {split}; add some: every split needs at least {splits.FEWEST}.")
        return chosen

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
