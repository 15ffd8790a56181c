"""How fast an exported model answers."""

import pathlib
import statistics
import time

import tensorflow as tf

from zoo.core import export

BATCH_SIZES = (1, 8)


def measure(experiment, model, folder, num_calls):
    """Exports a model and times its signature `serving_default`.

    Args:
        experiment: `Experiment`.
        model: `AdversarialModel`.
        folder: path of an existing folder that receives the SavedModel.
        num_calls: calls to time at each batch size.

    Returns:
        {"seconds_batch_1": median seconds of a call with one example, "seconds_batch_8": with
        eight}.
    """
    module, path = experiment.serving_module(model), pathlib.Path(folder) / "exported"
    export.export(module, path, module.check_inputs())
    loaded = tf.saved_model.load(str(path))
    serve = loaded.signatures["serving_default"]
    example = experiment.typical_inputs(module)
    return {f"seconds_batch_{size}": _median_seconds(
        serve, _batch(serve, example, size), num_calls) for size in BATCH_SIZES}


def _batch(signature, example, size):
    """Repeats the first row of each argument that has rows."""
    specs = signature.structured_input_signature[1]
    return {name: tf.repeat(value[:1], size, axis=0)
            if specs[name].shape.rank and specs[name].shape[0] is None else value
            for name, value in example.items()}


def _median_seconds(serve, arguments, num_calls):
    seconds = []
    for _ in range(num_calls + 1):
        began = time.perf_counter()
        next(iter(serve(**arguments).values())).numpy()  # Waits until it is done.
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])  # The first traces what depends on the batch size.
