"""Is it copying? Each sample beside the training pictures nearest to it.

Near in pixels shrunk to 16x16, not in an encoder's features: those were trained to forget all but
the caption, so their neighbours show what has the same caption, copied or not. In pixels a copy,
even shifted by a pixel or two, is near, and the eye can check what the number says.
"""

import numpy as np
import tensorflow as tf

from zoo.core import sheets
from zoo.data import image
from zoo.metrics import image as image_metrics
from zoo.metrics import retrieval

_NEIGHBOURS = 3
_BLOCK = 256  # Training pictures in memory at a time.
_HELD_OUT = 256
_LABELLED_SIZE = 192  # Pixels; room for a caption above each picture.


def training_neighbours(images, pictures, count=_NEIGHBOURS):
    """Finds the training pictures nearest to generated ones.

    Args:
        images: uint8 `(n, height, width, channels)`.
        pictures: `CaptionedPictures`.
        count: neighbours of each.

    Returns:
        (places among `pictures`, distances), each `(n, count)`, the nearest first; distances are
        root mean squares over the 16x16 pixels in [0, 1].
    """
    features = image_metrics.to_pixel_features(images)
    blocks = (image_metrics.to_pixel_features(_decoded(
        pictures, range(start, min(start + _BLOCK, len(pictures))), images.shape[1]))
        for start in range(0, len(pictures), _BLOCK))
    places, distances = retrieval.nearest(features, blocks, count)
    return places, distances / np.sqrt(features.shape[1])


def sheet(images, captions, training, held_out):
    """Draws each sample and, beside it, the training pictures nearest to it.

    Args:
        images: uint8 `(n, height, width, channels)`, generated.
        captions: list of str, their captions.
        training, held_out: `CaptionedPictures`.

    Returns:
        (uint8 `(sheet height, sheet width, 3)`, a line that sums it up: the distances of the
        samples and those of true pictures that were never trained on, for comparison).
    """
    places, distances = training_neighbours(images, training)
    cells = [(caption, [picture]) for caption, picture in zip(captions, images)]
    for column, column_distances in zip(places.T, distances.T):
        true = _decoded(training, column, images.shape[1])
        cells += [(f"{distance:.3f} {training.captions[place][0]}", [picture])
                  for place, distance, picture in zip(column, column_distances, true)]
    indices = np.linspace(0, len(held_out) - 1, min(len(held_out), _HELD_OUT)).astype(int)
    _, unseen = training_neighbours(
        _decoded(held_out, indices, images.shape[1]), training, count=1)
    summary = ("distance to the nearest training picture (0: a copy), median: "
               f"samples {np.median(distances[:, 0]):.3f}, "
               f"true pictures never trained on {np.median(unseen):.3f}")
    drawn = sheets.labelled(cells, columns=1 + places.shape[1], least_height=_LABELLED_SIZE)
    return drawn, summary


def _decoded(pictures, indices, size):
    return image.to_uint8(image.decode(tf.constant(pictures.pictures(indices)), size)).numpy()
