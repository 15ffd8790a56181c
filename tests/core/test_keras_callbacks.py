"""Keras's own callbacks and ways of compiling, with two optimizers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.toy import toy_batch, toy_gan
from zoo.core.callbacks import StepCallback
from zoo.core.optimizers import FusedAdam


def dataset(batches=2):
    return tf.data.Dataset.from_tensor_slices(toy_batch(0, 4 * batches)).batch(4)


def fit(model, *callbacks, epochs=2, batches=2):
    return model.fit(dataset(batches), epochs=epochs, verbose=0, shuffle=False,
                     validation_data=dataset(), callbacks=list(callbacks)).history


def rates(model):
    return [round(float(optimizer.learning_rate), 6)
            for optimizer in (model.generator_optimizer, model.discriminator_optimizer)]


def test_early_stopping_stops_and_restores_the_best_weights():
    model, first = toy_gan(), {}
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: first.setdefault(
        "weights", helpers.trainable_weights(model)))
    stop = keras.callbacks.EarlyStopping("val_d_real", mode="max", patience=1, min_delta=1e6,
                                         restore_best_weights=True)
    assert len(fit(model, keep, stop, epochs=5)["loss"]) == 2
    helpers.assert_close(first["weights"], helpers.trainable_weights(model))


def test_a_checkpoint_follows_a_monitored_term_and_loads_with_both_optimizers(tmp_path):
    model = toy_gan()
    save = keras.callbacks.ModelCheckpoint(
        tmp_path / "{val_g_adversarial:.3f}.keras", monitor="val_g_adversarial", mode="max",
        save_best_only=True)
    history = fit(model, save, epochs=1)
    [file] = tmp_path.glob("*.keras")
    assert file.stem == f"{history['val_g_adversarial'][0]:.3f}"
    loaded = keras.saving.load_model(file, custom_objects={type(model).__name__: type(model)})
    for one, other in zip(*map(helpers.state, (model, loaded)), strict=True):
        np.testing.assert_array_equal(
            helpers.state(model)[one], helpers.state(loaded)[other], err_msg=one)


def test_a_plateau_reduces_both_learning_rates():
    model = toy_gan()
    model.discriminator_optimizer.learning_rate = 0.01
    fit(model, keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.1, patience=1,
                                                 min_delta=1e6))
    assert rates(model) == [0.0005, 0.001]


def test_a_scheduler_sets_both_learning_rates_and_logs_them_by_network():
    model = toy_gan()
    model.discriminator_optimizer.learning_rate = 0.01
    history = fit(model, keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate))
    assert rates(model) == [0.00125, 0.0025]
    assert history["learning_rate_generator"] == pytest.approx([0.0025, 0.00125])
    assert history["learning_rate_discriminator"] == pytest.approx([0.005, 0.0025])


def test_a_backup_goes_on_exactly(tmp_path):
    class Interrupted(Exception):
        pass

    def interrupt(epoch, logs):
        if epoch == 1:
            raise Interrupted

    def without_dropout():
        model = toy_gan()
        model.generator.layers[1].rate = 0.0  # Keras saves no random states.
        return model

    straight = without_dropout()
    fit(straight, epochs=3)
    helpers.set_random_seed(0)
    with pytest.raises(Interrupted):
        fit(without_dropout(), keras.callbacks.BackupAndRestore(tmp_path),
            keras.callbacks.LambdaCallback(on_epoch_begin=interrupt), epochs=3)
    helpers.set_random_seed(1)
    resumed = without_dropout()
    history = fit(resumed, keras.callbacks.BackupAndRestore(tmp_path), epochs=3)
    assert len(history["loss"]) == 2 and int(resumed.step) == 6
    helpers.assert_close(helpers.state(straight), helpers.state(resumed), tolerance=1e-6)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_either_loss_that_is_not_finite_terminates(network):
    model = toy_gan()
    getattr(model, network).layers[-1].bias.assign(np.full(getattr(
        model, network).layers[-1].bias.shape, np.nan))
    assert len(fit(model, keras.callbacks.TerminateOnNaN(), batches=5)["loss"]) == 1
    assert int(model.step) == 1


def test_tensorboard_writes_means_rates_and_weights(tmp_path):
    fit(toy_gan(), keras.callbacks.TensorBoard(
        tmp_path, histogram_freq=1, write_steps_per_second=True, update_freq="batch"), epochs=1)
    tags = {value.tag for file in (tmp_path / "train").glob("*.v2")
            for event in tf.compat.v1.train.summary_iterator(str(file))
            for value in event.summary.value}
    assert {"epoch_d_real", "epoch_g_loss", "epoch_learning_rate_generator",
            "epoch_learning_rate_discriminator", "epoch_steps_per_second"} <= tags
    assert any("kernel" in tag for tag in tags)
    assert list((tmp_path / "validation").glob("*.v2"))


def test_averages_of_both_optimizers_are_swapped_in_for_evaluation_and_kept_at_the_end():
    model = toy_gan()
    model.compile(*[FusedAdam(0.05, use_ema=True, ema_momentum=0.5) for _ in range(2)])
    seen = []
    look = keras.callbacks.LambdaCallback()
    look.on_test_begin = lambda logs: seen.append(helpers.trainable_weights(model))
    last = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(helpers.trainable_weights(model)))
    fit(model, last, keras.callbacks.SwapEMAWeights(), look, epochs=1)
    *_, raw, swapped = seen
    assert helpers.unchanged(raw, swapped) == set()  # On test: the averages, of both networks.
    helpers.assert_close(swapped, helpers.trainable_weights(model), tolerance=1e-6)


def test_swapping_averages_that_no_optimizer_has_is_refused():
    with pytest.raises(ValueError, match="use_ema=True"):
        fit(toy_gan(), keras.callbacks.SwapEMAWeights(), epochs=1)


def test_compiled_with_xla_it_trains():
    """It draws other noise, so that losses are not those without."""
    model = toy_gan()
    model.compile(FusedAdam(0.005), FusedAdam(0.005), jit_compile=True)
    before, history = helpers.trainable_weights(model), fit(model, batches=3)
    assert all(np.isfinite(values).all() for values in history.values())
    assert helpers.unchanged(before, helpers.trainable_weights(model)) == set()


@pytest.mark.parametrize("flags", [
    {"run_eagerly": True}, {"steps_per_execution": 2}, {"jit_compile": "auto"}], ids=str)
def test_ways_of_compiling_make_the_same_steps(flags):
    results = []
    for given in ({}, flags):
        helpers.set_random_seed(0)
        model = toy_gan()
        model.compile(FusedAdam(0.005, epsilon=0.1), FusedAdam(0.005, epsilon=0.1), **given)
        results.append((fit(model, batches=3), helpers.state(model)))
        again = model.get_compile_config()
        assert all(again[name] == value or value == "auto" for name, value in given.items())
    for one, other in zip(*results):
        helpers.assert_close(one, other, tolerance=1e-5)


def test_steps_of_one_execution_are_passed_over_and_not_missed():
    class Seen(StepCallback):
        def on_step(self, step, logs):
            steps.append(step)

    steps, model = [], toy_gan()
    model.compile(FusedAdam(0.005), FusedAdam(0.005), steps_per_execution=2)
    fit(model, Seen(every=3, start=0, num_steps=8), batches=8, epochs=1)
    assert steps == [4, 6, 8]
