import json

import keras
import pytest
import tensorflow as tf

from zoo.core import callbacks
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RunFailed


@pytest.fixture
def workdir(tmp_path):
    workdir = Workdir(tmp_path / "run")
    workdir.open(Settings(model="f/v", workdir=str(workdir.path)))
    return workdir


class Saved:
    """A checkpointer that keeps the steps it was asked to save."""

    def __init__(self):
        self.steps = []

    def save(self, step):
        self.steps.append(step)

    def last_good(self):
        return f"last good checkpoint: {self.steps[-1]}" if self.steps else "no checkpoint yet"


def play(callback, logs, start=0, model=None):
    """Runs a callback over steps whose logs are given."""
    callback.set_model(model or keras.Sequential())
    callback.on_train_begin()
    for batch, log in enumerate(logs):
        callback.on_train_batch_begin(batch)
        callback.on_train_batch_end(batch, {name: tf.constant(v) for name, v in log.items()})
    callback.on_train_end()
    return start


@pytest.mark.parametrize("every, start, num_steps, expected", [
    (2, 0, 5, [2, 4, 5]), (2, 3, 7, [4, 6, 7]), (0, 0, 3, []), (10, 0, 3, [3])])
def test_steps_are_global_and_the_last_counts(every, start, num_steps, expected):
    saved = Saved()
    play(callbacks.Checkpoints(every, start, num_steps, saved), [{}] * (num_steps - start))
    assert saved.steps == expected


def test_metrics_are_one_json_object_a_logged_step(workdir):
    log = callbacks.MetricsLog(2, 0, 4, workdir, examples_per_epoch=10, batch_size=5, timed=True)
    play(log, [{"g_loss": float(step)} for step in range(1, 5)])
    lines = [json.loads(line) for line in workdir.metrics_file.read_text().splitlines()]
    assert [(line["step"], line["epoch"], line["g_loss"]) for line in lines] == [
        (2, 1, 2.0), (4, 2, 4.0)]
    assert all(line["examples_per_second"] > 0 for line in lines)
    assert list(workdir.tensorboard.glob("events*"))


def test_deterministic_runs_record_no_time(workdir):
    log = callbacks.MetricsLog(1, 0, 2, workdir, examples_per_epoch=10, batch_size=5, timed=False)
    play(log, [{"g_loss": 1.0}] * 2)
    assert "examples_per_second" not in workdir.metrics_file.read_text()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_watchdog_names_the_value_and_the_last_good_checkpoint(value):
    saved = Saved()
    saved.save(40)
    with pytest.raises(RunFailed, match="step 2: g_loss not finite.*last good checkpoint: 40"):
        play(callbacks.Watchdog(1, 0, 5, saved), [{"g_loss": 1.0}, {"g_loss": value}])


def test_watchdog_stops_when_d_has_won_for_good():
    won = {"d_real": 0.0, "d_fake": 0.0, "g_loss": 9.0}
    with pytest.raises(RunFailed, match="step 20: the discriminator has won.*no checkpoint yet"):
        play(callbacks.Watchdog(1, 0, 50, Saved()), [won] * 50)


def test_watchdog_forgives_a_discriminator_that_wins_now_and_then():
    won, open_game = ({"d_real": d, "d_fake": d, "g_loss": 9.0} for d in (0.0, 0.5))
    play(callbacks.Watchdog(1, 0, 80, Saved()), ([won] * 19 + [open_game]) * 4)


def test_weights_that_are_not_finite_are_never_saved():
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.layers[0].bias.assign([float("nan")])
    saved = Saved()
    with pytest.raises(RunFailed, match="bias is not finite"):
        play(callbacks.Checkpoints(1, 0, 3, saved), [{"g_loss": 1.0}] * 3, model=model)
    assert not saved.steps


def test_sample_sheet_is_written_as_png(workdir):
    sheet = tf.fill((4, 6, 3), tf.constant(7, tf.uint8)).numpy()
    play(callbacks.Samples(2, 0, 2, workdir, lambda: sheet), [{}] * 2)
    png = (workdir.samples / "00000002.png").read_bytes()
    assert (tf.io.decode_png(png).numpy() == sheet).all()


def test_progress_prints_plain_lines_without_a_terminal(capsys):
    play(callbacks.Progress(2, 0, 4), [{"g_loss": 0.25}] * 4)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and lines[0].startswith("step 2/4 (") and "g_loss=0.250" in lines[0]


def test_evaluations_are_recorded(workdir):
    callback = callbacks.Evaluations(2, 0, 2, workdir, lambda: {"r": {"value": 0.5}})
    play(callback, [{}] * 2)
    assert json.loads(workdir.evaluations_file.read_text()) == {"step": 2, "r": 0.5}
