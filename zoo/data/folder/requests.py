"""What a request may ask of a folder of one's own."""

from zoo.data.folder import splits
from zoo.errors import RequestError


def is_folder(name):
    """True for the path of a folder: no data set's name begins like one."""
    return name.startswith(("/", ".", "~"))


def check_split(name, split):
    """Refuses a split that no folder has.

    Raises:
        RequestError: `split` is none of `splits.SPLITS`.
    """
    if split not in splits.SPLITS:
        raise RequestError(f"--dataset={name}: no split {split!r}; it has "
                           f"{', '.join(splits.SPLITS)}.")


def check_enough(name, split, num_chosen, num_good, kind):
    """Refuses a split that is too small to train on or to measure.

    Args:
        name: the folder.
        split: one of `splits.SPLITS`.
        num_chosen, num_good: examples in the split, and in all.
        kind: what they are, in the plural.

    Raises:
        RequestError: fewer than `splits.FEWEST` in the split.
    """
    if num_chosen < splits.FEWEST:
        raise RequestError(
            f"--dataset={name}: {num_good} good {kind}, {num_chosen} of them in the split "
            f"{split}; add some: every split needs at least {splits.FEWEST}.")
