"""Pairs whose sources are equal: the right targets of one source."""

import hashlib

import numpy as np

from zoo.data.image_pairs import kept
from zoo.data.lists import Lists
from zoo.progress import Progress


def sources(form, *splits):
    """Yields the sources of splits, one after the other, and shows progress.

    Args:
        form: `Form`, of whose `plain` they are.
        splits: `ImagePairs`.
    """
    progress, done = Progress(sum(map(len, splits)), "source"), 0
    for pairs in splits:
        for source, _ in kept.stream(pairs, form).as_numpy_iterator():
            yield source
            done += 1
            progress.show(done)


def groups(pictures):
    """Finds pictures that are equal.

    Args:
        pictures: iterable of arrays.

    Returns:
        (the group of each, int `(n,)`, `Lists` of the pictures of each group, in order).
    """
    digests = [hashlib.sha256(picture.tobytes()).hexdigest() for picture in pictures]
    _, group_of = np.unique(digests, return_inverse=True)
    return group_of, Lists(np.argsort(group_of, kind="stable"), np.bincount(group_of))
