"""A term that asks the edges of a result to be as steep as the truth's."""

import tensorflow as tf

from zoo.losses.reconstruction import l1


def gradients(images):
    """Absolute differences to the pixel above and to the pixel on the left.

    Args:
        images: float `(batch, height, width, channels)`.

    Returns:
        (float `(batch, height - 1, width, channels)`, float `(batch, height, width - 1,
        channels)`).
    """
    return (tf.abs(images[:, 1:] - images[:, :-1]), tf.abs(images[:, :, 1:] - images[:, :, :-1]))


def gradient_difference(target, result):
    """Difference of the gradients: two `(batch, height, width, channels)` -> float32 `(batch,)`.

    Mathieu et al. 2016, eq. 6, with alpha = 1: the absolute difference of the absolute gradients,
    here a mean over the pixels of each direction, where the paper has a sum. Blurred results keep
    the mean of each pixel and lose the gradients: this term punishes what Lp forgives.

    Args:
        target, result: float, sides of at least 2 pixels.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    pairs = zip(gradients(tf.cast(target, tf.float32)), gradients(tf.cast(result, tf.float32)),
                strict=True)
    return tf.add_n([l1(*pair) for pair in pairs])
