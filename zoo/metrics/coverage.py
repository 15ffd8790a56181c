"""How many of the right answers to a condition are ever drawn, and how different draws are."""

import numpy as np
from scipy.spatial import distance


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
