"""Training a run: new, resumed, or first the runs that it builds on."""

import contextlib
import dataclasses
import functools
import time

import keras
import tensorflow as tf

from zoo.core import callbacks, distribution, locate, model_card, precision, runs, xla
from zoo.core import experiment as experiment_lib
from zoo.core.checkpoint import Checkpointer
from zoo.core.watchdog import Watchdog
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


def finish_prerequisites(requests, workdir, registry):
    """Trains the runs that another builds on, unless they are finished.

    Args:
        requests: `{folder name: Settings}`; the folders lie in `workdir`.
        workdir: `Workdir` of the run that needs them.
        registry: `{model name: function from Settings to Experiment}`.
    """
    for name, settings in requests.items():
        path = workdir.path / name
        if not Workdir(path).model_card.exists():
            print(f"first: {settings.model} for {settings.num_steps} steps, in {path}", flush=True)
            train(dataclasses.replace(settings, workdir=str(path)), registry)


def train(settings, registry):
    """Trains until `settings.num_steps`, going on from the newest checkpoint in the workdir.

    Args:
        settings: `Settings`.
        registry: `{model name: function from Settings to Experiment}`.

    Raises:
        RequestError: wrong request, or another process trains in the workdir.
        RunFailed: the run diverged.
    """
    if not settings.workdir:
        raise RequestError("--workdir is missing: name a folder for the run.")
    experiment = experiment_lib.build(settings, registry)
    experiment.check_request()
    strategy = distribution.make_strategy(experiment.settings.strategy)
    with strategy.scope():
        distribution.check_batch(settings.batch_size, settings.gradient_accumulation_steps)
        fingerprint, is_chief = experiment.data_fingerprint(), distribution.is_chief()
    workdir = Workdir(experiment.settings.workdir)
    with workdir.locked() if is_chief else contextlib.nullcontext():
        with strategy.scope():
            workdir.open(experiment.settings, fingerprint, experiment.defaults())
            distribution.wait_for_workers()
        _train(experiment, strategy, workdir, registry)


def _train(experiment, strategy, workdir, registry):
    settings = experiment.settings
    prerequisites = experiment.training_prerequisites()
    if settings.eval_every:
        prerequisites |= experiment.evaluation_prerequisites()
    finish_prerequisites(prerequisites, workdir, registry)

    if settings.deterministic:
        tf.config.experimental.enable_op_determinism()
    keras.config.set_dtype_policy(precision.policy_for(settings.precision))
    experiment.prepare(workdir.path)
    data = experiment.training_data(workdir.path)
    with strategy.scope():
        # Only here: how much chance was used before depends on what an earlier try has left.
        keras.utils.set_random_seed(settings.seed)
        model = experiment.build_model(workdir.path)
        model.compile(
            **experiment.build_optimizers(), jit_compile=xla.is_on(settings),
            gradient_accumulation_steps=settings.gradient_accumulation_steps)
        checkpointer = Checkpointer(workdir.checkpoints, model)
        checkpointer.check_space()
        start = checkpointer.restore()
        if start == 0 and settings.init_from:
            runs.restore_into(model, locate.run_folder(settings.init_from, "--init_from"))
            model.step.assign(0)
        if distribution.is_chief():
            workdir.trim_records(start)
        print(f"{workdir.path}: {settings.model}, step {start} to {settings.num_steps}, "
              f"{len(data)} training examples", flush=True)
        if start < settings.num_steps:
            _fit(experiment, model, data, workdir, checkpointer, start)
        if distribution.is_chief():
            experiment.publish(model, workdir.path)
            workdir.write_model_card(model_card.render(experiment, model))
        distribution.wait_for_workers()  # What they do next may build on these files.


def _fit(experiment, model, data, workdir, checkpointer, start):
    settings, last = experiment.settings, experiment.settings.num_steps
    used = [Watchdog(start, last, checkpointer)] if settings.watchdog else []
    if distribution.is_chief():
        used += [
            callbacks.MetricsLog(settings.log_every, start, last, workdir, len(data),
                                 settings.batch_size, timed=not settings.deterministic),
            callbacks.Progress(settings.log_every, start, last),
            callbacks.Samples(settings.sample_every, start, last, workdir,
                              lambda: experiment.sample_sheet(model),
                              lambda: experiment.sample_files(model)),
            callbacks.Evaluations(
                settings.eval_every, start, last, workdir,
                lambda: _validate(experiment, model, workdir)),
        ]
    # After the records, so that a resumed run finds the lines of all steps before it.
    used.append(callbacks.Checkpoints(settings.checkpoint_every, start, last, checkpointer))
    dataset = distribution.distribute(functools.partial(data.dataset, start))
    began = time.monotonic()
    model.fit(dataset, steps_per_epoch=last - start, verbose=0, shuffle=False, callbacks=used)
    print(f"trained {last - start} steps in {(time.monotonic() - began) / 60:.1f} minutes",
          flush=True)


def _validate(experiment, model, workdir):
    """Measures on the validation split as `tools/evaluate.py` does: a copy, alone, in float32."""
    def evaluate():
        copy = experiment.build_model(workdir.path)
        copy.set_weights(model.get_weights())
        return experiment.evaluate(copy, workdir.path, "validation", None, seed=0)
    return distribution.on_one_device(evaluate)
