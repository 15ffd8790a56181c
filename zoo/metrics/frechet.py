"""The Fréchet distance between two sets of features (FID when they come from Inception)."""

import numpy as np


def frechet_distance(real_features, fake_features):
    """Fréchet distance between the Gaussians fitted to two sets of features.

    `|m - m_w|^2 + Tr(C + C_w - 2 (C C_w)^(1/2))`, with unbiased covariances. The value falls as
    the sets grow, so compare only values taken with the same number of rows.

    Source: Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule Converge to a Local
    Nash Equilibrium", eq. 6.

    Args:
      real_features: float `(n, d)`, `n >= 2`.
      fake_features: float `(m, d)`, `m >= 2`.

    Returns:
      float, at least 0, in squared units of the features. Equal sets give 0 up to rounding.

    Raises:
      ValueError: an argument is not a matrix of at least two rows, has a NaN or an infinity, or
        the two differ in `d`.
    """
    real = _check_features(real_features, "real_features")
    fake = _check_features(fake_features, "fake_features")
    if real.shape[1] != fake.shape[1]:
        raise ValueError(
            "real_features and fake_features differ in width: "
            f"{real.shape[1]} and {fake.shape[1]}."
        )
    mean_difference = real.mean(axis=0) - fake.mean(axis=0)
    # C = R'R of these.
    real_rows, fake_rows = (
        (each - each.mean(axis=0)) / np.sqrt(len(each) - 1) for each in (real, fake))
    distance = (
        mean_difference @ mean_difference
        + np.square(real_rows).sum()
        + np.square(fake_rows).sum()
        - 2 * _trace_of_root(real_rows, fake_rows)
    )
    return max(float(distance), 0.0)


def _trace_of_root(real_rows, fake_rows):
    """Returns Tr (C C_w)^(1/2)."""
    if max(len(real_rows), len(fake_rows)) < real_rows.shape[1]:
        # The sum of the singular values of R R_w', a smaller matrix.
        return np.linalg.svd(real_rows @ fake_rows.T, compute_uv=False).sum()
    # Also that of the root of the symmetric C^(1/2) C_w C^(1/2), whose eigenvalues are real; a
    # general matrix root can return complex ones when C is singular.
    real_root = _symmetric_root(real_rows.T @ real_rows)
    product = real_root @ (fake_rows.T @ fake_rows) @ real_root
    eigenvalues = np.linalg.eigvalsh((product + product.T) / 2)
    return np.sqrt(np.maximum(eigenvalues, 0)).sum()


def _check_features(features, name):
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2 or features.shape[0] < 2:
        raise ValueError(
            f"{name} must be a matrix of at least two rows, got shape {features.shape}."
        )
    if not np.isfinite(features).all():
        raise ValueError(f"{name} has a NaN or an infinity.")
    return features


def _symmetric_root(matrix):
    eigenvalues, eigenvectors = np.linalg.eigh(matrix)
    # Rounding can leave tiny negative eigenvalues in a covariance.
    return (eigenvectors * np.sqrt(np.maximum(eigenvalues, 0))) @ eigenvectors.T
