"""Metrics as families return them, `{name: {"value", "low", "high", …}}`, for files and readers."""

import math

_KEYS = ("value", "low", "high")


def strict(metrics):
    """Returns metrics that strict JSON can hold: None, and a count, in the place of a NaN.

    Args:
        metrics: what `Experiment.evaluate` returns.

    Returns:
        the same with None for each value and limit that is not finite; what has no value has the
        "count" of the examples that it could be measured on, 0 where the family does not say.
    """
    found = {}
    for name, metric in metrics.items():
        numbers = {key: _finite(metric[key]) for key in _KEYS}
        without = {"count": 0} if numbers["value"] is None else {}
        found[name] = without | metric | numbers
    return found


def _finite(number):
    return None if number is None or not math.isfinite(number) else float(number)


def shown(number, digits=4):
    """Returns a number as text, a dash for None."""
    return "–" if number is None else f"{number:.{digits}f}"
