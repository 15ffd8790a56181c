"""A term that asks a result to look like the truth to the discriminator's own layers."""

import tensorflow as tf

from zoo.losses.reconstruction import l1


def feature_matching(real_features, fake_features):
    """Mean absolute difference of D's features, averaged over its layers.

    Wang et al. 2018 (pix2pixHD), eq. 4. The features of the truth are constants here: only G is to
    move.

    Args:
        real_features, fake_features: lists of float `(batch, …)`, one a layer.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    terms = [l1(tf.stop_gradient(real), fake)
             for real, fake in zip(real_features, fake_features, strict=True)]
    return tf.add_n(terms) / len(terms)
