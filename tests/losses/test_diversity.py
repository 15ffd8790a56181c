import numpy as np
import tensorflow as tf

from zoo.losses import diversity


def test_nearest_takes_for_each_right_answer_its_nearest_draw():
    # Two rows; two right answers; three draws.
    first = [tf.constant([3.0, 1.0]), tf.constant([2.0, 5.0]), tf.constant([4.0, 6.0])]
    second = [tf.constant([0.5, 8.0]), tf.constant([2.0, 7.0]), tf.constant([4.0, 9.0])]
    np.testing.assert_allclose(diversity.nearest([first, second]), [(2.0 + 0.5) / 2, (1 + 7) / 2])


def test_mode_seeking_is_the_inverse_ratio_of_distances():
    first, second = tf.zeros((2, 2, 2, 1)), tf.constant([0.5, 0.0])[:, None, None, None]
    noise, other = tf.zeros((2, 4)), tf.fill((2, 4), 2.0)
    second = tf.broadcast_to(second, (2, 2, 2, 1))
    # 0.5 apart by noises 2 apart; and two equal pictures.
    np.testing.assert_allclose(diversity.mode_seeking(first, second, noise, other),
                               [1 / (0.25 + 0.01), 100.0], rtol=1e-5)
