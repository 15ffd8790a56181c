"""Moving the pixels of a picture."""

import keras
import tensorflow as tf


def advect(images, logits):
    """Makes each pixel a mean of its neighbourhood, with weights of its own.

    Finn et al. 2016, "Unsupervised Learning for Physical Interaction through Video Prediction",
    section 3.1, dynamic neural advection: the weights are a distribution over where the pixel
    came from.

    Args:
        images: float `(batch, height, width, channels)`; beyond the border it is mirrored.
        logits: `(batch, height, width, k * k)`, k odd: of each displacement, row by row from
            the upper left.

    Returns:
        float32 `(batch, height, width, channels)`, between the extremes of each neighbourhood.
    """
    side = round(logits.shape[-1] ** 0.5)
    reach = side // 2
    padded = tf.pad(tf.cast(images, tf.float32),
                    [[0, 0], [reach, reach], [reach, reach], [0, 0]], "SYMMETRIC")
    patches = tf.image.extract_patches(
        padded, (1, side, side, 1), (1, 1, 1, 1), (1, 1, 1, 1), "VALID")
    shape = keras.ops.shape(images)
    patches = tf.reshape(patches, (*shape[:3], side * side, shape[3]))
    weights = tf.nn.softmax(tf.cast(logits, tf.float32))
    return tf.reduce_sum(weights[..., None] * patches, axis=3)
