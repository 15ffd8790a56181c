"""Do a judge's probabilities mean what they say?"""

import numpy as np
from scipy import optimize, special

_LARGEST_TEMPERATURE = 1e3


def fit(logits, labels):
    """Finds T and t that make sigmoid((logits - t) / T) most likely (Platt 1999).

    The temperature is that of Guo et al. 2017, section 4.2. The threshold is needed too: a judge
    that was trained against another player need not have its turning point at 0.

    Args:
        logits: float `(n,)`.
        labels: bool `(n,)`, some of each.

    Returns:
        `{"temperature": float in [0.001, 1000], "threshold": float}`; above 1 the judge was too
        sure of itself.
    """
    logits, signs = np.asarray(logits, np.float64), np.where(labels, 1.0, -1.0)

    def negative_log_likelihood(parameters):
        slope, offset = parameters
        return np.logaddexp(0, -signs * (slope * logits - offset)).mean()

    bounds = [(1 / _LARGEST_TEMPERATURE, _LARGEST_TEMPERATURE), (None, None)]
    slope, offset = optimize.minimize(
        negative_log_likelihood, (1.0, logits.mean()), method="L-BFGS-B", bounds=bounds).x
    return {"temperature": float(1 / slope), "threshold": float(offset / slope)}


def probabilities(logits, temperature, threshold):
    """Returns sigmoid((logits - threshold) / temperature), float64 `(n,)` in [0, 1]."""
    return special.expit((np.asarray(logits, np.float64) - threshold) / temperature)


def accuracy(probability, labels):
    """Returns the share of `(n,)` probabilities on the right side of 1/2, in [0, 1]."""
    return float(np.mean((np.asarray(probability) > 0.5) == labels))


def expected_calibration_error(probability, labels, num_bins=10):
    """Mean distance of confidence and accuracy over bins of confidence (Guo et al. 2017, eq. 3).

    Args:
        probability: `(n,)` of the label True, in [0, 1].
        labels: bool `(n,)`.
        num_bins: bins of equal width between the confidences 1/2 and 1.

    Returns:
        float in [0, 1]; 0: of the answers given with 80 % confidence 80 % are right.
    """
    probability, labels = np.asarray(probability), np.asarray(labels, bool)
    confidence = np.maximum(probability, 1 - probability)
    right = (probability > 0.5) == labels
    bins = np.minimum(((confidence - 0.5) * 2 * num_bins).astype(int), num_bins - 1)
    gaps = [abs(confidence[bins == i].mean() - right[bins == i].mean()) * np.mean(bins == i)
            for i in np.unique(bins)]
    return float(np.sum(gaps))
