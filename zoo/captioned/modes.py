"""The right answers to a caption, where it has several."""

import collections

import numpy as np
import tensorflow as tf

from zoo.data import image
from zoo.data.caption_table import CaptionTable
from zoo.metrics import coverage
from zoo.metrics import image as image_metrics

_COVERED_CAPTIONS = 150


def nearest_distances(images, *collections_of_pictures):
    """Returns each picture's distance to the nearest true one of its caption.

    A picture that is one of the right answers has a small distance; their average, in which all
    are blurred together, has a large one.

    Args:
        images: uint8 `(n, height, width, channels)`, of the main captions of the first `n`
            examples of the first collection.
        collections_of_pictures: `CaptionedPictures`, in which true pictures are looked up by
            their main caption.

    Returns:
        float64 `(n,)`, RMS of pixels in [0, 1] at 16x16.
    """
    holders = _holders(collections_of_pictures)
    features = image_metrics.to_pixel_features(images)
    captions = [texts[0] for texts in collections_of_pictures[0].captions[:len(images)]]
    distances = []
    for feature, caption in zip(features, captions, strict=True):
        true = _features(holders[caption], images.shape[1])
        distances.append(np.sqrt(np.square(true - feature).mean(axis=1).min()))
    return np.array(distances)


def coverage_of(draw, size, seed, *collections_of_pictures):
    """Measures how many of the right answers to a caption are drawn, where it has several.

    Args:
        draw: function of a list of captions that returns uint8 `(captions, draws, height, width,
            channels)`.
        size: height and width of the pictures, pixels.
        seed: seed of the bootstrap.
        collections_of_pictures: `CaptionedPictures`, in which right answers are looked up by their
            main caption; up to 150 captions of the first that have two or more.

    Returns:
        See `zoo.metrics.coverage.measure`, of pixels at 16x16; empty where no caption has two right
        answers.
    """
    holders = _holders(collections_of_pictures)
    several = [caption for caption in dict.fromkeys(
        texts[0] for texts in collections_of_pictures[0].captions) if len(holders[caption]) > 1]
    chosen = [several[int(index)] for index in np.linspace(
        0, len(several) - 1, min(len(several), _COVERED_CAPTIONS))]
    if not chosen:
        return {}
    draws = [image_metrics.to_pixel_features(images) for images in draw(chosen)]
    return coverage.measure([_features(holders[caption], size) for caption in chosen], draws, seed)


def right_answers(captions, size, pictures):
    """Returns the pictures that have each caption, uint8 `(k, size, size, 3)`, maybe none.

    Those come first whose main caption it is.

    Args:
        captions: list of str, any captions of the pictures.
        size: pixels.
        pictures: `CaptionedPictures`.
    """
    table = CaptionTable(pictures.captions)

    def of(caption):
        indices = sorted(table.examples_of(caption),
                         key=lambda index: pictures.captions[index].index(caption))
        return image.to_uint8(image.decode(tf.constant(
            pictures.pictures(indices).tolist(), tf.string), size)).numpy()
    return [of(caption) for caption in captions]


def _holders(collections_of_pictures):
    """Returns `{main caption: list of (CaptionedPictures, index)}`."""
    holders = collections.defaultdict(list)
    for pictures in collections_of_pictures:
        for index, texts in enumerate(pictures.captions):
            holders[texts[0]].append((pictures, index))
    return holders


def _features(holders, size):
    encoded = [pictures.pictures([index])[0] for pictures, index in holders]
    true = image.to_uint8(image.decode(tf.constant(encoded), size)).numpy()
    return image_metrics.to_pixel_features(true)
