"""Means over rows and batches, on one device and on replicas that have unequal rows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.text_to_image.test_model import TestGANCLS as GANCLS
from tests.toy import toy_batch, toy_gan
from zoo.core import distribution

TERMS = {"d_real", "d_fake", "g_adversarial", "d_loss", "g_loss", "loss"}


def dataset(rows, batch_size):
    return tf.data.Dataset.from_tensor_slices(toy_batch(0, rows)).batch(batch_size)


def without_noise(model):
    """Makes a term that is known without the model: the first number of each condition."""
    model.generator_losses = lambda batch, fake, training=True: {
        "g_adversarial": batch["condition"][:, 0] + 0.0 * fake[:, 0]}
    return model


@pytest.mark.parametrize("rows, batch_size", [(5, 2), (4, 2), (3, 4)])
def test_evaluation_is_the_mean_over_rows(rows, batch_size):
    model = without_noise(toy_gan())
    expected = toy_batch(0, rows)["condition"][:, 0].mean()
    results = model.evaluate(dataset(rows, batch_size), verbose=0, return_dict=True)
    assert results.keys() == TERMS
    assert results["g_adversarial"] == pytest.approx(expected, rel=1e-5)
    assert results["g_loss"] == results["g_adversarial"]
    assert results["loss"] == pytest.approx(results["g_loss"] + results["d_loss"], rel=1e-5)


def test_evaluation_of_every_term_is_the_mean_of_its_batches_by_rows():
    model, seen = toy_gan(), []
    each = keras.callbacks.LambdaCallback()
    each.on_test_batch_end = lambda batch, logs: seen.append(dict(logs))
    results = model.evaluate(dataset(5, 2), verbose=0, return_dict=True, callbacks=[each])
    assert len(seen) == 3
    for name, value in results.items():
        values = [float(logs[name]) for logs in seen]
        assert value == pytest.approx(np.average(values, weights=(2, 2, 1)), rel=1e-5), name
    again = model.evaluate(dataset(5, 2), verbose=0, return_dict=True)
    assert again == results  # The same noise at the same step.


def test_history_has_the_means_of_the_steps_and_callbacks_each_steps_values():
    model, steps = toy_gan(), helpers.Logs()
    history = model.fit(dataset(5, 2), epochs=2, verbose=0, shuffle=False, callbacks=[steps],
                        validation_data=dataset(3, 2)).history
    assert history.keys() == TERMS | {f"val_{name}" for name in TERMS}
    for epoch in range(2):
        for name in TERMS:
            values = [each[name] for each in steps.steps[3 * epoch:3 * epoch + 3]]
            assert len(set(values)) > 1
            assert history[name][epoch] == pytest.approx(
                np.average(values, weights=(2, 2, 1)), rel=1e-5), name


def test_validation_noise_differs_from_batch_to_batch():
    seen = []
    model = toy_gan()
    model.run_eagerly = True
    sample_noise = model.sample_noise
    model.sample_noise = lambda *args: seen.append(sample_noise(*args)) or seen[-1]
    model.evaluate(dataset(4, 2), verbose=0)
    assert len(seen) == 2 and not np.any(np.equal(*seen))


@pytest.mark.parametrize("rows", [5, 3, 1], ids=["uneven", "rest_of_one", "a_replica_without"])
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_replicas_of_unequal_rows_equal_one(rows, run_eagerly):
    """Batches of 4 on two replicas: a rest of 1 row leaves one of them without, of 3 is 2 and 1."""
    results = []
    for name in ("default", "mirrored"):
        with distribution.make_strategy(name).scope():
            helpers.set_random_seed(0)
            model = toy_gan()
            model.generator.layers[1].rate = 0.0  # Its draws are by replica.
            model.run_eagerly = run_eagerly
            history = model.fit(dataset(rows, 4), epochs=2, verbose=0, shuffle=False).history
            evaluated = model.evaluate(dataset(rows, 4), verbose=0, return_dict=True)
            results.append((helpers.trainable_weights(model), history, evaluated))
    for one, two in zip(*results):
        assert all(np.isfinite(value).all() for value in two.values())
        helpers.assert_close(one, two, tolerance=1e-5)


def test_a_family_with_batch_norm_and_captions_stands_a_replica_without_rows():
    row = {name: value[:1] for name, value in GANCLS().batch(np.random.default_rng(0), 2).items()}
    dataset = tf.data.Dataset.from_tensor_slices(row).batch(2)
    with distribution.make_strategy("mirrored").scope():
        model = helpers.compiled(GANCLS().build())
        model.run_eagerly = True
        history = model.fit(dataset, verbose=0, shuffle=False, validation_data=dataset).history
    assert all(np.isfinite(values).all() for values in history.values())
    assert all(np.isfinite(value).all() for value in helpers.state(model).values())
