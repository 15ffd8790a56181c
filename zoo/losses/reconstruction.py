"""Terms that ask a result to be close to the truth; one number an example."""

import tensorflow as tf


def l1(target, result):
    """Mean absolute difference: two tensors `(batch, …)` -> float32 `(batch,)` in [0, inf)."""
    difference = tf.abs(tf.cast(target, tf.float32) - tf.cast(result, tf.float32))
    return tf.reduce_mean(tf.reshape(difference, (tf.shape(difference)[0], -1)), axis=1)


def l2(target, result):
    """Mean squared difference: two tensors `(batch, …)` -> float32 `(batch,)` in [0, inf)."""
    difference = tf.cast(target, tf.float32) - tf.cast(result, tf.float32)
    return tf.reduce_mean(
        tf.reshape(tf.square(difference), (tf.shape(difference)[0], -1)), axis=1)
