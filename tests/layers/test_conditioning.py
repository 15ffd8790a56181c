import keras
import numpy as np
import tensorflow as tf

from zoo.layers.conditioning import AffineModulation, tile_condition


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
