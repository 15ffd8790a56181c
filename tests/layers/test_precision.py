import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.precision import in_float32


class Body(keras.layers.Layer):
    """Layers in a list; it notes the precision of what they return."""

    def __init__(self, dtype):
        super().__init__(dtype=dtype)
        self.seen = []
        self.hidden = [
            keras.layers.Dense(8, activation="softplus", dtype=dtype),
            keras.layers.BatchNormalization(dtype=dtype),
            keras.layers.Dense(8, activation="softplus", dtype=dtype),
        ]

    def call(self, features):
        for layer in self.hidden:
            features = layer(features)
            self.seen.append(features.dtype.name)
        return features


class Network(keras.Model):
    """Layers within layers, of two precisions."""

    def __init__(self, dtype):
        super().__init__(dtype=dtype)
        self.body = Body(dtype)
        self.score = keras.layers.Dense(1, dtype="float32")

    def call(self, inputs, training=None):
        return self.score(self.body(inputs))[:, 0]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def network(dtype):
    result = Network(dtype)
    result(normal(1, 5))
    result.set_weights([normal(*v.shape, seed=i) ** 2 for i, v in enumerate(result.weights)])
    result.body.seen.clear()
    return result


def policies(*networks):
    return [layer.dtype_policy.name for each in networks for layer in each._flatten_layers()]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_the_forward_pass_is_float32_inside(policy):
    half, full, inputs = network(policy), network("float32"), normal(4, 5)
    with in_float32(half):
        inside = half(inputs)
    assert half.body.seen == 3 * ["float32"]
    np.testing.assert_array_equal(inside, full(inputs))
    assert not np.array_equal(half(inputs), full(inputs))
    assert half.body.seen[3:] == 3 * [policy.removeprefix("mixed_")]


def test_it_holds_in_a_traced_function_and_for_second_derivatives():
    half, full = network("mixed_bfloat16"), network("float32")

    def penalty_gradient(score, inputs):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                value = score(inputs)
            penalty = tf.reduce_sum(inner.gradient(value, inputs) ** 2)
        return outer.gradient(penalty, score.body.hidden[0].kernel)

    @tf.function
    def traced(inputs):
        with in_float32(half):
            return penalty_gradient(half, inputs)

    inputs = tf.constant(normal(4, 5))
    np.testing.assert_allclose(traced(inputs), penalty_gradient(full, inputs), rtol=1e-4)


def test_policies_are_restored():
    one, other = network("mixed_bfloat16"), network("mixed_float16")
    before = policies(one, other)
    assert {"mixed_bfloat16", "mixed_float16", "float32"} == set(before)
    with in_float32(one, other):
        assert set(policies(one, other)) == {"float32"}
    assert policies(one, other) == before


def test_policies_are_restored_where_a_layer_comes_twice():
    half = network("mixed_bfloat16")
    before = policies(half)
    with in_float32(half, half, half.body):
        assert set(policies(half)) == {"float32"}
    assert policies(half) == before


def test_policies_are_restored_after_an_exception():
    half = network("mixed_bfloat16")
    before = policies(half)
    with pytest.raises(ZeroDivisionError), in_float32(half):
        1 / 0
    assert policies(half) == before
