"""What the image encoder of a text-image matcher sees in pictures."""

import numpy as np
import tensorflow as tf

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
