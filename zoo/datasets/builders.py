"""TFDS data sets by name, our own among them, prepared for random access."""

import importlib
import pathlib
import sys

import tensorflow_datasets as tfds

from zoo.datasets import locks
from zoo.errors import RequestError

# Our own builders: importing the module makes the name known to TFDS.
_OWN = {name: f"zoo.datasets.{name}.{name}_dataset_builder"
        for name in ("openmoji", "cub_captions", "flowers_captions", "moving_openmoji",
                     "emoji_styles", "earth", "voicebank_demand", "pix2pix_facades", "pix2pix_maps",
                     "pix2pix_edges2shoes", "pix2pix_cityscapes")}


def find(name, data_dir):
    """Returns the `tfds.core.DatasetBuilder` of a data set, not prepared yet.

    Args:
        name: TFDS name, with or without a config, for instance "openmoji/64".
        data_dir: TFDS root; empty: its default.

    Raises:
        RequestError: there is no such data set, or it was prepared without random access.
    """
    family = name.partition("/")[0]
    if family in _OWN:
        importlib.import_module(_OWN[family])
    try:
        return tfds.builder(name, data_dir=data_dir or None, file_format="array_record")
    except (tfds.core.DatasetNotFoundError, ValueError, AssertionError) as error:
        if "File format is already set" in str(error):
            raise RequestError(
                f"--data_dir={data_dir or tfds.core.constants.DATA_DIR}: {name} was prepared "
                "there in a format without random access; choose another --data_dir.") from None
        reason = str(error).strip().splitlines()[0]
        raise RequestError(f"--dataset={name}: neither a folder nor a TFDS data set "
                           f"({reason})") from None


def prepare(builder, name):
    """Prepares a data set, unless that has been done, here or by another process meanwhile.

    Raises:
        RequestError: no space or permission.
    """
    if builder.is_prepared():
        return
    path = pathlib.Path(builder.data_dir)
    try:
        with locks.one_at_a_time(path.with_name(f".{path.name}.lock"), name):
            if builder.is_prepared():
                builder.info.read_from_directory(path)
            else:
                print(f"preparing {name} in {path} (once)", flush=True)
                if not sys.stderr.isatty():  # In a log file each step of a bar is a line.
                    tfds.disable_progress_bar()
                builder.download_and_prepare()
    except OSError as error:
        raise RequestError(f"--data_dir={builder.data_dir}: cannot prepare {name} "
                           f"({error.strerror or error}).") from None


def check_split(builder, name, split):
    """Checks that a prepared data set has a split.

    Raises:
        RequestError: it has not; the message lists those it has.
    """
    if split not in builder.info.splits:
        raise RequestError(f"--dataset={name}: no split {split!r}; "
                           f"it has {', '.join(builder.info.splits)}.")
