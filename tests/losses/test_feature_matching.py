import numpy as np
import tensorflow as tf

from zoo.losses.feature_matching import feature_matching


def test_it_is_the_mean_over_the_layers_of_the_mean_absolute_difference():
    real = [tf.constant([[1.0, 2.0], [0.0, 0.0]]), tf.constant([[[3.0]], [[-1.0]]])]
    fake = [tf.constant([[2.0, 0.0], [0.0, 1.0]]), tf.constant([[[1.0]], [[-1.0]]])]
    # Rows: (1.5 + 2) / 2 and (0.5 + 0) / 2.
    np.testing.assert_allclose(feature_matching(real, fake), [1.75, 0.25])


def test_the_truth_is_not_moved():
    real, fake = tf.Variable([[1.0]]), tf.Variable([[3.0]])
    with tf.GradientTape() as tape:
        loss = feature_matching([real], [fake])
    by_real, by_fake = tape.gradient(loss, (real, fake))
    assert by_real is None
    np.testing.assert_allclose(by_fake, [[1.0]])
