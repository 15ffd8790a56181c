import json
import math

import numpy as np
import pytest
import tensorflow as tf

from tests.toy import toy_gan
from zoo.core import callbacks
from zoo.core.workdir import Workdir
from zoo.errors import RunFailed

LOGS = {"g_loss": 0.5, "d_real": 0.25, "d_fake": 0.125}


class FakeCheckpointer:
    """Notes the steps that it is asked to save."""

    def __init__(self):
        self.saved = []

    def save(self, step):
        self.saved.append(step)

    def last_good(self):
        return "last good checkpoint: /runs/x/checkpoints/00000040"


class Steps(callbacks.StepCallback):
    """Notes the steps at which it is called."""

    def on_step(self, step, logs):
        self.steps = [*getattr(self, "steps", []), step]


@pytest.fixture
def workdir(tmp_path):
    return Workdir(tmp_path)


def drive(callback, num_batches, logs=LOGS, model=None):
    """Calls a callback as `fit` does; `logs` is a dict or a function from the step."""
    callback.set_model(model)
    callback.on_train_begin()
    for batch in range(num_batches):
        callback.on_train_batch_begin(batch)
        step = callback.start + batch + 1
        values = logs(step) if callable(logs) else logs
        callback.on_train_batch_end(batch, {k: tf.constant(v) for k, v in values.items()})
    callback.on_train_end()


def records(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def metrics_log(workdir, every=2, start=0, num_steps=5, timed=True):
    return callbacks.MetricsLog(
        every, start, num_steps, workdir, examples_per_epoch=12, batch_size=4, timed=timed)


@pytest.mark.parametrize("every, start, num_steps, expected", [
    (2, 0, 5, [2, 4, 5]), (2, 3, 6, [4, 6]), (1, 0, 2, [1, 2]), (9, 0, 3, [3])])
def test_steps_are_global_and_the_last_always_counts(every, start, num_steps, expected):
    callback = Steps(every, start, num_steps)
    drive(callback, num_steps - start)
    assert callback.steps == expected


def test_0_is_never():
    callback = Steps(0, 0, 3)
    drive(callback, 3)
    assert not hasattr(callback, "steps")


def test_metrics_are_one_json_object_a_logged_step(workdir):
    drive(metrics_log(workdir), 5)
    lines = records(workdir.metrics_file)
    assert [(line["step"], line["epoch"]) for line in lines] == [(2, 0), (4, 1), (5, 1)]
    for line in lines:
        assert line.keys() == {"step", "epoch", "examples_per_second", *LOGS}
        assert {name: line[name] for name in LOGS} == LOGS
    assert all(line["examples_per_second"] > 0 for line in lines)


def test_a_resumed_run_appends(workdir):
    drive(metrics_log(workdir, num_steps=4), 4)
    drive(metrics_log(workdir, start=4, num_steps=6), 2)
    assert [line["step"] for line in records(workdir.metrics_file)] == [2, 4, 6]


def test_deterministic_runs_keep_the_clock_out_of_the_file(workdir):
    drive(metrics_log(workdir, timed=False), 5)
    assert all("examples_per_second" not in line for line in records(workdir.metrics_file))


def test_a_first_step_that_has_no_speed_yet_is_logged(workdir):
    drive(metrics_log(workdir, every=1, num_steps=2), 2)
    assert [line["examples_per_second"] is None for line in records(workdir.metrics_file)] == [
        True, False]


def test_metrics_go_to_tensorboard_too(workdir):
    drive(metrics_log(workdir), 5)
    file, = workdir.tensorboard.iterdir()
    tags = {value.tag for event in tf.compat.v1.train.summary_iterator(str(file))
            for value in event.summary.value}
    assert tags == {*LOGS, "examples_per_second"}


def test_values_of_several_workers_shape_are_numbers():
    assert callbacks.numbers({"b": tf.constant([2.0]), "a": tf.constant(1.0)}) == {
        "a": 1.0, "b": 2.0}


def test_progress_without_a_terminal_is_plain_lines(capsys):
    drive(callbacks.Progress(2, 2, 5), 3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["step", "4/5"], ["step", "5/5"]]
    assert all("min left" in line and "g_loss=0.500" in line for line in lines)


def test_progress_on_a_terminal_is_a_bar_with_the_time_left(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    drive(callbacks.Progress(2, 0, 4), 4)
    captured = capsys.readouterr()
    assert captured.out == "" and "4/4" in captured.err and "100%" in captured.err


def test_sample_sheets_are_files_by_step(workdir):
    sheet = np.full((3, 5, 3), 7, np.uint8)
    drive(callbacks.Samples(2, 0, 3, workdir, lambda: sheet), 3)
    files = sorted(workdir.samples.iterdir())
    assert [file.name for file in files] == ["00000002.png", "00000003.png"]
    np.testing.assert_array_equal(tf.io.decode_png(files[0].read_bytes()), sheet)


def test_a_family_without_a_sheet_writes_none(workdir):
    drive(callbacks.Samples(1, 0, 2, workdir, lambda: None), 2)
    assert not workdir.samples.exists()


def test_evaluations_are_one_json_object_a_line(workdir, capsys):
    results = {"psnr_db": {"value": 20.0, "low": 19.0, "high": 21.0}}
    drive(callbacks.Evaluations(2, 0, 4, workdir, lambda: results, FakeCheckpointer()), 4,
          model=toy_gan())
    assert records(workdir.evaluations_file) == [
        {"step": 2, "psnr_db": 20.0}, {"step": 4, "psnr_db": 20.0}]
    assert "step 2 validation: psnr_db=20.000" in capsys.readouterr().out


def test_checkpoints_are_saved_at_their_steps():
    checkpointer = FakeCheckpointer()
    drive(callbacks.Checkpoints(3, 1, 7, checkpointer), 6, model=toy_gan())
    assert checkpointer.saved == [3, 6, 7]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_weight_that_is_not_finite_is_never_saved_or_measured(bad, workdir):
    model, checkpointer, measured = toy_gan(), FakeCheckpointer(), []
    model.discriminator.weights[0].assign([[bad], [0.0]])
    for callback in (
            callbacks.Checkpoints(3, 0, 9, checkpointer),
            callbacks.Evaluations(3, 0, 9, workdir, lambda: measured.append(1), checkpointer)):
        with pytest.raises(RunFailed, match="step 3: weight .*kernel is not finite.*00000040"):
            drive(callback, 9, model=model)
    assert checkpointer.saved == measured == []
