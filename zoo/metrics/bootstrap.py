"""How far a metric would move with another draw of the same number of examples."""

import numpy as np
import scipy.stats

_BATCH = 50  # Resamples whose rows are in memory at a time.


def bootstrap_interval(
    values_or_arrays,
    statistic=np.mean,
    num_resamples=1000,
    confidence=0.95,
    seed=0,
    unbias=False,
    clusters=None,
):
    """Percentile bootstrap interval of a statistic, resampling rows with replacement.

    Several arrays are resampled with the same rows: row i of each belongs to example i, as the
    real and the fake picture of one caption do, so what varies is the draw of examples. Rows of
    one cluster (one recording at several noise levels, the frames of one clip) are drawn together
    or not at all: they are no further evidence (Davison and Hinkley 1997, section 3.8).

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
      clusters: labels `(n,)`, equal for rows that are drawn together; None: each row by itself.

    Returns:
      `(low, high)`, two floats; of a single row or cluster twice the statistic.

    Raises:
      ValueError: no rows, different numbers of rows, or an argument out of its range.
    """
    arrays = values_or_arrays if isinstance(values_or_arrays, tuple) else (values_or_arrays,)
    arrays = [np.asarray(array) for array in arrays]
    labels = [] if clusters is None else [np.asarray(clusters)]
    shapes = [array.shape for array in arrays + labels]
    if () in shapes or len({shape[0] for shape in shapes}) != 1:
        raise ValueError(f"All arrays must have the same number of rows, got shapes {shapes}.")
    if shapes[0][0] == 0:
        raise ValueError("There are no rows to resample.")
    if num_resamples < 1:
        raise ValueError(f"num_resamples must be at least 1, got {num_resamples}.")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}.")
    members = _members(*labels) if labels else np.arange(shapes[0][0])[:, None]
    if len(members) == 1:
        return (float(statistic(*arrays)),) * 2

    def of_draw(drawn):
        rows = np.concatenate([members[i] for i in drawn]) if labels else drawn
        return float(statistic(*(array[rows] for array in arrays)))

    drawn = scipy.stats.bootstrap(
        (np.arange(len(members)),), of_draw, vectorized=False, n_resamples=num_resamples,
        batch=_BATCH, confidence_level=confidence, method="percentile",
        rng=np.random.default_rng(seed),
    )
    shift = statistic(*arrays) - drawn.bootstrap_distribution.mean() if unbias else 0.0
    low, high = drawn.confidence_interval
    return float(low + shift), float(high + shift)


def _members(labels):
    """Returns the rows of each cluster, in the order in which the clusters come."""
    _, first, cluster = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))[cluster]
    return np.split(np.argsort(order, kind="stable"), np.cumsum(np.bincount(order))[:-1])


def with_interval(
    values_or_arrays, statistic, seed, num_resamples=1000, unbias=False, clusters=None
):
    """A statistic with its 95 % bootstrap interval; arguments as of `bootstrap_interval`.

    Returns:
      `{"value", "low", "high"}`, floats: one metric as `Experiment.evaluate` returns them.
    """
    arrays = values_or_arrays if isinstance(values_or_arrays, tuple) else (values_or_arrays,)
    low, high = bootstrap_interval(
        arrays, statistic, num_resamples=num_resamples, seed=seed, unbias=unbias,
        clusters=clusters,
    )
    return {"value": float(statistic(*arrays)), "low": low, "high": high}


def mean_with_interval(values, seed, clusters=None):
    """The mean of those rows that have a value, its 95 % interval, and how many they are.

    Args:
      values: float `(n,)`; a NaN says that the metric is not defined for a row.
      seed: int, of the bootstrap.
      clusters: labels `(n,)`, see `bootstrap_interval`.

    Returns:
      `{"value", "low", "high", "count"}`: floats, None where no row has a value; int.
    """
    has_value = ~np.isnan(values)
    count = int(has_value.sum())
    if not count:
        return unmeasured(count)
    of_rows = None if clusters is None else np.asarray(clusters)[has_value]
    return with_interval(values[has_value], np.mean, seed, clusters=of_rows) | {"count": count}


def unmeasured(count):
    """Returns a metric without a value, which `count` examples were too few for."""
    return {"value": None, "low": None, "high": None, "count": count}
