import numpy as np
import tensorflow as tf

from zoo.losses.color_consistency import color_consistency


def test_by_hand():
    # One channel: means 0 and 0.5; variances 1 and 0.25.
    reference = tf.constant([1.0, -1.0, 1.0, -1.0], shape=(1, 2, 2, 1))
    result = tf.constant([1.0, 0.0], shape=(1, 1, 2, 1))
    np.testing.assert_allclose(color_consistency(reference, result), [0.25 + 5 * 0.75**2])
    np.testing.assert_allclose(color_consistency(reference, result, 0.0), [0.25])


def test_covariance_between_channels_counts():
    # Red and blue vary together, or against each other; means and variances are the same.
    together = tf.constant([[1.0, 1.0], [-1.0, -1.0]], shape=(1, 1, 2, 2))
    against = tf.constant([[1.0, -1.0], [-1.0, 1.0]], shape=(1, 1, 2, 2))
    # Two of the four entries differ, by 2.
    np.testing.assert_allclose(color_consistency(together, against), [5 * (2 * 4) / 4])


def test_where_the_colours_are_does_not_matter_nor_does_the_size():
    images = np.random.default_rng(0).uniform(-1, 1, (2, 4, 4, 3)).astype(np.float32)
    moved = images[:, ::-1, ::-1]
    enlarged = moved.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(color_consistency(images, enlarged), [0, 0], atol=1e-10)
