"""A term that keeps a predicted distribution near the standard normal one."""

import tensorflow as tf


def standard_normal_divergence(mean, log_sigma):
    """KL(N(mean, sigma²) ‖ N(0, 1)), the mean over dimensions: `(batch, dim)` twice -> `(batch,)`.

    Zhang et al. 2017 (StackGAN), eq. 4 and 6; the paper has the sum over dimensions, the released
    code their mean. In [0, inf), float32.
    """
    mean, log_sigma = tf.cast(mean, tf.float32), tf.cast(log_sigma, tf.float32)
    divergence = 0.5 * (tf.exp(2.0 * log_sigma) + tf.square(mean) - 1.0) - log_sigma
    return tf.reduce_mean(divergence, axis=1)
