import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.upsampling import UpsampleConv2D


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def pair(filters, input_shape, **kwargs):
    """The layer and what it stands for, with equal random weights."""
    layer = UpsampleConv2D(filters, **kwargs)
    reference = keras.Sequential([
        keras.layers.UpSampling2D(2, interpolation="nearest"),
        keras.layers.Conv2D(filters, 3, padding="same", **kwargs),
    ])
    layer.build(input_shape)
    reference.build(input_shape)
    weights = [normal(*variable.shape, seed=i) for i, variable in enumerate(layer.weights, 1)]
    layer.set_weights(weights)
    reference.set_weights(weights)
    return layer, reference


@pytest.mark.parametrize("size", [(4, 4), (5, 7), (1, 1), (1, 6)])
@pytest.mark.parametrize("use_bias", [True, False])
def test_equals_nearest_upsampling_and_a_convolution(size, use_bias):
    inputs = normal(2, *size, 3)
    layer, reference = pair(5, inputs.shape, use_bias=use_bias)
    assert len(layer.weights) == 1 + use_bias
    outputs = layer(inputs)
    assert outputs.shape == (2, 2 * size[0], 2 * size[1], 5)
    np.testing.assert_allclose(outputs, reference(inputs), rtol=1e-5, atol=1e-5)


def test_gradients_equal_too():
    inputs, direction = tf.constant(normal(2, 5, 7, 3)), normal(2, 10, 14, 4, seed=9)
    gradients = []
    for network in pair(4, inputs.shape):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(network(inputs) * direction)
        gradients.append(tape.gradient(value, [inputs, *network.trainable_variables]))
    assert len(gradients[0]) == 3
    for ours, expected in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


def test_works_where_batch_and_size_are_unknown():
    layer, reference = pair(2, (None, None, None, 3))

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3))])
    def call(inputs):
        outputs = layer(inputs)
        assert outputs.shape[1:].as_list() == [None, None, 2]
        return outputs

    inputs = normal(1, 3, 2, 3)
    np.testing.assert_allclose(call(inputs), reference(inputs), rtol=1e-5, atol=1e-5)
    assert layer.compute_output_shape((None, None, 3, 3)) == (None, None, 6, 2)


def test_computes_in_the_precision_of_its_policy():
    inputs = normal(1, 4, 4, 3)
    layer, _ = pair(2, inputs.shape)
    half = UpsampleConv2D(2, dtype="mixed_bfloat16")
    half.build(inputs.shape)
    half.set_weights(layer.get_weights())
    outputs = half(inputs)
    assert outputs.dtype == tf.bfloat16
    assert {variable.dtype for variable in half.weights} == {"float32"}
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), layer(inputs), atol=0.2)


def test_config_round_trip():
    arguments = {"filters": 3, "use_bias": False, "name": "up", "dtype": "mixed_bfloat16"}
    layer = UpsampleConv2D(**arguments, kernel_initializer=keras.initializers.RandomNormal(0, 7))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert isinstance(copy, UpsampleConv2D)
    assert copy.get_config() == layer.get_config()
    assert (copy.filters, copy.use_bias, copy.name) == (3, False, "up")
    assert copy.compute_dtype == "bfloat16"
    assert copy.kernel_initializer.stddev == 7
