"""Captioned pictures by random access: captions in memory, encoded pictures read when needed."""

import functools
import importlib

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.errors import RequestError

# Our own builders: importing the module makes the name known to TFDS.
_BUILDERS = {"openmoji": "zoo.data.openmoji.openmoji_dataset_builder"}
# Encoded pictures up to this size are kept in memory; larger data sets are read from disk.
_MEMORY_LIMIT = 256 * 2**20


class CaptionedPictures:
    """One split of a data set of pictures with captions.

    Args:
        read: function from an index to the encoded picture, bytes.
        captions: list with a tuple of str for each example, the main caption first.

    Attributes:
        captions: as given.
    """

    def __init__(self, read, captions):
        self._read = read
        self.captions = captions

    def __len__(self):
        return len(self.captions)

    def pictures(self, indices):
        """Returns encoded pictures, a NumPy object array of bytes."""
        return np.array([self._read(int(index)) for index in indices], object)

    def all_captions(self):
        """Returns every caption of every example, in order."""
        return [caption for captions in self.captions for caption in captions]


def _builder(name, data_dir):
    family = name.partition("/")[0]
    if family in _BUILDERS:
        importlib.import_module(_BUILDERS[family])
    try:
        return tfds.builder(name, data_dir=data_dir or None, file_format="array_record")
    except (tfds.core.DatasetNotFoundError, ValueError, AssertionError) as error:
        reason = str(error).strip().splitlines()[0]
        raise RequestError(f"--dataset={name}: not a TFDS data set ({reason})") from None


def load(name, split, data_dir=""):
    """Opens a split of a TFDS data set with features `image` and `captions`.

    The data set is prepared first where that has not been done.

    Args:
        name: TFDS name, for instance "openmoji/64".
        split: "train", "validation", "test", …
        data_dir: TFDS root; empty: its default.

    Returns:
        `CaptionedPictures`.

    Raises:
        RequestError: unknown data set or split, no such features, no space or permission.
    """
    builder = _builder(name, data_dir)
    missing = {"image", "captions"} - set(builder.info.features)
    if missing:
        raise RequestError(f"--dataset={name}: has no feature {', '.join(sorted(missing))}; "
                           "text-to-image families need image and captions.")
    if builder.info.features["captions"].dtype != tf.string:
        raise RequestError(
            f"--dataset={name}: the feature captions must be a sequence of strings.")
    if not builder.is_prepared():
        print(f"preparing {name} in {builder.data_dir} (once)", flush=True)
    try:
        builder.download_and_prepare()
    except OSError as error:
        raise RequestError(f"--data_dir={builder.data_dir}: cannot prepare {name} "
                           f"({error.strerror or error}).") from None
    if split not in builder.info.splits:
        raise RequestError(f"--dataset={name}: no split {split!r}; "
                           f"it has {', '.join(builder.info.splits)}.")
    source = builder.as_data_source(split, decoders={"image": tfds.decode.SkipDecoding()})
    captions, pictures, size = [], [], 0
    for example in source:
        captions.append(tuple(text.decode() for text in example["captions"]))
        size += len(example["image"])
        if size <= _MEMORY_LIMIT:
            pictures.append(example["image"])
    if any(not texts for texts in captions):
        raise RequestError(f"--dataset={name}: split {split!r} has pictures without a caption.")
    if size <= _MEMORY_LIMIT:
        return CaptionedPictures(pictures.__getitem__, captions)
    return CaptionedPictures(lambda index: source[index]["image"], captions)


# For callers that ask again and again: sample sheets, evaluations, checks before training.
load_once = functools.lru_cache(maxsize=4)(load)
