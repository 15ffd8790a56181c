"""Do generated results lie where true ones do, and wherever they do?"""

import numpy as np
from scipy.spatial import distance

from zoo.metrics import bootstrap

NEIGHBOURS = 5
_NAMES = ("manifold_precision", "manifold_recall", "manifold_density", "manifold_coverage")


def of_rows(real, fake, k=NEIGHBOURS):
    """Returns what each row adds to precision, recall, density and coverage, which are the means.

    Every row has a ball around it that reaches to the k-th nearest other row of its own set.
    Precision and recall (Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric for
    Assessing Generative Models", section 2): the share of fake rows within a ball of a real one,
    and of real rows within a ball of a fake one. Density and coverage (Naeem et al. 2020, "Reliable
    Fidelity and Diversity Metrics for Generative Models", section 3): in how many real balls a fake
    row is, divided by k, and the share of real balls with a fake row in them. Of two draws from one
    distribution the density is 1 in expectation, and with as many rows each the coverage about
    1 - 2^-k: 0.97 for k = 5.

    The package `prdc` has the same four, and asks for scikit-learn to compute the distances that
    SciPy computes here; it has had no release since 2020.

    Args:
        real: float `(n, d)`, n > k.
        fake: float `(m, d)`, m > k.
        k: int, at least 1; 5 in Naeem et al.

    Returns:
        `{"manifold_precision": float64 (m,), "manifold_recall": (n,), "manifold_density": (m,),
        "manifold_coverage": (n,)}`: 0 or 1, the density in [0, n / k].

    Raises:
        ValueError: they are no finite matrices of one width with more than k rows each.
    """
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1:] != fake.shape[1:] or not (
            len(real) > k >= 1 and len(fake) > k):
        raise ValueError(f"real and fake must be matrices of one width with more than k={k} rows, "
                         f"got shapes {real.shape} and {fake.shape}.")
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("real or fake has a NaN or an infinity.")
    between = distance.cdist(real, fake)
    in_real = between <= _radii(real, k)[:, None]
    in_fake = between <= _radii(fake, k)[None, :]
    values = (in_real.any(axis=0), in_fake.any(axis=1), in_real.sum(axis=0) / k,
              in_real.any(axis=1))
    return {name: value.astype(np.float64) for name, value in zip(_NAMES, values, strict=True)}


def measure(real, fake, seed, k=NEIGHBOURS):
    """Returns the four of `of_rows`, each `{"value", "low", "high"}` with a 95 % interval.

    The bootstrap draws rows whose balls stay as they are: a row drawn twice would be its own
    neighbour. Without values, and with a "count", where a set does not have more than k rows or
    the two differ in size, as these measures depend on both sizes.
    """
    if len(real) != len(fake) or len(real) <= k:
        return dict.fromkeys(_NAMES, bootstrap.unmeasured(min(len(real), len(fake))))
    return {name: bootstrap.with_interval(values, np.mean, seed)
            for name, values in of_rows(real, fake, k).items()}


def _radii(rows, k):
    """Returns the distance of each row to its k-th nearest other one, `(n,)`."""
    return np.partition(distance.squareform(distance.pdist(rows)), k, axis=1)[:, k]
