import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.conditioning import (
    AffineModulation, ConditioningAugmentation, tile_condition)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def test_affine_modulation_starts_as_identity():
    features = normal(3, 2, 4, 5)
    np.testing.assert_array_equal(AffineModulation()(features, normal(3, 7, seed=1)), features)


def test_affine_modulation_by_hand():
    # Hidden units: relu(3, -1) = (3, 0). gamma = (1 + 3, 2), beta = (0, 3).
    condition = np.array([[3.0, -1.0]])
    features = np.array([[[[1.0, 2.0], [5.0, 6.0]]]])
    layer = AffineModulation()
    layer.build(features.shape, condition.shape)
    layer.gamma.set_weights([np.eye(2), np.zeros(2), np.array([[1, 0], [0, 5]]), np.array([1, 2])])
    layer.beta.set_weights([np.eye(2), np.zeros(2), np.array([[0, 1], [0, 0]]), np.zeros(2)])
    result = layer(features, condition)
    np.testing.assert_array_equal(result, [[[[4, 2 * 2 + 3], [20, 2 * 6 + 3]]]])


def test_affine_modulation_heeds_each_examples_condition():
    layer = AffineModulation()
    features, condition = np.ones((2, 3, 3, 4), "float32"), normal(2, 5)
    layer.build(features.shape, condition.shape)
    layer.set_weights([normal(*v.shape, seed=i) for i, v in enumerate(layer.weights)])
    first, second = layer(features, condition)
    assert not np.allclose(first, second)
    swapped = layer(features, condition[::-1])
    np.testing.assert_allclose(swapped, [second, first], rtol=1e-5)


def test_affine_modulation_in_half_precision_keeps_float32_weights():
    layer = AffineModulation(dtype="mixed_bfloat16")
    assert layer(normal(1, 2, 2, 3), normal(1, 4)).dtype == tf.bfloat16
    assert {variable.dtype for variable in layer.weights} == {"float32"}


def test_affine_modulation_saves_its_weights(tmp_path):
    features, condition = keras.Input((2, 2, 3)), keras.Input((4,))
    model = keras.Model([features, condition], AffineModulation()(features, condition))
    assert len(model.weights) == 8
    model.set_weights([normal(*v.shape, seed=i) for i, v in enumerate(model.weights)])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    inputs = [normal(2, 2, 2, 3), normal(2, 4)]
    np.testing.assert_array_equal(loaded(inputs), model(inputs))


def test_tile_condition_by_hand():
    features = tf.constant([[[[7.0], [8.0]]], [[[9.0], [0.0]]]])
    result = tile_condition(tf.constant([[1.0, 2.0], [3.0, 4.0]]), features)
    np.testing.assert_array_equal(result, [[[[7, 1, 2], [8, 1, 2]]], [[[9, 3, 4], [0, 3, 4]]]])


def test_tile_condition_takes_the_precision_of_the_features():
    result = tile_condition(tf.ones((1, 2)), tf.zeros((1, 2, 3, 1), tf.bfloat16))
    assert result.dtype == tf.bfloat16 and result.shape == (1, 2, 3, 3)


def test_conditioning_augmentation_by_hand():
    # Dense: (1, 2, -10, 0.5) for the text 1; leaky ReLU: mu = (1, 2), log sigma = (-2, 0.5).
    layer = ConditioningAugmentation(2)
    layer.build((None, 1), (None, 2))
    layer.dense.set_weights([np.array([[1.0, 2.0, -10.0, 0.5]]), np.zeros(4)])
    noise = np.array([[3.0, -1.0]])
    result = layer(np.array([[1.0]]), noise)
    np.testing.assert_allclose(result, [[1 + 3 * np.exp(-2), 2 - np.exp(0.5)]], rtol=1e-6)
    assert layer.noise_dim == 2


def test_conditioning_augmentation_with_gated_units_by_hand():
    # Dense of 4·dim: values (1, 2 | gates 0, 0): each value times sigmoid(0).
    layer = ConditioningAugmentation(1, "glu")
    layer.build((None, 1), (None, 1))
    layer.dense.set_weights([np.array([[1.0, 2.0, 0.0, 0.0]]), np.zeros(4)])
    result = layer(np.array([[1.0]]), np.array([[2.0]]))
    np.testing.assert_allclose(result, [[0.5 + 2 * np.exp(1.0)]], rtol=1e-6)


def test_conditioning_augmentation_without_noise_is_its_mean():
    layer = ConditioningAugmentation(3, noisy=False)
    assert layer.noise_dim == 0
    text = normal(2, 5)
    result = layer(text, np.zeros((2, 0), "float32"))
    assert layer.dense.units == 3
    np.testing.assert_allclose(result, tf.nn.leaky_relu(layer.dense(text), 0.2), rtol=1e-6)


def test_conditioning_augmentation_saves_its_configuration():
    config = ConditioningAugmentation(3, "glu", noisy=False).get_config()
    assert ConditioningAugmentation.from_config(config).get_config() == config
    with pytest.raises(ValueError, match="activation must be"):
        ConditioningAugmentation(3, "relu")
