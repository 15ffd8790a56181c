"""Evaluated runs side by side, those that differ in the seed alone as one row."""

import dataclasses
import json
import os

import numpy as np

from zoo.core.hparams import nearest
from zoo.core.measured import shown
from zoo.core.settings import to_flags
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


def table(folders, metrics):
    """Returns a Markdown table of what `tools/evaluate.py` found in several runs.

    Args:
        folders: paths of workdirs, in the order of the rows.
        metrics: names of metrics, the columns.

    Returns:
        str: the mean and the sample standard deviation over the seeds of a row, or, of a single
        run, the value with its 95 % interval.

    Raises:
        RequestError: a run that has not been evaluated, or not on the same examples as the
            others, or lacks a metric.
    """
    rows, measured_on = {}, {}
    for workdir in map(Workdir, folders):
        settings = workdir.settings()
        results = _results(workdir)
        measured_on.setdefault(
            (results["dataset"], results["split"], results["max_examples"]), workdir.path)
        without_seed = to_flags(dataclasses.replace(settings, seed=0, workdir=""))
        rows.setdefault(without_seed, []).append(
            (workdir.path.name, settings.seed, [_metric(workdir, results, m) for m in metrics]))
    if len(measured_on) > 1:
        raise RequestError("not evaluated on the same examples: " + "; ".join(
            f"{path} on {split} of {dataset}, at most {count or 'all'}"
            for (dataset, split, count), path in measured_on.items()))
    lines = [["run", "seeds", *metrics], ["---"] * (2 + len(metrics))]
    for runs in rows.values():
        names, seeds, values = zip(*runs)
        lines.append([os.path.commonprefix(names).rstrip("_"), ", ".join(map(str, seeds)),
                      *map(_cell, zip(*values))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _results(workdir):
    if not workdir.evaluation_file.exists():
        raise RequestError(f"{workdir.path}: not evaluated yet; run tools/evaluate.py "
                           f"--workdir={workdir.path} first.")
    return json.loads(workdir.evaluation_file.read_text())


def _metric(workdir, results, name):
    if name not in results["metrics"]:
        raise RequestError(f"--metric={name}: not measured in {workdir.path}."
                           f"{nearest(name, results['metrics'])}")
    return results["metrics"][name]


def _cell(found):
    if len(found) == 1:
        value, low, high = (shown(found[0][key], 3) for key in ("value", "low", "high"))
        return f"{value} [{low}, {high}]"
    values = [each["value"] for each in found]
    if None in values:
        return shown(None)
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"
