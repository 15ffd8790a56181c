"""What happens beside the steps: records, progress, sample sheets, checkpoints, evaluations.

All callbacks count global steps (`model.step`), and read values from the device only at the steps
where they need them, so that the steps in between never wait for the host.
"""

import json
import sys
import time

import keras
import tensorflow as tf
import tqdm

from zoo.core import measured
from zoo.errors import RunFailed


class StepCallback(keras.callbacks.Callback):
    """Calls `on_step(step, logs)` every `every` steps and after the last.

    Args:
        every: steps between calls; 0: never.
        start: global steps done before this process began.
        num_steps: global step of the last.
    """

    def __init__(self, every, start, num_steps):
        super().__init__()
        self.every = every
        self.start = self.step = start
        self.num_steps = num_steps

    def on_train_batch_end(self, batch, logs=None):
        step = self.start + batch + 1
        # Of several steps of one execution Keras tells the last alone.
        before, self.step = self.step, step
        if self.every and (step // self.every > before // self.every or step == self.num_steps):
            self.on_step(step, logs)

    def on_step(self, step, logs):
        raise NotImplementedError


def numbers(logs):
    """Returns a step's logs as Python floats (this waits for the device).

    Without `loss`, the sum of the two losses, which is there for Keras's own callbacks.
    """
    return {name: float(tf.reshape(value, ())) for name, value in sorted(logs.items())
            if name != "loss"}


class MetricsLog(StepCallback):
    """Appends to `metrics.jsonl` and to TensorBoard.

    Args:
        workdir: `Workdir`.
        examples_per_epoch: examples in the training split.
        batch_size: global batch size.
        timed: False keeps `examples_per_second` out of the file (`--deterministic`), so that equal
            runs write equal files; TensorBoard has it all the same.
    """

    def __init__(self, every, start, num_steps, workdir, examples_per_epoch, batch_size, timed):
        super().__init__(every, start, num_steps)
        self.workdir = workdir
        self.examples_per_epoch = examples_per_epoch
        self.batch_size = batch_size
        self.timed = timed
        self.last = None

    def on_train_begin(self, logs=None):
        self.writer = tf.summary.create_file_writer(str(self.workdir.tensorboard))

    def on_train_batch_begin(self, batch, logs=None):
        if self.last is None and batch == 1:  # The first step also compiles.
            self.last = (self.start + 1, time.monotonic())

    def on_step(self, step, logs):
        line = {"step": step, "epoch": step * self.batch_size // self.examples_per_epoch}
        line |= numbers(logs)
        now, speed = time.monotonic(), None
        if self.last and step > self.last[0]:
            speed = round((step - self.last[0]) * self.batch_size / (now - self.last[1]), 2)
        self.last = (step, now)
        with self.workdir.metrics_file.open("a") as file:
            timing = {"examples_per_second": speed} if self.timed else {}
            file.write(json.dumps(line | timing) + "\n")
        with self.writer.as_default(step):
            for name, value in line.items():
                if name not in ("step", "epoch"):
                    tf.summary.scalar(name, value)
            if speed is not None:
                tf.summary.scalar("examples_per_second", speed)

    def on_train_end(self, logs=None):
        self.writer.close()


class Progress(StepCallback):
    """A progress bar with the time left on a terminal, plain lines otherwise."""

    def __init__(self, every, start, num_steps):
        super().__init__(1 if sys.stderr.isatty() else every, start, num_steps)
        self.log_every = every

    def on_train_begin(self, logs=None):
        self.bar = tqdm.tqdm(
            total=self.num_steps, initial=self.start, unit="step", mininterval=0.5,
            disable=not sys.stderr.isatty())
        self.began = time.monotonic()

    def on_step(self, step, logs):
        self.bar.update(step - self.bar.n if not self.bar.disable else 0)
        if step % self.log_every and step != self.num_steps:
            return
        losses = " ".join(f"{name}={value:.3f}" for name, value in numbers(logs).items())
        if self.bar.disable:
            spent = time.monotonic() - self.began
            left = spent / (step - self.start) * (self.num_steps - step)
            print(f"step {step}/{self.num_steps} ({left / 60:.1f} min left) {losses}", flush=True)
        else:
            self.bar.set_postfix_str(losses)

    def on_train_end(self, logs=None):
        self.bar.close()


class Samples(StepCallback):
    """Writes a sample sheet made from fixed noise and fixed conditions.

    Args:
        workdir: `Workdir`.
        make_sheet: function of no argument that returns a uint8 picture `(height, width, 3)`, or
            None in a family that has none.
        make_files: function of no argument that returns further files, `{end of the name: bytes}`.
    """

    def __init__(self, every, start, num_steps, workdir, make_sheet, make_files=dict):
        super().__init__(every, start, num_steps)
        self.workdir = workdir
        self.make_sheet = make_sheet
        self.make_files = make_files

    def on_step(self, step, logs):
        sheet = self.make_sheet()
        if sheet is None:
            return
        self.workdir.samples.mkdir(exist_ok=True)
        png = tf.io.encode_png(sheet).numpy()
        (self.workdir.samples / f"{step:08d}.png").write_bytes(png)
        for name, content in self.make_files().items():
            (self.workdir.samples / f"{step:08d}_{name}").write_bytes(content)
        writer = tf.summary.create_file_writer(str(self.workdir.tensorboard))
        with writer.as_default(step):
            tf.summary.image("samples", sheet[None])
        writer.close()


def _check_finite(model, step, checkpointer):
    for weight in model.weights:
        if not bool(tf.reduce_all(tf.math.is_finite(tf.cast(weight, tf.float32)))):
            raise RunFailed(f"stopped at step {step}: weight {weight.path} is not finite; "
                            f"{checkpointer.last_good()}.")


class Checkpoints(StepCallback):
    """Saves a checkpoint, unless a weight is not finite: the last one saved is always good.

    Args:
        checkpointer: `Checkpointer`.
    """

    def __init__(self, every, start, num_steps, checkpointer):
        super().__init__(every, start, num_steps)
        self.checkpointer = checkpointer

    def on_step(self, step, logs):
        _check_finite(self.model, step, self.checkpointer)
        self.checkpointer.save(step)


class Evaluations(StepCallback):
    """Evaluates and appends the values to `evaluations.jsonl`, unless a weight is not finite.

    Args:
        workdir: `Workdir`.
        evaluate: function of no argument that returns `{name: {"value": float, …}}`.
        checkpointer: `Checkpointer`, to name the last good checkpoint.
    """

    def __init__(self, every, start, num_steps, workdir, evaluate, checkpointer):
        super().__init__(every, start, num_steps)
        self.workdir = workdir
        self.evaluate = evaluate
        self.checkpointer = checkpointer

    def on_step(self, step, logs):
        _check_finite(self.model, step, self.checkpointer)
        metrics = measured.strict(self.evaluate())
        results = {name: metric["value"] for name, metric in metrics.items()}
        with self.workdir.evaluations_file.open("a") as file:
            file.write(json.dumps({"step": step} | results, allow_nan=False) + "\n")
        print(f"step {step} validation:", " ".join(
            f"{name}={measured.shown(value, 3)}" for name, value in results.items()), flush=True)
