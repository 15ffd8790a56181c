"""Evaluating a run: metrics as a table on screen and as eval.json on disk."""

import dataclasses

import keras

from zoo.core import experiment as experiment_lib
from zoo.core import measured, model_card, precision, runs, trainer
from zoo.core import settings as settings_lib
from zoo.core.workdir import Workdir


def evaluate(folder, registry, split, max_examples, seed, scratch):
    """Evaluates the run in `folder` and returns what is written to `eval.json`.

    Args:
        folder: a workdir or a shipped run.
        registry: `{model name: function from Settings to Experiment}`.
        split: name of a split.
        max_examples: int, or None for all.
        seed: seed of noise and bootstrap.
        scratch: `Workdir` that receives `eval.json`, and the evaluation's own models where there
            are none yet. It is the run's own unless the run is a shipped one.

    Raises:
        RequestError: a seed that is none, too few examples, or no such split.
    """
    settings_lib.check_evaluation(max_examples, seed)
    # One process measures, and trains what it lacks, however many trained the run.
    settings = dataclasses.replace(Workdir(folder).settings(), strategy="default")
    experiment = experiment_lib.build(settings, registry)
    trainer.finish_prerequisites(experiment.evaluation_prerequisites(), scratch, registry)
    with precision.float32():  # The encoders that measure too, whatever was trained before.
        experiment, model = runs.load_run(folder, registry)
        metrics = measured.strict(
            experiment.evaluate(model, scratch.path, split, max_examples, seed))
    results = {
        "model": experiment.settings.model,
        "dataset": experiment.settings.dataset,
        "split": split,
        "max_examples": max_examples,
        "seed": seed,
        "step": int(keras.ops.convert_to_numpy(model.step)),
        "metrics": metrics,
    }
    scratch.write_evaluation(results)
    scratch.write_model_card(model_card.render(experiment, model, metrics))
    return results


def table(results):
    """Returns the metrics of `evaluate` as text, a line each with its 95 % interval."""
    width = max(map(len, results["metrics"]))
    lines = [f"{results['model']} at step {results['step']}, {results['split']} split of "
             f"{results['dataset']}, seed {results['seed']}"]
    lines += [f"  {name:{width}}  {measured.shown(m['value']):>8}   "
              f"[{measured.shown(m['low'])}, {measured.shown(m['high'])}]"
              for name, m in results["metrics"].items()]
    return "\n".join(lines)
