"""Which split each of one's own pictures belongs to, whatever the order of the files."""

import hashlib

SPLITS = ("train", "validation", "test")
_FOLDERS = {"train": "train", "validation": "validation", "val": "validation",
            "valid": "validation", "test": "test"}
_SHARE = 0.05  # Of validation and of test, where no folder says which they are.
FEWEST = 2  # Pictures in a split; fewer cannot be measured.


def position(path):
    """Returns a float in [0, 1) that depends on the path alone, by its SHA-256."""
    digest = hashlib.sha256(path.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def from_folders(pictures):
    """Returns `{picture: split}` where `train/` and no folders but splits hold the pictures.

    Args:
        pictures: relative paths with forward slashes.

    Returns:
        dict, without pictures that lie in no folder; empty where the folders are no splits.
    """
    tops = {path: path.partition("/")[0] for path in pictures if "/" in path}
    if "train" not in tops.values() or not set(tops.values()) <= _FOLDERS.keys():
        return {}
    return {path: _FOLDERS[top] for path, top in tops.items()}


def assign(pictures):
    """Assigns every picture to a split: by its folder, else by a hash of its path.

    A split without a folder is taken out of train: about 5 % of it, at least `FEWEST` pictures.

    Args:
        pictures: relative paths with forward slashes.

    Returns:
        `{path: one of SPLITS}`.
    """
    given = from_folders(pictures)
    split = dict.fromkeys(pictures, "train") | given
    limit = 0.0
    for name in ("test", "validation"):
        if name in given.values():
            continue
        limit += _SHARE
        left = sorted((path for path in pictures if split[path] == "train"), key=position)
        for rank, path in enumerate(left):
            if rank < FEWEST or position(path) < limit:
                split[path] = name
    return split
