import numpy as np
import tensorflow as tf

from zoo.losses.spectral import compressed_spectral_distance


def test_by_hand():
    target = tf.constant([[[1 + 0j]], [[1 + 0j]], [[2 + 0j]]], tf.complex64)
    result = tf.constant([[[1 + 0j]], [[-1 + 0j]], [[1 + 0j]]], tf.complex64)
    # Equal; of the other phase alone: |1 - -1|² = 4; of the other magnitude alone: 1 both ways.
    np.testing.assert_allclose(
        compressed_spectral_distance(target, result, 0.7), [0, 0.3 * 4, 0.7 + 0.3], rtol=1e-6)
