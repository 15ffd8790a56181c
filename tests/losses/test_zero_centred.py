"""R1 and R2 by hand, exact and without a second derivative."""

import numpy as np
import tensorflow as tf

from zoo.losses.zero_centred import difference_penalty, gradient_penalty

SLOPES = tf.reshape(tf.constant([1.0, -2.0, 0.0, 2.0]), (2, 2, 1))  # Squares: 9.


def linear(images):
    return tf.einsum("bhwc,hwc->b", images, SLOPES)


def normal(rows, seed=0):
    return tf.random.stateless_normal((rows, 2, 2, 1), (seed, 0))


def test_of_a_linear_score_it_is_half_the_square_of_its_slopes_everywhere():
    result = gradient_penalty(linear, normal(3))
    assert result.shape == (3,) and result.dtype == tf.float32
    np.testing.assert_allclose(result, [4.5] * 3, rtol=1e-6)


def test_of_a_square_it_grows_with_the_picture_and_trains_the_score():
    factor = tf.Variable(2.0)
    images = tf.reshape(tf.constant([1.0, 3.0]), (2, 1, 1, 1))
    with tf.GradientTape() as tape:
        # The slope of factor x² is 2 factor x: half of its square is 2 factor² x².
        result = gradient_penalty(
            lambda x: tf.reshape(factor * tf.square(x), (-1, 1, 1)), images)
    np.testing.assert_allclose(result, [8, 72], rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(result, factor), 80 * 2 / 2.0, rtol=1e-6)


def test_scores_are_summed():
    result = gradient_penalty(lambda x: {"one": linear(x), "other": 2 * linear(x)}, normal(2))
    np.testing.assert_allclose(result, [4.5 * 9] * 2, rtol=1e-6)
    clean, noisy = ({"one": tf.constant([1.0, 2.0]), "other": tf.constant([0.0, shift])}
                    for shift in (0.0, 3.0))
    np.testing.assert_allclose(difference_penalty(clean, noisy, 0.5), [0, 0.5 * 6**2])


def test_differences_by_hand():
    clean = tf.constant([[[1.0], [2.0]], [[0.0], [0.0]]])  # Two patches each.
    noisy = tf.constant([[[1.5], [2.5]], [[0.0], [-0.2]]])
    # Changes of 1 and -0.2 for noise of deviation 0.1: slopes of 10 and 2.
    result = difference_penalty(clean, noisy, 0.1)
    assert result.shape == (2,) and result.dtype == tf.float32
    np.testing.assert_allclose(result, [50, 2], rtol=1e-5)


def test_of_a_linear_score_differences_are_the_exact_penalty_in_the_mean():
    images, noise = normal(4000), normal(4000, seed=1)
    for sigma in (0.01, 1.0):
        found = difference_penalty(linear(images), linear(images + sigma * noise), sigma)
        # Each is 4.5 times the square of a normal number, whose deviation is sqrt(2).
        np.testing.assert_allclose(tf.reduce_mean(found), 4.5, atol=4 * 4.5 * (2 / 4000) ** 0.5)
