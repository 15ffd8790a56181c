"""How far a metric would move with another draw of the same number of examples."""

import numpy as np


def bootstrap_interval(
    values_or_arrays, statistic=np.mean, num_resamples=1000, confidence=0.95, seed=0, unbias=False
):
    """Percentile bootstrap interval of a statistic, resampling rows with replacement.

    Several arrays are resampled with the same rows: row i of each belongs to example i, as the
    real and the fake picture of one caption do, so what varies is the draw of examples.

    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.

    A resample repeats rows, so a statistic that depends on the number of distinct rows, as the
    Fréchet distance does, lies higher on resamples than on the sample itself. `unbias` moves the
    interval by that difference of means (the bootstrap's estimate of bias, chapter 10).

    Args:
      values_or_arrays: one array `(n, ...)`, or a tuple of arrays with the same `n >= 1`.
      statistic: function of as many arrays as given, returning one number.
      num_resamples: int, at least 1.
      confidence: float in (0, 1).
      seed: int; equal seeds give equal intervals.
      unbias: True centres the interval on the statistic of the sample.

    Returns:
      `(low, high)`, two floats.

    Raises:
      ValueError: no rows, different numbers of rows, or an argument out of its range.
    """
    arrays = values_or_arrays if isinstance(values_or_arrays, tuple) else (values_or_arrays,)
    arrays = [np.asarray(array) for array in arrays]
    if any(array.ndim == 0 for array in arrays) or len({len(array) for array in arrays}) != 1:
        raise ValueError(
            "All arrays must have the same number of rows, "
            f"got shapes {[array.shape for array in arrays]}."
        )
    num_rows = len(arrays[0])
    if num_rows == 0:
        raise ValueError("There are no rows to resample.")
    if num_resamples < 1:
        raise ValueError(f"num_resamples must be at least 1, got {num_resamples}.")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}.")
    generator = np.random.default_rng(seed)
    estimates = []
    for _ in range(num_resamples):
        rows = generator.integers(num_rows, size=num_rows)
        estimates.append(statistic(*(array[rows] for array in arrays)))
    if unbias:
        estimates = np.array(estimates) - np.mean(estimates) + statistic(*arrays)
    tail = (1 - confidence) / 2
    low, high = np.quantile(estimates, [tail, 1 - tail])
    return float(low), float(high)


def with_interval(values_or_arrays, statistic, seed, num_resamples=1000, unbias=False):
    """A statistic with its 95 % bootstrap interval; arguments as of `bootstrap_interval`.

    Returns:
      `{"value", "low", "high"}`, floats: one metric as `Experiment.evaluate` returns them.
    """
    arrays = values_or_arrays if isinstance(values_or_arrays, tuple) else (values_or_arrays,)
    low, high = bootstrap_interval(
        arrays, statistic, num_resamples=num_resamples, seed=seed, unbias=unbias
    )
    return {"value": float(statistic(*arrays)), "low": low, "high": high}
