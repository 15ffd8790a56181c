"""FusedAdam and FusedRMSprop do what Keras's Adam and RMSprop do."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.core import distribution
from zoo.core.hparams import AdamHParams
from zoo.core.optimizers import FusedAdam, FusedRMSprop, adam_pair

SHAPES = ((3, 4), (7,), (2, 2, 3, 5), ())
STEPS = 50


def trained(optimizer, convert=lambda gradient: gradient):
    """Weights and slots after `STEPS` steps on random gradients, as `convert` makes them."""
    random = np.random.default_rng(0)
    variables = [keras.Variable(random.normal(size=shape).astype(np.float32)) for shape in SHAPES]
    optimizer.build(variables)

    @tf.function
    def step(*gradients):
        optimizer.apply([convert(gradient) for gradient in gradients], variables)

    for _ in range(STEPS):
        step(*(tf.constant(random.normal(size=shape), tf.float32) for shape in SHAPES))
    return [variable.numpy() for variable in (*variables, *optimizer.variables)]


def assert_equal_to_keras(arguments, *convert):
    ours, theirs = (trained(optimizer(**arguments), *convert)
                    for optimizer in (FusedAdam, keras.optimizers.Adam))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


HALVING = keras.optimizers.schedules.ExponentialDecay(0.001, 10, 0.5, staircase=True)


@pytest.mark.parametrize("arguments", [
    {},
    {"beta_1": 0.5},
    {"beta_1": 0.0, "beta_2": 0.9},
    {"epsilon": 0.1},
    {"learning_rate": HALVING},
    {"clipnorm": 0.5},
    {"weight_decay": 0.1},
    {"use_ema": True, "ema_momentum": 0.9},
    {"gradient_accumulation_steps": 5},
    {"loss_scale_factor": 8.0}], ids=lambda arguments: ",".join(arguments))
def test_equals_keras_adam(arguments):
    assert_equal_to_keras(arguments)


def test_gradients_of_lower_precision_are_taken():
    assert_equal_to_keras({}, lambda gradient: tf.cast(gradient, tf.bfloat16))


def test_gradients_of_some_rows_are_taken():
    def first_of_last(gradient):
        rows = tf.shape(gradient)[0]
        return tf.IndexedSlices(gradient[:2], [rows - 1, 0], gradient.shape)
    assert_equal_to_keras({}, lambda gradient: (
        first_of_last(gradient) if gradient.shape.rank else gradient))


def test_gradients_of_a_repeated_row_are_added():
    table = keras.Variable(np.zeros((2, 1), np.float32))
    optimizer = FusedAdam(1.0, beta_1=0.0, beta_2=0.0, epsilon=1.0)  # Steps of g / (|g| + 1).
    optimizer.build([table])
    optimizer.apply([tf.IndexedSlices([[1.0], [2.0]], [0, 0], (2, 1))], [table])
    np.testing.assert_allclose(table.numpy(), [[-3 / (3 + 1)], [0]])


def test_loss_scaling_leaves_out_steps_that_overflow():
    variable = keras.Variable([1.0])
    optimizer = keras.optimizers.LossScaleOptimizer(FusedAdam(0.5), initial_scale=4.0)
    optimizer.build([variable])
    optimizer.apply([tf.constant([np.inf])], [variable])
    assert variable.numpy() == [1.0]
    optimizer.apply([tf.constant([3.0])], [variable])
    np.testing.assert_allclose(variable.numpy(), [0.5], rtol=1e-5)


def test_replicas_add_their_gradients():
    strategy = distribution.make_strategy("mirrored")
    with strategy.scope():
        variable = keras.Variable([0.0])
        optimizer = FusedAdam(1.0, beta_1=0.0, beta_2=0.0, epsilon=1.0)
        optimizer.build([variable])

    @tf.function
    def step():
        def of_replica():
            rank = tf.distribute.get_replica_context().replica_id_in_sync_group
            optimizer.apply([tf.reshape(tf.cast(rank + 1, tf.float32), (1,))], [variable])
        strategy.run(of_replica)

    step()
    np.testing.assert_allclose(
        [copy.numpy() for copy in strategy.experimental_local_results(variable.value)],
        2 * [[-3 / (3 + 1)]])


def test_serialises_with_its_schedule():
    optimizer = FusedAdam(HALVING, 0.5, 0.99, epsilon=1e-3, clipnorm=2.0)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert type(again) is FusedAdam
    assert again.get_config() == optimizer.get_config()
    assert (again.beta_1, again.beta_2, again.epsilon, again.clipnorm) == (0.5, 0.99, 1e-3, 2.0)
    assert float(again.learning_rate) == pytest.approx(0.001)


def test_amsgrad_is_refused():
    with pytest.raises(ValueError, match="no amsgrad"):
        FusedAdam(amsgrad=True)


@pytest.mark.parametrize("arguments", [
    {}, {"rho": 0.5}, {"momentum": 0.9}, {"epsilon": 0.1}, {"learning_rate": HALVING},
    {"clipnorm": 0.5}], ids=lambda arguments: ",".join(arguments))
def test_equals_keras_rmsprop(arguments):
    ours, theirs = (trained(optimizer(**arguments))
                    for optimizer in (FusedRMSprop, keras.optimizers.RMSprop))
    # Both have the weights first; where Keras has no momentum, ours keeps its last step.
    for one, other in zip(ours, theirs, strict="momentum" in arguments):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def test_rmsprop_serialises():
    optimizer = FusedRMSprop(HALVING, 0.8, 0.5, epsilon=1e-3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert type(again) is FusedRMSprop and again.get_config() == optimizer.get_config()


def test_centered_is_refused():
    with pytest.raises(ValueError, match="not centered"):
        FusedRMSprop(centered=True)


def test_the_pair_has_its_rates_halved_after_so_many_steps_each():
    pair = adam_pair(AdamHParams(generator_learning_rate=0.5, discriminator_learning_rate=0.25,
                                 adam_beta_1=0.3, halve_learning_rates_every=10))
    rate = pair["generator_optimizer"]._learning_rate
    assert [float(rate(step)) for step in (0, 9, 10, 19, 20)] == [0.5, 0.5, 0.25, 0.25, 0.125]
    assert float(pair["discriminator_optimizer"].learning_rate) == 0.25
    constant = adam_pair(AdamHParams(adam_beta_2=0.9))["generator_optimizer"]
    assert float(constant.learning_rate) == np.float32(2e-4)
    assert (pair["generator_optimizer"].beta_1, constant.beta_2) == (0.3, 0.9)
