"""Where does the discriminator think that a picture is fake?"""

import tensorflow as tf

from zoo.data import decoding

_REAL, _FAKE = (-1.0, -0.2, 1.0), (1.0, -0.6, -1.0)  # Blue and red, in [-1, 1].


def fake_probability(model, source, candidate):
    """Returns D's map at the picture's size, float32 `(n, height, width, 1)` in [0, 1].

    1 where the patch around a pixel is surely generated. From logits by the sigmoid, from least
    squares, whose labels are 1 for real and 0 for fake, directly.

    Args:
        model: `ImageToImageGAN` with a discriminator.
        source, candidate: float32 `(n, height, width, channels)` in [-1, 1].
    """
    logits = model.judge(source, candidate)
    if model.adversarial_loss == "least_squares":
        probability = tf.clip_by_value(1.0 - logits, 0.0, 1.0)
    else:
        probability = tf.sigmoid(-logits)
    return tf.image.resize(probability, tf.shape(candidate)[1:3])


def overlay(candidate, probability):
    """Draws a map over a picture: red where it seems fake, blue where it seems real.

    Args:
        candidate: float32 `(n, height, width, channels)` in [-1, 1].
        probability: as from `fake_probability`.

    Returns:
        float32 `(n, height, width, 3)` in [-1, 1].
    """
    grey = tf.image.rgb_to_grayscale(decoding.to_rgb(candidate))
    colour = probability * _FAKE + (1.0 - probability) * _REAL
    return 0.5 * grey + 0.5 * colour
