"""A term that asks two pictures, of any sizes, to have the same colours overall."""

import tensorflow as tf


def _moments(images):
    batch, channels = tf.shape(images)[0], images.shape[-1]
    pixels = tf.reshape(tf.cast(images, tf.float32), (batch, -1, channels))
    mean = tf.reduce_mean(pixels, axis=1, keepdims=True)
    deviations = pixels - mean
    count = tf.cast(tf.shape(pixels)[1], tf.float32)
    return mean[:, 0], tf.matmul(deviations, deviations, transpose_a=True) / count


def color_consistency(reference, result, covariance_weight=5.0):
    """Squared differences of mean colour and, weighted, of the colours' covariance.

    Zhang et al. 2018 (StackGAN++), eq. 7, each a mean over its entries as in the released code.

    Args:
        reference, result: float `(batch, height, width, channels)`; sizes may differ.
        covariance_weight: 5 in the paper, where the mean's is 1.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    (mean, covariance), (other_mean, other_covariance) = _moments(reference), _moments(result)
    return (tf.reduce_mean(tf.square(mean - other_mean), axis=1) + covariance_weight
            * tf.reduce_mean(tf.square(covariance - other_covariance), axis=(1, 2)))
