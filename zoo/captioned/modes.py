"""The right answers to a caption, where it has several."""

import collections

import numpy as np
import tensorflow as tf

from zoo.data import image
from zoo.metrics import image as image_metrics


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
    holders = collections.defaultdict(list)
    for pictures in collections_of_pictures:
        for index, texts in enumerate(pictures.captions):
            holders[texts[0]].append((pictures, index))
    features = image_metrics.to_pixel_features(images)
    captions = [texts[0] for texts in collections_of_pictures[0].captions[:len(images)]]
    distances = []
    for feature, caption in zip(features, captions, strict=True):
        encoded = [pictures.pictures([index])[0] for pictures, index in holders[caption]]
        true = image.to_uint8(image.decode(tf.constant(encoded), images.shape[1])).numpy()
        squares = np.square(image_metrics.to_pixel_features(true) - feature).mean(axis=1)
        distances.append(np.sqrt(squares.min()))
    return np.array(distances)
