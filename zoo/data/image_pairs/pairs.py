"""Paired pictures by random access: encoded pictures in memory where they fit, else from disk."""

import dataclasses
import functools
from typing import Callable

import numpy as np
import tensorflow_datasets as tfds

from zoo.data.folder import preparing, splits
from zoo.data.folder.kept import fingerprint_of
from zoo.data.image_pairs import folder as own_pairs
from zoo.data.image_pairs import styles
from zoo.datasets import builders
from zoo.datasets.openmoji import splits as openmoji_splits
from zoo.errors import RequestError

# Features that are the pair, the left one first; of other data sets --image_feature says them.
_FEATURES = {"openmoji": ("line_image", "image"), "earth": ("source", "target")}
# Encoded pictures up to this size are kept in memory; larger data sets are read from disk.
_MEMORY_LIMIT = 256 * 2**20


@dataclasses.dataclass(frozen=True)
class ImagePairs:
    """One split of a data set of pairs.

    Attributes:
        read: function from an index to a tuple of encoded pictures: two, the left one first, or
            one that shows both side by side.
        names: one a pair, for reports.
        fingerprint: str that differs where the pictures do; "" for a TFDS data set.
    """

    read: Callable
    names: tuple[str, ...]
    fingerprint: str = ""

    def __len__(self):
        return len(self.names)

    def pictures(self, indices):
        """Returns encoded pictures, a NumPy object array of bytes `(n, 1 or 2)`."""
        return np.array([self.read(int(index)) for index in indices], object)


def load(name, split, data_dir, form, image_feature="image"):
    """Opens a split of a folder of one's own, or of a TFDS data set.

    The data set is prepared first where that has not been done.

    Args:
        name: path that begins with "/", "." or "~" (see `zoo.data.image_pairs.folder`), or TFDS
            name, for instance "openmoji/64": lines and colours; its splits are those of
            `zoo.datasets.openmoji.splits.assign_pairs`, not of text to image.
        split: "train", "validation", "test", …
        data_dir: TFDS root; empty: its default.
        form: `zoo.data.image_pairs.form.Form`.
        image_feature: of a TFDS data set, the feature that shows both pictures side by side, or
            two, "left,right"; of "emoji_styles/…" two styles, "fluent,gradient".

    Returns:
        `ImagePairs`.

    Raises:
        RequestError: unknown data set or split, no such features, no space or permission.
    """
    if preparing.is_folder(name):
        return _load_folder(name, split, data_dir, form)
    return _load_tfds(name, split, data_dir, image_feature)


# For callers that ask again and again: sample sheets, evaluations, checks before training.
load_once = functools.lru_cache(maxsize=4)(load)


def check_inputs(name, data_dir, form, on_bad_input, path):
    """Checks a data set's pairs as `preparing.check` does; its other arguments as of `load`."""
    if preparing.is_folder(name):
        load_once.cache_clear()  # A run that begins sees the folder as it is now.
        preparing.check(name, data_dir, own_pairs.modality(form), on_bad_input, path)


def _load_folder(name, split, data_dir, form):
    folder = preparing.prepare(name, data_dir, own_pairs.modality(form))
    examples = folder.of_split(split)
    return ImagePairs(lambda index: folder.read_all(examples[index]),
                      tuple(example["name"] for example in examples),
                      fingerprint_of(examples))


def _load_tfds(name, split, data_dir, image_feature):
    family = name.partition("/")[0]
    builder = builders.find(name, data_dir)
    features = _FEATURES.get(family, tuple(image_feature.split(",")))
    if family == "emoji_styles":
        return _load_styles(builder, name, split, features)
    _check_features(builder, name, features)
    builders.prepare(builder, name)
    if family == "openmoji":
        splits.check(name, split)
        parts, split_of = openmoji_splits.SPLITS, openmoji_splits.split_of_each_pair()
    else:
        builders.check_split(builder, name, split)
        parts, split_of = (split,), {}
    decoders = dict.fromkeys(features, tfds.decode.SkipDecoding())
    sources = [builder.as_data_source(part, decoders=decoders) for part in parts]
    name_feature = next((feature for feature in ("code_point", "file_name", "place")
                         if feature in builder.info.features), None)
    names, places, pictures, size = [], [], [], 0
    for source in sources:
        for index, example in enumerate(source):
            own = example[name_feature].decode() if name_feature else str(index)
            if split_of.get(own, split) != split:
                continue
            names.append(own)
            places.append((source, index))
            picture = tuple(example[feature] for feature in features)
            size += sum(map(len, picture))
            if size <= _MEMORY_LIMIT:
                pictures.append(picture)
    if size <= _MEMORY_LIMIT:
        return ImagePairs(pictures.__getitem__, tuple(names))

    def read(index):
        source, place = places[index]
        return tuple(source[place][feature] for feature in features)

    return ImagePairs(read, tuple(names))


def _load_styles(builder, name, split, pair_of_styles):
    builders.prepare(builder, name)
    builders.check_split(builder, name, split)
    found = styles.read(builder, split, pair_of_styles)
    return ImagePairs(list(found.values()).__getitem__, tuple(found))


def _check_features(builder, name, features):
    known = builder.info.features
    for feature in features:
        if feature not in known or not isinstance(known[feature], tfds.features.Image):
            pictures = [key for key in known if isinstance(known[key], tfds.features.Image)]
            raise RequestError(f"--image_feature={','.join(features)}: {name} has no picture "
                               f"{feature}; it has {', '.join(pictures) or 'none'}.")
    if len(features) > 2:
        raise RequestError(f"--image_feature={','.join(features)}: name one picture that shows "
                           "the pair side by side, or two.")
