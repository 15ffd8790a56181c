import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.one_channel import OneChannelConv2D


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def pair(kernel_size, channels, **kwargs):
    """The layer and the convolution that it stands for, with equal random weights."""
    layers = (OneChannelConv2D(kernel_size, **kwargs),
              keras.layers.Conv2D(1, kernel_size, padding="same", **kwargs))
    for layer in layers:
        layer.build((None, None, None, channels))
        layer.set_weights([normal(*variable.shape, seed=i)
                           for i, variable in enumerate(layer.weights, 1)])
    return layers


@pytest.mark.parametrize("kernel_size", [1, 3, 4, (2, 5)])
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (4, 2)])
@pytest.mark.parametrize("use_bias", [True, False])
def test_equals_a_convolution_and_so_do_its_gradients(kernel_size, size, use_bias):
    inputs, direction = tf.constant(normal(2, *size, 3)), normal(2, *size, 1, seed=9)
    found = []
    for layer in pair(kernel_size, 3, use_bias=use_bias):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs)
            value = tf.reduce_sum(outputs * direction)
        found.append([outputs, *tape.gradient(value, [inputs, *layer.trainable_variables])])
    assert len(found[0]) == 3 + use_bias
    for ours, expected in zip(*found, strict=True):
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5)


def test_works_where_batch_and_size_are_unknown():
    layer, reference = pair(4, 3)
    call = tf.function(layer, input_signature=[tf.TensorSpec((None, None, None, 3))])
    inputs = normal(2, 6, 5, 3)
    np.testing.assert_allclose(call(inputs), reference(inputs), rtol=1e-5, atol=1e-5)


def test_computes_in_the_precision_of_its_policy():
    layer, reference = pair(4, 8, dtype="mixed_bfloat16")
    inputs = normal(1, 4, 4, 8)
    outputs = layer(inputs)
    assert outputs.dtype == tf.bfloat16
    assert {variable.dtype for variable in layer.weights} == {"float32"}
    np.testing.assert_allclose(tf.cast(outputs, tf.float32),
                               tf.cast(reference(inputs), tf.float32), rtol=0.05, atol=0.2)


def test_another_stride_is_refused_and_not_ignored():
    with pytest.raises(TypeError, match="strides"):
        OneChannelConv2D(4, strides=2)


def test_config_round_trip():
    layer = OneChannelConv2D(4, use_bias=False, name="to_logits", dtype="mixed_bfloat16",
                             kernel_initializer=keras.initializers.RandomNormal(0, 7))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert isinstance(copy, OneChannelConv2D)
    assert copy.get_config() == layer.get_config()
    assert (copy.kernel_size, copy.use_bias, copy.name) == ((4, 4), False, "to_logits")
    assert copy.kernel_initializer.stddev == 7
