"""Closeness of two spectra, as the ear weighs them; one number an example."""

import tensorflow as tf


def compressed_spectral_distance(target, result, magnitude_share=0.7):
    """Mean squared differences of compressed spectra, with and without their phase.

    share · (|T| - |R|)² + (1 - share) · |T - R|², averaged over frames and frequencies; T and R
    are spectra whose magnitudes were raised to a power such as 0.3 (Braun & Tashev 2021).

    Args:
        target, result: complex64 `(batch, frames, bins)`, compressed.
        magnitude_share: in [0, 1].

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    difference = target - result
    complex_part = tf.square(tf.math.real(difference)) + tf.square(tf.math.imag(difference))
    magnitude_part = tf.square(tf.abs(target) - tf.abs(result))
    return tf.reduce_mean(
        magnitude_share * magnitude_part + (1.0 - magnitude_share) * complex_part, axis=(1, 2))
