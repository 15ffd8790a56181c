"""A network computes in float32 with its own weights, and is left as it is meanwhile."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.precision import in_float32
from zoo.text_to_image import DFGANDiscriminator, GANCLSDiscriminator


def networks(policy, network_class=DFGANDiscriminator):
    """Returns one network in float32 and one of the same weights under a policy, and inputs."""
    sizes = {DFGANDiscriminator: {"channels": (6, 4), "initial_gain": 1.0},
             GANCLSDiscriminator: {"image_size": 32, "text_projection_dim": 3,
                                   "base_channels": 4}}[network_class]
    full, half = (network_class(text_dim=3, dtype=dtype, **sizes) for dtype in ("float32", policy))
    random = np.random.default_rng(0)
    half.set_weights([random.normal(size=w.shape) ** 2 for w in half.get_weights()])
    full.set_weights(half.get_weights())
    side = full.image_size
    inputs = [tf.constant(random.normal(size=shape), tf.float32)
              for shape in ((4, side, side, 3), (4, 3))]
    return full, half, inputs


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_it_is_what_a_float32_network_computes(policy):
    full, half, inputs = networks(policy)
    np.testing.assert_array_equal(in_float32(half)(*inputs), full(*inputs))
    assert not np.array_equal(half(*inputs), full(*inputs))


def test_it_follows_the_weights_and_second_derivatives_reach_them():
    full, half, inputs = networks("mixed_bfloat16")
    compute = in_float32(half)
    for network in (full, half):
        network.trainable_variables[0].assign(2.0 * network.trainable_variables[0])

    def penalty_gradient(score, network):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                value = score(*inputs, training=True)
            penalty = tf.reduce_sum(inner.gradient(value, inputs)[0] ** 2)
        return outer.gradient(penalty, network.trainable_variables[0].value)

    traced = tf.function(lambda: penalty_gradient(compute, half))
    np.testing.assert_allclose(traced(), penalty_gradient(full, full), rtol=1e-4)


def test_nothing_of_the_network_changes():
    _, half, inputs = networks("mixed_bfloat16", GANCLSDiscriminator)
    before = half.get_weights()
    count = len(half._flatten_layers())
    seen = []
    half.call = lambda *args, **kwargs: seen.append(1)
    in_float32(half)(*inputs, training=True)
    assert seen == [] and len(half._flatten_layers()) == count
    for one, other in zip(before, half.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_float32_network_is_called_itself():
    full, _, inputs = networks("mixed_bfloat16")
    full.call = lambda *args, **kwargs: "itself"
    assert in_float32(full)(*inputs) == "itself"
