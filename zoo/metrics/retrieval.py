"""Retrieval: at which rank does a query find its own partner in a gallery?"""

import numpy as np
from scipy.spatial import distance

# Distances that differ by less than this share of their scale are ties: the features come from
# single-precision networks, whose rounding depends on the row's place in the batch.
_TIE_TOLERANCE = 1e-6


def ranks(query, gallery, relevant=None, similarity="cosine"):
    """Rank of the right gallery row for each query; 0 is the best.

    A rank counts the wrong gallery rows that are at least as similar to the query as the best
    right row. Ties therefore count against the model: a constant output gets no credit.

    With captions as gallery and `recall_at_k(..., 1)` this is the R-precision of Xu et al. 2018,
    "AttnGAN", section 4.

    Args:
      query: float `(n, d)`.
      gallery: float `(m, d)`.
      relevant: bool `(n, m)`, True where a gallery row is right for a query, at least one a row.
        None means that row i of the gallery is the one right answer to query i; then `n == m`.
      similarity: "cosine" (an all-zero row is orthogonal to everything), or "negative_l2".

    Returns:
      int64 `(n,)` in `[0, m - 1]`.

    Raises:
      ValueError: shapes do not fit, a query has no right row, a feature is a NaN or an infinity,
        or `similarity` is unknown.
    """
    query, gallery = _check_features(query, gallery)
    relevant = _check_relevant(relevant, len(query), len(gallery))
    if similarity == "cosine":
        # Distances here too: the order is the same, and a distance still resolves two nearly
        # parallel rows, where the cosine is flat.
        cosine = _unit_rows(query) @ _unit_rows(gallery).T
        distances, scale = np.sqrt(np.maximum(2 - 2 * cosine, 0)), 1.0
    elif similarity == "negative_l2":
        distances, scale = distance.cdist(query, gallery), _spread(query, gallery)
    else:
        raise ValueError(f"similarity must be 'cosine' or 'negative_l2', got {similarity!r}.")
    best_right = np.where(relevant, distances, np.inf).min(axis=1, keepdims=True)
    at_least_as_near = distances <= best_right + _TIE_TOLERANCE * scale
    return np.count_nonzero(at_least_as_near & ~relevant, axis=1)


def recall_at_k(ranks, k):
    """Share of queries that find a right row among the `k` nearest (R@k).

    Args:
      ranks: int `(n,)`, 0 = best, as `ranks` returns them; `n >= 1`.
      k: int, at least 1.

    Returns:
      float in [0, 1]; chance is `k / m` for a gallery of `m` rows with one right row each.

    Raises:
      ValueError: `ranks` is empty or not a vector, or `k < 1`.
    """
    ranks = np.asarray(ranks)
    if ranks.ndim != 1 or ranks.size == 0:
        raise ValueError(f"ranks must be a non-empty vector, got shape {ranks.shape}.")
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}.")
    return float(np.mean(ranks < k))


def nearest(query, gallery, count):
    """The gallery rows nearest to each query, by Euclidean distance.

    Args:
      query: float `(n, d)`.
      gallery: iterable of float `(m, d)`: the gallery in blocks of any size, which are read once
        and not kept.
      count: int, rows wanted for each query; a smaller gallery gives all that it has.

    Returns:
      int64 `(n, count)`: places in the gallery, the nearest first.
      float64 `(n, count)`: their distances.

    Raises:
      ValueError: shapes do not fit, or a feature is a NaN or an infinity.
    """
    places = np.zeros((len(query), 0), np.int64)
    distances = np.zeros((len(query), 0))
    seen = 0
    for block in gallery:
        of_block = distance.cdist(*_check_features(query, block))
        block_places = np.broadcast_to(np.arange(seen, seen + len(block)), of_block.shape)
        seen += len(block)
        places = np.concatenate([places, block_places], axis=1)
        distances = np.concatenate([distances, of_block], axis=1)
        best = np.argsort(distances, axis=1, kind="stable")[:, :count]
        places = np.take_along_axis(places, best, axis=1)
        distances = np.take_along_axis(distances, best, axis=1)
    return places, distances


def _check_features(query, gallery):
    query = np.asarray(query, dtype=np.float64)
    gallery = np.asarray(gallery, dtype=np.float64)
    if query.ndim != 2 or gallery.ndim != 2 or query.shape[1] != gallery.shape[1]:
        raise ValueError(
            "query and gallery must be (n, d) and (m, d), "
            f"got shapes {query.shape} and {gallery.shape}."
        )
    if not (np.isfinite(query).all() and np.isfinite(gallery).all()):
        raise ValueError("query or gallery has a NaN or an infinity.")
    return query, gallery


def _check_relevant(relevant, num_queries, num_gallery):
    if relevant is None:
        if num_queries != num_gallery:
            raise ValueError(
                "Without relevant, query and gallery must have as many rows, "
                f"got {num_queries} and {num_gallery}."
            )
        return np.eye(num_queries, dtype=bool)
    relevant = np.asarray(relevant)
    if relevant.dtype != bool or relevant.shape != (num_queries, num_gallery):
        raise ValueError(
            f"relevant must be bool {(num_queries, num_gallery)}, "
            f"got {relevant.dtype} {relevant.shape}."
        )
    without = np.flatnonzero(~relevant.any(axis=1))
    if without.size:
        raise ValueError(f"Query {without[0]} has no right gallery row.")
    return relevant


def _unit_rows(features):
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    return np.divide(features, norms, out=np.zeros_like(features), where=norms > 0)


def _spread(query, gallery):
    """How far rows lie from the gallery's middle at most: the scale of the tie tolerance."""
    middle = gallery.mean(axis=0)
    return max(np.linalg.norm(rows - middle, axis=1).max() for rows in (query, gallery))
