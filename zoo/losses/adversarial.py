"""Adversarial losses as pure functions of logits; one number an example.

Patch and multi-scale dimensions are averaged inside, so one loss serves a scalar discriminator
`(batch,)` and a PatchGAN `(batch, height, width, 1)`. Logits are taken, and losses returned, in
float32. All are to be minimised.
"""

from typing import Callable, NamedTuple

import tensorflow as tf


def _per_example(values):
    return tf.reduce_mean(tf.reshape(values, (tf.shape(values)[0], -1)), axis=1)


def log_loss_real(logits):
    """-log D for pairs that are to be called right: `(batch, …)` -> `(batch,)` in [0, inf).

    Goodfellow et al. 2014, eq. 1, first term, with D = sigmoid(logits).
    """
    return _per_example(tf.nn.softplus(-tf.cast(logits, tf.float32)))


def log_loss_fake(logits):
    """-log(1 - D) for pairs that are to be called wrong: `(batch, …)` -> `(batch,)` in [0, inf).

    Goodfellow et al. 2014, eq. 1, second term.
    """
    return _per_example(tf.nn.softplus(tf.cast(logits, tf.float32)))


def minimax_generator(fake_logits):
    """log(1 - D) for G to minimise: `(batch, …)` -> `(batch,)` in (-inf, 0].

    Goodfellow et al. 2014, eq. 1: G's gradient vanishes where D is sure.
    """
    return -log_loss_fake(fake_logits)


def least_squares_real(logits):
    """(D - 1)² / 2: `(batch, …)` -> `(batch,)` in [0, inf). Mao et al. 2017, eq. 9, a=0, b=c=1."""
    return _per_example(0.5 * tf.square(tf.cast(logits, tf.float32) - 1.0))


def least_squares_fake(logits):
    """D² / 2: `(batch, …)` -> `(batch,)` in [0, inf). Mao et al. 2017, eq. 9, a=0, b=c=1."""
    return _per_example(0.5 * tf.square(tf.cast(logits, tf.float32)))


def hinge_real(logits):
    """max(0, 1 - D): `(batch, …)` -> `(batch,)` in [0, inf). Lim & Ye 2017; Miyato et al. 2018."""
    return _per_example(tf.nn.relu(1.0 - tf.cast(logits, tf.float32)))


def hinge_fake(logits):
    """max(0, 1 + D): `(batch, …)` -> `(batch,)` in [0, inf). Lim & Ye 2017; Miyato et al. 2018."""
    return _per_example(tf.nn.relu(1.0 + tf.cast(logits, tf.float32)))


def hinge_generator(fake_logits):
    """-D for G to minimise: `(batch, …)` -> `(batch,)`. Lim & Ye 2017, eq. 4."""
    return _per_example(-tf.cast(fake_logits, tf.float32))


def relativistic_pair(higher, lower):
    """softplus(-(higher - lower)): two logits `(batch, …)` -> `(batch,)` in [0, inf).

    Jolicoeur-Martineau 2019, "The relativistic discriminator", section 4.1 (RpGAN), as in Huang et
    al. 2024, "The GAN is dead; long live the GAN!", section 2: D is to rank the real pair above the
    other, and G the other above the real one, for the same condition. No side is ever content by
    itself.
    """
    return _per_example(tf.nn.softplus(tf.cast(lower, tf.float32) - tf.cast(higher, tf.float32)))


class AdversarialLoss(NamedTuple):
    """The three faces of one loss; each maps logits `(batch, …)` to float32 `(batch,)`.

    A loss that compares has a fourth one instead, `pair`: (logits that are to be higher, logits
    that are to be lower) -> float32 `(batch,)`. D minimises it of (right, wrong) pairs, G of
    (generated, right) ones.
    """

    real: Callable | None = None
    fake: Callable | None = None
    generator: Callable | None = None
    pair: Callable | None = None


ADVERSARIAL_LOSSES = {
    "minimax": AdversarialLoss(log_loss_real, log_loss_fake, minimax_generator),
    "non_saturating": AdversarialLoss(log_loss_real, log_loss_fake, log_loss_real),
    "least_squares": AdversarialLoss(least_squares_real, least_squares_fake, least_squares_real),
    "hinge": AdversarialLoss(hinge_real, hinge_fake, hinge_generator),
    "relativistic": AdversarialLoss(pair=relativistic_pair),
}


def matching_aware_gradient_penalty(score, image, text_embedding, power=6.0):
    """‖∇ score(image, text)‖^power on real, matching pairs (DF-GAN, Tao et al. 2022, eq. 1).

    One joint L2 norm over the gradients with respect to the picture and to the sentence. It makes
    the discriminator smooth around the pairs that G should reach.

    Args:
        score: function (image, text_embedding) -> logits `(batch,)`.
        image: float32 `(batch, height, width, channels)`.
        text_embedding: float32 `(batch, dim)`.
        power: the exponent, 6 in the paper.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    with tf.GradientTape() as tape:
        tape.watch((image, text_embedding))
        logits = score(image, text_embedding)
    image_gradient, text_gradient = tape.gradient(logits, (image, text_embedding))
    square = (tf.reduce_sum(tf.square(image_gradient), axis=(1, 2, 3))
              + tf.reduce_sum(tf.square(text_gradient), axis=1))
    return tf.pow(square, power / 2.0)
