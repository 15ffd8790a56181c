import numpy as np
import tensorflow as tf

from zoo.losses.divergence import standard_normal_divergence


def test_by_hand():
    # Per dimension (exp(2s) + m² - 1) / 2 - s.
    mean = tf.constant([[0.0, 0.0], [2.0, 0.0]])
    log_sigma = tf.constant([[0.0, 0.0], [0.0, 1.0]])
    expected = [0.0, (2.0 + (np.exp(2) - 1) / 2 - 1) / 2]
    np.testing.assert_allclose(
        standard_normal_divergence(mean, log_sigma), expected, rtol=1e-6, atol=1e-7)


def test_it_is_float32_in_any_precision_and_grows_away_from_the_standard_normal():
    zeros = tf.zeros((1, 3), tf.bfloat16)
    assert standard_normal_divergence(zeros, zeros).dtype == tf.float32
    for mean, log_sigma in ((1.0, 0.0), (-1.0, 0.0), (0.0, 0.5), (0.0, -0.5)):
        found = standard_normal_divergence(tf.fill((1, 3), mean), tf.fill((1, 3), log_sigma))
        assert float(found[0]) > 0.1
