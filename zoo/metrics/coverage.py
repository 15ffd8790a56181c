"""How many of the right answers to a condition are ever drawn, and how different draws are."""

import numpy as np
from scipy.spatial import distance

from zoo.metrics import bootstrap
from zoo.metrics import image as image_metrics


def coverage(right, draws):
    """Returns the share of the right answers that are the nearest one to at least one draw.

    It says nothing of how near: draws that are right of nothing are spread over the answers too. So
    it goes with a measure of rightness.

    Args:
      right: float `(k, d)`, features of the right answers, k >= 1.
      draws: float `(n, d)`, of what a generator drew for the same condition, n >= 1.

    Returns:
      float in (0, 1]: 1 / k where all draws are alike.

    Raises:
      ValueError: they are no matrices of one width with a row each.
    """
    right, draws = np.asarray(right, np.float64), np.asarray(draws, np.float64)
    if right.ndim != 2 or draws.ndim != 2 or right.shape[1:] != draws.shape[1:] or not (
            len(right) and len(draws)):
        raise ValueError("right and draws must be matrices of one width with at least one row, got "
                         f"shapes {right.shape} and {draws.shape}.")
    nearest = distance.cdist(draws, right).argmin(axis=1)
    return len(set(nearest.tolist())) / len(right)


def ideal_coverage(num_right, num_draws):
    """Returns what is expected of draws that are any right answer with equal probability.

    1 - (1 - 1 / k)^n; with 8 right answers and 16 draws 0.882.
    """
    return 1.0 - (1.0 - 1.0 / num_right) ** num_draws


def measure(right, draws, seed):
    """Measures how many of the right answers to several conditions are drawn.

    Args:
      right: list with float `(k, d)` for each condition, features of its right answers.
      draws: list likewise with float `(n, d)`, of what was drawn, n the same for all.
      seed: seed of the bootstrap, over conditions.

    Returns:
      `{metric: {"value", "low", "high"}}`: `coverage`, its `ideal_coverage`, and `diversity_ratio`,
      the mean distance of two draws over that of two right answers; as a control that is to fail
      `one_picture_coverage` and `one_picture_diversity_ratio`, of the first draw again and again.
    """
    ideal = ideal_coverage(np.array([len(true) for true in right]), len(draws[0]))
    control = _coverage_and_diversity(
        right, [each[:1].repeat(len(each), axis=0) for each in draws], seed)
    return (_coverage_and_diversity(right, draws, seed)
            | {f"one_picture_{name}": result for name, result in control.items()}
            | {"ideal_coverage": bootstrap.with_interval(ideal, np.mean, seed)})


def _coverage_and_diversity(right, draws, seed):
    pairs = list(zip(right, draws, strict=True))
    covered = np.array([coverage(*pair) for pair in pairs])
    spread = np.array([[image_metrics.mean_pairwise_distance(each) for each in pair]
                       for pair in pairs])
    return {"coverage": bootstrap.with_interval(covered, np.mean, seed),
            "diversity_ratio": bootstrap.with_interval(
                spread, lambda rows: rows[:, 1].mean() / rows[:, 0].mean(), seed)}
