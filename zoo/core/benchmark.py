"""How fast a training step is, and whether the input pipeline keeps up with it."""

import functools
import itertools
import resource
import statistics
import time

import keras

from zoo.core import distribution, trainer
from zoo.core import experiment as experiment_lib
from zoo.core.workdir import Workdir


def benchmark(settings, registry, num_steps):
    """Times training steps in an empty workdir.

    Args:
        settings: `Settings` with an unused `workdir`.
        registry: `{model name: function from Settings to Experiment}`.
        num_steps: steps to time.

    Returns:
        dict: `compile_seconds`, the first step; `step_seconds` (median) and `examples_per_second`
        with the real pipeline; `step_seconds_in_memory`, on one batch again and again;
        `pipeline_examples_per_second`, the pipeline alone; `pipeline_over_step`, how many times
        the step's need that is; `peak_memory_mib` of the process; and what the family measures
        of inference, see `Experiment.measure_inference`.
    """
    experiment = experiment_lib.build(settings, registry)
    workdir = Workdir(settings.workdir)
    with distribution.make_strategy(settings.strategy).scope():
        workdir.open(experiment.settings)
        trainer.finish_prerequisites(experiment.training_prerequisites(), workdir, registry)
        keras.utils.set_random_seed(settings.seed)
        keras.config.set_dtype_policy(settings.precision)
        experiment.prepare(workdir.path)
        data = experiment.training_data(workdir.path)
        model = experiment.build_model(workdir.path)
        model.compile(**experiment.build_optimizers(), jit_compile=settings.jit_compile)
        dataset = distribution.distribute(functools.partial(data.dataset, 0))
        model.make_train_function()

        def step(iterator):
            float(model.train_function(iterator)["g_loss"])  # Waits until the step is done.

        began = time.perf_counter()
        step(iter(dataset))
        compile_seconds = time.perf_counter() - began
        real = _median_seconds(step, iter(dataset), num_steps)
        repeated = itertools.repeat(next(iter(dataset)))
        in_memory = _median_seconds(step, repeated, num_steps)
        pipeline = _seconds_per_batch(iter(dataset), num_steps)
        inference = experiment.measure_inference(model)
    return {
        "compile_seconds": compile_seconds,
        "step_seconds": real,
        "examples_per_second": settings.batch_size / real,
        "step_seconds_in_memory": in_memory,
        "pipeline_examples_per_second": settings.batch_size / pipeline,
        "pipeline_over_step": real / pipeline,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **inference,
    }


def _median_seconds(step, iterator, num_steps):
    step(iterator)  # The first also starts the pipeline.
    seconds = []
    for _ in range(num_steps):
        began = time.perf_counter()
        step(iterator)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _seconds_per_batch(iterator, num_batches):
    """Seconds a batch over all: single batches wait in the prefetch buffer or do not."""
    next(iterator)
    began = time.perf_counter()
    for _ in range(4 * num_batches):
        next(iterator)
    return (time.perf_counter() - began) / (4 * num_batches)
