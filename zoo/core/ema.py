"""Exponential moving average of a network's weights."""

import keras
import tensorflow as tf


def copy_network(network):
    """Returns a network of the same class, configuration and weights, not trainable."""
    copy = type(network).from_config(network.get_config())
    copy.trainable = False
    copy.set_weights(network.get_weights())
    return copy


def update(average, network, decay, step):
    """Moves `average` towards `network`: a <- d·a + (1 - d)·w.

    The decay is min(decay, (1 + step) / (10 + step)), so that the average forgets the random
    initial weights soon. The moving statistics of batch normalisation are averaged like weights:
    the last ones are those of the last weights, which the averaged ones are not. Where `decay` is
    0, and of what is no floating-point number, the value itself is taken.

    Args:
        average, network: built networks of one configuration.
        decay: float in [0, 1).
        step: integer tensor, number of updates so far.
    """
    step = tf.cast(step, tf.float32)
    share = 1.0 - tf.minimum(decay, (1.0 + step) / (10.0 + step))
    for mean, value in zip(average.weights, network.weights, strict=True):
        if decay > 0.0 and keras.backend.is_float_dtype(value.dtype):
            mean.assign_add(share * (value - mean))
        else:
            mean.assign(value)
