import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.core import ema


@keras.saving.register_keras_serializable("zoo_tests")
class Counter(keras.layers.Layer):
    """Holds an integer that is not trained."""

    def build(self, input_shape):
        self.count = self.add_weight(shape=(), dtype="int32", initializer="zeros",
                                     trainable=False, name="count")

    def call(self, inputs):
        return inputs


@pytest.fixture
def network():
    return keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(3),
                             keras.layers.BatchNormalization(), Counter()])


def set_all(network, value):
    network.set_weights([np.full(w.shape, value, w.dtype) for w in network.weights])


def values(network):
    return {w.path.split("/")[-1]: w.numpy().flat[0] for w in network.weights}


def test_copy_has_the_weights_and_is_another_network(network):
    copy = ema.copy_network(network)
    for mine, its in zip(network.weights, copy.weights, strict=True):
        np.testing.assert_array_equal(mine, its)
    set_all(network, 5)
    assert all(not np.any(w.numpy() == 5) for w in copy.weights)
    assert copy.trainable_variables == []


@pytest.mark.parametrize("decay, step, share", [
    (0.9, 0, 0.9),  # 1 - 1/10: the average forgets the start soon,
    (0.9, 8, 0.5),  # 1 - 9/18
    (0.9, 1000, 0.1),  # and moves by 1 - decay later.
    (0.05, 0, 0.95),
    (0.0, 0, 1.0),
    (0.0, 1000, 1.0)])
def test_weights_and_statistics_move_by_their_share_and_counts_are_copied(network, decay, step, share):
    average = ema.copy_network(network)
    set_all(average, 10)
    set_all(network, 20)
    ema.update(average, network, decay, tf.constant(step, tf.int64))
    expected = 10 + share * (20 - 10)
    got = values(average)
    assert got.pop("count") == 20
    assert got.keys() == {"kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"}
    for name, value in got.items():
        assert value == pytest.approx(expected, rel=1e-6), name
    assert set(values(network).values()) == {20}


def test_the_average_comes_to_rest_at_the_network(network):
    average = ema.copy_network(network)
    set_all(network, 1)
    for step in range(200):
        ema.update(average, network, 0.9, step)
    for mine, its in zip(network.weights, average.weights, strict=True):
        np.testing.assert_allclose(its, mine, rtol=1e-5)
