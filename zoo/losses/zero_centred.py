"""Penalties that keep D flat at the pictures themselves: R1 on real, R2 on generated ones."""

import tensorflow as tf


def gradient_penalty(score, images):
    """‖∇ score(images)‖² / 2 of each example, to be weighted by gamma.

    Mescheder et al. 2018, "Which Training Methods for GANs do actually Converge?", eq. 9 (R1, of
    real pictures) and 10 (R2, of generated ones). Its derivative is a second one of D.

    Args:
        score: function of pictures that returns logits `(batch, …)`, or a structure of such, whose
            sum is meant; row i depends on picture i alone.
        images: float32 `(batch, height, width, channels)`.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = score(images)
    return 0.5 * tf.reduce_sum(tf.square(tape.gradient(logits, images)), axis=(1, 2, 3))


def difference_penalty(logits, noisy_logits, sigma):
    """(sum of logits - sum of noisy_logits)² / (2 sigma²) of each example.

    Where `noisy_logits` are those of the same pictures with normal noise of a small deviation sigma
    added, the mean of it over the noise is about `gradient_penalty`, without a second derivative:
    lambda |D(x) - D(x + sigma n)|² of Lin et al. 2025, "Diffusion Adversarial Post-Training for
    One-Step Video Generation", section 3.3, with gamma = 2 · lambda · sigma².

    Args:
        logits, noisy_logits: float `(batch, …)`, or structures of such.
        sigma: float above 0, in units of the pictures.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    change = [_sum(noisy) - _sum(clean) for noisy, clean in zip(
        tf.nest.flatten(noisy_logits), tf.nest.flatten(logits), strict=True)]
    return 0.5 * tf.square(tf.add_n(change) / sigma)


def _sum(logits):
    logits = tf.cast(logits, tf.float32)
    return tf.reduce_sum(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)
