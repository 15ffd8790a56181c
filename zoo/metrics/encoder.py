"""What the image encoder of a matcher sees in pictures."""

import numpy as np
import tensorflow as tf

from zoo.errors import RequestError

_BATCH_SIZE = 64


def image_features(encoder, images):
    """Returns an image encoder's features of pictures, of unit length, as it compares them.

    Args:
        encoder: `keras.Model` from float32 `(n, size, size, channels)` in [-1, 1] to `(n, dim)`
            whose attribute `image_size` is `size`, as `zoo.layers.image_encoder.ImageEncoder`.
        images: uint8 `(n, height, width, channels)`, area-averaged to that size.

    Returns:
        float32 `(n, dim)`.
    """
    size = (encoder.image_size, encoder.image_size)
    features = np.concatenate([
        encoder.predict_on_batch(
            tf.image.resize(images[i:i + _BATCH_SIZE], size, method="area") / 127.5 - 1.0)
        for i in range(0, len(images), _BATCH_SIZE)])
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def window_features(encoder, images, stride):
    """Returns an image encoder's features of windows of pictures, at the pictures' own scale.

    The windows lie on a grid that covers the picture: evenly, as few as have at most `stride`
    between them.

    Args:
        encoder: see `image_features`; a window has its `image_size`.
        images: uint8 `(n, height, width, channels)`.
        stride: int, pixels, at least 1.

    Returns:
        float32 `(n * windows, dim)` of unit length: all windows of the first picture, row by row,
        then those of the second, and so on.

    Raises:
        RequestError: a picture is smaller than a window.
    """
    size = encoder.image_size
    if min(images.shape[1:3]) < size:
        raise RequestError(f"pictures of {images.shape[2]}x{images.shape[1]} pixels: the encoder "
                           f"looks at windows of {size}x{size}.")
    tops, lefts = (_starts(length - size, stride) for length in images.shape[1:3])
    return np.concatenate([
        image_features(encoder, np.stack([image[top:top + size, left:left + size]
                                          for top in tops for left in lefts]))
        for image in images])


def _starts(last, stride):
    """Returns where windows begin, int, from 0 to `last`."""
    return np.linspace(0, last, -(-last // stride) + 1).round().astype(int)
