"""The kernel distance between two sets of features (KID when they come from Inception)."""

import numpy as np

_BLOCK = 1000  # Rows compared with one another; the subsets of the paper's code.


def kernel_distance(
    real_features, fake_features, seed=0, clusters=None, scale=None, num_resamples=1000
):
    """Squared maximum mean discrepancy, `k(x, y) = (g x · y + 1)^3`, with its 95 % interval.

    Unbiased, so that it does not depend on the number of rows as the Fréchet distance does, and
    lies below 0 as often as above where both sets come from one distribution.

    Row i of both sets belongs to one example, so the estimate is the U-statistic that compares
    rows of *different* examples alone (Gretton et al. 2012, "A Kernel Two-Sample Test", eq. 4).
    Of more than 1,000 rows it is the mean over blocks of at most about so many.

    Source: Bińkowski et al. 2018, "Demystifying MMD GANs", section 4.

    Args:
      real_features: float `(n, d)`.
      fake_features: float `(n, d)`.
      seed: int, of the blocks and of the bootstrap.
      clusters: labels `(n,)` of the examples, see `bootstrap.bootstrap_interval`; None: each row
        is one.
      scale: g; None: 1 / d, as in the paper, for features of Inception's size. Features of unit
        length, d times as small, need 1.
      num_resamples: int, of the bootstrap over examples.

    Returns:
      `{"value", "low", "high"}`, floats.

    Raises:
      ValueError: the two are not finite matrices of one shape with rows of two examples or more.
    """
    real = np.asarray(real_features, np.float64)
    fake = np.asarray(fake_features, np.float64)
    if real.ndim != 2 or real.shape != fake.shape:
        raise ValueError("real_features and fake_features must be matrices of one shape, got "
                         f"{real.shape} and {fake.shape}.")
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("real_features or fake_features has a NaN or an infinity.")
    _, labels = np.unique(
        np.arange(len(real)) if clusters is None else clusters, return_inverse=True)
    num_examples = int(labels.max()) + 1 if len(labels) else 0
    if num_examples < 2:
        raise ValueError(f"A kernel distance needs two examples, got {num_examples}.")
    random = np.random.default_rng(seed)
    num_blocks = min(-(-len(real) // _BLOCK), num_examples // 2)
    root = np.sqrt(1 / real.shape[1] if scale is None else scale)
    real, fake = real * root, fake * root
    estimates = [_block(real, fake, labels, block, random, num_resamples)
                 for block in np.array_split(random.permutation(num_examples), num_blocks)]
    value, *resampled = np.mean(estimates, axis=0)
    low, high = np.nanquantile(resampled, [0.025, 0.975])
    return {"value": float(value), "low": float(low), "high": float(high)}


def _block(real, fake, labels, examples, random, num_resamples):
    """Returns the estimate from some examples, and those of their resamples, float `(1 + r,)`."""
    rows = np.flatnonzero(np.isin(labels, examples))
    rows = rows[np.argsort(labels[rows], kind="stable")]
    _, starts, sizes = np.unique(labels[rows], return_index=True, return_counts=True)
    of_rows = np.add.reduceat(_differences(real[rows], fake[rows]), starts, axis=0)
    between = np.add.reduceat(of_rows, starts, axis=1)
    pairs = np.outer(sizes, sizes).astype(np.float64)
    for matrix in (between, pairs):
        np.fill_diagonal(matrix, 0.0)
    count = len(examples)
    weights = np.concatenate([
        np.ones((1, count)), random.multinomial(count, np.full(count, 1 / count), num_resamples)])
    sums, counts = (((weights @ matrix) * weights).sum(axis=1) for matrix in (between, pairs))
    # A resample of one example alone, drawn again and again, has no pair.
    return np.divide(sums, counts, where=counts > 0, out=np.full(len(sums), np.nan))


def _differences(real, fake):
    """k(x, x') + k(y, y') - k(x, y') - k(x', y) for all pairs of rows, `(n, n)`."""
    def kernel(one, other):
        return (one @ other.T + 1.0) ** 3
    across = kernel(real, fake)
    return kernel(real, real) + kernel(fake, fake) - across - across.T
