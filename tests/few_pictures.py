"""`openmoji/64` with a few of its pictures, quick to prepare.

As a program: `tools/train.py` on that data set.
"""

import pathlib
import sys

# By split; enough for a batch, a sheet and an evaluation.
_NUM_PICTURES = {"train": 48, "validation": 8, "test": 24, "lines_only": 1}


def split_of_each():
    """Returns the split of each of the few, by code."""
    from zoo.datasets.openmoji import splits
    few = {}
    for name, count in _NUM_PICTURES.items():
        of_split = [code for code, split in splits.split_of_each().items() if split == name]
        few |= dict.fromkeys(of_split[:count], name)
    return few


def main():
    root = pathlib.Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(root), str(root / "tools")]
    import train
    from zoo.datasets.openmoji import openmoji_dataset_builder
    few = split_of_each()
    openmoji_dataset_builder.split_of_each = lambda: few
    train.cli.run(train.main)


if __name__ == "__main__":
    main()
