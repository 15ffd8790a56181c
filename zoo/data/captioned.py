"""Captioned pictures by random access: captions in memory, encoded pictures read when needed."""

import collections
import functools

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.data import kept_captions
from zoo.data.folder import captions as own_captions
from zoo.data.folder import preparing
from zoo.data.folder.kept import fingerprint_of
from zoo.datasets import builders
from zoo.errors import RequestError

# Bytes of encoded pictures that are kept in memory; what is beyond is read from disk each time.
_MEMORY_LIMIT = 256 * 2**20


class CaptionedPictures:
    """One split of a data set of pictures with captions.

    Args:
        read: function from an index to the encoded picture, bytes.
        captions: list with a tuple of str for each example, the main caption first.
        fingerprint: str that differs where pictures or captions do; "" for a TFDS data set,
            whose name and version say which they are.

    Attributes:
        read, captions, fingerprint: as given.
    """

    def __init__(self, read, captions, fingerprint=""):
        self.read = read
        self.captions = captions
        self.fingerprint = fingerprint

    def __len__(self):
        return len(self.captions)

    def pictures(self, indices):
        """Returns encoded pictures, a NumPy object array of bytes."""
        return np.array([self.read(int(index)) for index in indices], object)

    def all_captions(self):
        """Returns every caption of every example, in order."""
        return [caption for captions in self.captions for caption in captions]


def load(name, split, data_dir="", image_size=64, image_feature="image",
         text_feature="captions"):
    """Opens a split of a folder of one's own pictures, or of a TFDS data set.

    The data set is prepared first where that has not been done.

    Args:
        name: path that begins with "/", "." or "~" (see `zoo.data.folder.captions`), or TFDS name,
            for instance "openmoji/64".
        split: "train", "validation", "test", …
        data_dir: TFDS root; empty: its default.
        image_size: of a folder, the largest height and width that will be asked for, pixels.
        image_feature, text_feature: of a TFDS data set, the feature that is the picture and the
            one that is its caption or captions; "captions/text" is `text` in each of `captions`.

    Returns:
        `CaptionedPictures`.

    Raises:
        RequestError: unknown data set or split, no such features, no space or permission.
    """
    if preparing.is_folder(name):
        return _load_folder(name, split, data_dir, image_size)
    return _load_tfds(name, split, data_dir, image_feature.split("/"), text_feature.split("/"))


# For callers that ask again and again: sample sheets, evaluations, checks before training.
load_once = functools.lru_cache(maxsize=4)(load)


def without_words(pictures, words):
    """Returns the same pictures with words taken out of their captions.

    "woman farmer dark skin tone" and four others become "woman farmer", a caption with five right
    answers. A caption of nothing else stays as it is.

    Args:
        pictures: `CaptionedPictures`.
        words: collection of str in lower case, compared with what stands between spaces.
    """
    if not words:
        return pictures

    def shorten(caption):
        kept = [word for word in caption.split() if word.lower() not in words]
        return " ".join(kept) or caption

    captions = [tuple(dict.fromkeys(map(shorten, texts))) for texts in pictures.captions]
    return CaptionedPictures(pictures.read, captions, pictures.fingerprint)


def variant_weights(pictures, words):
    """Returns weights by which a thing with k variants is drawn sqrt(k) times as often as one with
    a single picture, not k times.

    Args:
        pictures: `CaptionedPictures`.
        words: collection of str in lower case; main captions that are equal without them are
            variants.

    Returns:
        float64 `(len(pictures),)`, 1 / sqrt(k) for each.
    """
    things = [captions[0] for captions in without_words(pictures, words).captions]
    counts = collections.Counter(things)
    return np.array([counts[thing]**-0.5 for thing in things])


def check_inputs(name, data_dir, image_size, on_bad_input, path):
    """Checks a data set's pictures as `preparing.check` does; its other arguments as of `load`."""
    if preparing.is_folder(name):
        load_once.cache_clear()  # A run that begins sees the folder as it is now.
        preparing.check(name, data_dir, own_captions.modality(image_size), on_bad_input, path)


def _load_folder(name, split, data_dir, image_size):
    folder = preparing.prepare(name, data_dir, own_captions.modality(image_size))
    examples = folder.of_split(split)
    captions = [tuple(example["captions"]) for example in examples]
    if split == "train" and len(set(captions)) == 1:
        raise RequestError(f"--dataset={name}: every picture of the split train has the same "
                           f"caption, {captions[0][0]!r}; a model learns from differences.")
    return CaptionedPictures(lambda index: folder.read(examples[index]), captions,
                             fingerprint_of(examples, "captions"))


def _feature(builder, name, flag, path):
    """Returns the feature at a path such as ["captions", "text"]."""
    feature = builder.info.features
    for depth, part in enumerate(path):
        inner = feature.feature if isinstance(feature, tfds.features.Sequence) else feature
        names = sorted(inner) if isinstance(inner, tfds.features.FeaturesDict) else []
        if part not in names:
            within = f" in {'/'.join(path[:depth])}" if depth else ""
            raise RequestError(f"--{flag}={'/'.join(path)}: {name} has no feature {part}{within}; "
                               f"it has {', '.join(names) or 'none'}.")
        feature = inner[part]
    return feature


def _check_features(builder, name, image_path, text_path):
    image = _feature(builder, name, "image_feature", image_path)
    if not isinstance(image, tfds.features.Image):
        raise RequestError(f"--image_feature={'/'.join(image_path)}: no picture in {name}; it is "
                           f"{type(image).__name__}.")
    texts = _feature(builder, name, "text_feature", text_path)
    if texts.dtype != tf.string:
        inner = f" of {', '.join(sorted(texts.dtype))}" if isinstance(texts.dtype, dict) else ""
        raise RequestError(f"--text_feature={'/'.join(text_path)}: must be a string or a sequence "
                           f"of strings; in {name} it is {type(texts).__name__}{inner}.")


def _load_tfds(name, split, data_dir, image_path, text_path):
    builder = builders.find(name, data_dir)
    _check_features(builder, name, image_path, text_path)
    builders.prepare(builder, name)
    builders.check_split(builder, name, split)
    captions = kept_captions.read(builder, split, text_path)
    if not all(captions):
        raise RequestError(f"--dataset={name}: split {split!r} has pictures without a caption.")
    source = builder.as_data_source(
        split, decoders=kept_captions.nested(image_path, tfds.decode.SkipDecoding()))
    return CaptionedPictures(_Remembered(
        lambda index: kept_captions.at(source[index], image_path)), captions)


class _Remembered:
    """Encoded pictures by index: those first asked for stay in memory, up to `_MEMORY_LIMIT`."""

    def __init__(self, read):
        self._read = read
        self._pictures, self._size = {}, 0

    def __call__(self, index):
        picture = self._pictures.get(index)
        if picture is None:
            picture = self._read(index)
            if self._size + len(picture) <= _MEMORY_LIMIT:
                self._size += len(picture)
                self._pictures[index] = picture
        return picture
