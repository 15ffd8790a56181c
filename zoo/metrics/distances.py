"""How far generated results lie from the true ones, as sets of features."""

import numpy as np

from zoo.metrics import bootstrap
from zoo.metrics.frechet import frechet_distance
from zoo.metrics.kernel import kernel_distance


def distances(real, fake, seed, num_resamples=50, clusters=None, scale=None):
    """Returns the Fréchet and the kernel distance of two sets of features.

    Args:
        real, fake: float `(n, d)`; row i of both belongs to one example.
        seed: int, of the bootstrap.
        num_resamples: of the Fréchet distance.
        clusters: labels `(n,)`, see `bootstrap.bootstrap_interval`.
        scale: see `kernel_distance`; 1 for features of unit length.

    Returns:
        `{"frechet_distance", "kernel_distance"}`, each `{"value", "low", "high"}` with a 95 %
        interval; without values, and with a "count", where there are not two examples.
    """
    count = len(real) if clusters is None else len(set(np.asarray(clusters).tolist()))
    if count < 2:
        return dict.fromkeys(("frechet_distance", "kernel_distance"), bootstrap.unmeasured(count))
    return {
        "frechet_distance": bootstrap.with_interval(
            (real, fake), frechet_distance, seed, num_resamples, unbias=True, clusters=clusters),
        "kernel_distance": kernel_distance(real, fake, seed, clusters, scale),
    }


def others(available, count, seed):
    """Draws other true examples for `real_against_real`, as many as are measured.

    Args:
        available: how many there are, for instance in the training split.
        count: how many are measured.
        seed: int.

    Returns:
        int `(min(count, available),)`, distinct and sorted.
    """
    random = np.random.default_rng(seed)
    return np.sort(random.permutation(available)[:count])


def real_against_real(real, other, seed, **options):
    """Returns what true examples themselves have: no model can be told to be nearer than that.

    Args:
        real: float `(n, d)`, those that generated ones are compared with.
        other: float `(m, d)`, of as many other true examples.
        seed, options: as of `distances`.

    Returns:
        as `distances`, each name with `real_against_real_` before it; without values, and with
        the "count" m, where m is less than n, since a Fréchet distance falls with the number.
    """
    found = (distances(real, other, seed, **options) if len(other) == len(real)
             else dict.fromkeys(("frechet_distance", "kernel_distance"),
                                bootstrap.unmeasured(len(other))))
    return {f"real_against_real_{name}": result for name, result in found.items()}
