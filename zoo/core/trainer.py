"""Training a run: new, resumed, or first the runs that it builds on."""

import contextlib
import dataclasses
import functools
import time

import keras
import tensorflow as tf

from zoo.core import callbacks, distribution, locate, model_card, precision, runs, xla
from zoo.core import experiment as experiment_lib
from zoo.core import settings as settings_lib
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
        RunFailed: the run diverged, or another worker has gone.
    """
    if not settings.workdir:
        raise RequestError("--workdir is missing: name a folder for the run.")
    experiment = experiment_lib.build(settings, registry)
    # Before anything reads data: TensorFlow lets workers find each other first, or not at all.
    strategy = distribution.make_strategy(experiment.settings.strategy)
    with distribution.losing_workers(strategy):
        _train_with(strategy, experiment, registry)


def _train_with(strategy, experiment, registry):
    settings = experiment.settings
    workdir = Workdir(settings.workdir)
    if settings.init_from:
        _check_source(settings, workdir)
    experiment.check_request()
    with strategy.scope():
        distribution.check_batch(settings.batch_size, settings.gradient_accumulation_steps)
        fingerprint, is_chief = experiment.data_fingerprint(), distribution.is_chief()
    with workdir.locked() if is_chief else contextlib.nullcontext():
        with strategy.scope():
            workdir.open(settings, fingerprint, experiment.defaults())
            distribution.wait_for_workers()
        _train(experiment, strategy, workdir, registry)


def _check_source(settings, workdir):
    """Refuses to start from a run that is not there, or that this one would delete first."""
    if not settings.overwrite and workdir.exists():
        return  # It goes on from its own checkpoints.
    source = Workdir(locate.run_folder(settings.init_from, "--init_from"))
    source.settings()
    if workdir.path.resolve() == source.path.resolve():
        raise RequestError(f"--init_from={settings.init_from}: is --workdir itself; name another "
                           "--workdir, and the run to start from stays as it is.")


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
        if len(set(distribution.of_every_worker(start))) > 1:
            raise RequestError(f"--workdir={workdir.path}: not every worker finds the same "
                               "checkpoints there; it must be on a file system that all share.")
        if start == 0 and settings.init_from:
            _take_over_weights(experiment, model)
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


def _take_over_weights(experiment, model):
    settings = experiment.settings
    source = locate.run_folder(settings.init_from, "--init_from")
    try:
        experiment.start_from(model, source, runs.restore_into)
    except RequestError as error:
        changed = settings_lib.differences(Workdir(source).settings(), settings)
        raise RequestError(f"--init_from={settings.init_from}: {error} Settings that differ: "
                           f"{'; '.join(changed) or 'none'}.") from None
    model.step.assign(0)


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
                lambda: _validate(experiment, model, workdir), checkpointer),
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
