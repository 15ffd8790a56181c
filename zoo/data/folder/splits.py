"""Which split each of one's own examples belongs to, whatever the order of the files."""

import hashlib

from zoo.errors import RequestError

SPLITS = ("train", "validation", "test")
_SHARE = 0.05  # Of validation and of test, where no folder says which they are.
FEWEST = 2  # Examples in a split; fewer cannot be measured.


def check(name, split):
    """Refuses a split that no folder has.

    Raises:
        RequestError: `split` is none of `SPLITS`.
    """
    if split not in SPLITS:
        raise RequestError(f"--dataset={name}: no split {split!r}; it has {', '.join(SPLITS)}.")


def position(path):
    """Returns a float in [0, 1) that depends on the path alone, by its SHA-256."""
    digest = hashlib.sha256(path.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign(given):
    """Assigns every example to a split: the given one, else by a hash of its name.

    A split that is given to none is taken out of train: about 5 % of it, at least `FEWEST`.

    Args:
        given: `{name: one of SPLITS, or "" where no folder says it}`.

    Returns:
        `{name: one of SPLITS}`.
    """
    split = {name: each or "train" for name, each in given.items()}
    limit = 0.0
    for missing in ("test", "validation"):
        if missing in given.values():
            continue
        limit += _SHARE
        left = sorted((name for name in split if split[name] == "train"), key=position)
        for rank, name in enumerate(left):
            if rank < FEWEST or position(name) < limit:
                split[name] = missing
    return split
