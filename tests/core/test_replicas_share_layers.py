"""Replicas take turns within a step: what one does to a shared layer, the others would see."""

import keras
import numpy as np
import tensorflow as tf

from tests import helpers
from tests.text_image_matching.test_model import TestMatcher as Matcher
from tests.text_to_image.test_model import TestGANCLS as GANCLS
from zoo.core import distribution


def data(case, steps):
    """Consecutive batches of the two replicas, of two rows each."""
    rows = [case.batch(np.random.default_rng(step), 4) for step in range(steps)]
    halves = {name: np.concatenate([each[name] for each in rows]).reshape(
        2 * steps, 2, *value.shape[1:]) for name, value in rows[0].items()}
    return distribution.distribute(
        lambda first, local, replicas: tf.data.Dataset.from_tensor_slices(halves))


def test_evaluating_before_fitting_leaves_everything_trainable():
    with distribution.make_strategy("mirrored").scope():
        model = helpers.compiled(Matcher().build())
        before = helpers.trainable_weights(model)
        model.evaluate(data(Matcher(), 1), steps=1, verbose=0)
        model.fit(data(Matcher(), 2), steps_per_epoch=2, verbose=0, shuffle=False)
    after = helpers.trainable_weights(model)
    assert before.keys() == after.keys() and len(before) > 5
    assert helpers.unchanged(before, after) == set()


def test_evaluation_changes_no_moving_statistics_and_uses_them():
    """Of one row a batch's own variance would be 0 and the score the bias alone."""
    model = helpers.compiled(Matcher().build())
    row = {name: value[:1] for name, value in Matcher().batch(np.random.default_rng(0), 4).items()}
    before = helpers.state(model)
    assert np.isfinite(model.evaluate(tf.data.Dataset.from_tensors(row), verbose=0,
                                      return_dict=True)["g_loss"])
    helpers.assert_close(before, helpers.state(model))


def test_a_penalty_in_float32_leaves_half_precision_to_all_else():
    """D's synchronised batch norm lets the other replica in while the penalty is computed."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    strategy = distribution.make_strategy("mirrored")
    with strategy.scope():
        model = GANCLS().build(loss_weights={"d_gradient_penalty": 1.0})
        precisions = [layer.compute_dtype for layer in model.discriminator._flatten_layers()]
        assert "bfloat16" in precisions
        rows = GANCLS().batch(np.random.default_rng(0), 4) | {"seed": np.zeros(2, np.int32)}
        batch = {name: tf.constant(value) for name, value in rows.items()}
        terms = tf.function(lambda: strategy.run(model.discriminator_losses, (batch, None)))()
    for of_replica in strategy.experimental_local_results(terms["d_gradient_penalty"]):
        assert np.isfinite(of_replica).all()
    assert precisions == [
        layer.compute_dtype for layer in model.discriminator._flatten_layers()]
