"""All that is measured of one config."""

import resource
import statistics

import keras
import tensorflow as tf

from zoo.benchmark import inference, peak, race
from zoo.benchmark.training import Training
from zoo.core.experiment import Experiment


def measure(settings, registry, num_pairs, num_steps):
    """Measures training and inference of a config.

    Args:
        settings: `Settings` with an unused `workdir`.
        registry: `{model name: function from Settings to Experiment}`.
        num_pairs: turns with the real pipeline, in alternation with as many on data in memory.
        num_steps: steps of a turn; calls of the exported model at each batch size.

    Returns:
        dict with `settings`; `parameters` by network; `compile_seconds`, the first step;
        `step_seconds` (median) and `examples_per_second` with the real pipeline;
        `step_seconds_in_memory` (median) on one batch again and again; `pipeline_cost`, the median
        of the ratios of a turn's step to that of the turn beside it in memory, with
        `lowest_pipeline_cost` and `highest_pipeline_cost`; `pipeline_over_step`, how many times
        the step's need the pipeline alone makes; `operations` of one step by kind, see
        `operations.count`; `operations_per_second`, of all kinds, in memory;
        `peak_operations_per_second` of this machine in the same precision, see `peak.measure`;
        `share_of_peak`, the ratio to each; `seconds_by_operation` of a step, see
        `profile.seconds_by_operation`; `peak_memory_mib`, the most that the process held while it
        trained; where there is a GPU `peak_gpu_memory_mib`, the most that TensorFlow used of the
        first; and `inference`, what `inference.measure` and `Experiment.measure_inference`
        return.
    """
    training = Training(settings, registry)
    turns = race.race(training.in_memory, training.with_pipeline, num_pairs, num_steps)
    in_memory, real = map(statistics.median, turns["step_seconds"])
    pipeline = training.seconds_per_batch(4 * num_steps)
    memory = _peak_memory_mib()
    operations = training.operations()
    rate = sum(operations.values()) / in_memory
    best = peak.measure(keras.config.dtype_policy().compute_dtype)
    experiment = training.experiment
    return {
        "settings": {**vars(experiment.settings), "hparams": dict(experiment.settings.hparams)},
        "parameters": training.parameters(),
        "compile_seconds": training.compile_seconds,
        "step_seconds": real,
        "examples_per_second": settings.batch_size / real,
        "step_seconds_in_memory": in_memory,
        "pipeline_cost": turns["ratio"],
        "lowest_pipeline_cost": turns["lowest_ratio"],
        "highest_pipeline_cost": turns["highest_ratio"],
        "pipeline_over_step": in_memory / pipeline,
        "operations": operations,
        "operations_per_second": rate,
        "peak_operations_per_second": best,
        "share_of_peak": {kind: rate / value for kind, value in best.items()},
        "seconds_by_operation": training.seconds_by_operation(num_steps),
        **memory,
        "inference": _inference(experiment, training.model, settings.workdir, num_steps),
    }


def _peak_memory_mib():
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB, on Linux.
    peak = {"peak_memory_mib": resident / 2**10}
    if tf.config.get_visible_devices("GPU"):
        used = tf.config.experimental.get_memory_info("GPU:0")
        peak["peak_gpu_memory_mib"] = used["peak"] / 2**20
    return peak


def _inference(experiment, model, folder, num_calls):
    measured = experiment.measure_inference(model)
    if type(experiment).serving_module is Experiment.serving_module:
        return measured  # It is not exported.
    return measured | inference.measure(experiment, model, folder, num_calls)
