import numpy as np
import pytest

from zoo.metrics.retrieval import nearest, ranks, recall_at_k

GALLERY = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])


def test_ranks_by_hand():
    # Cosines to the gallery: (0.8, 0.6, -0.8), (0.8, 0.6, -0.8), (0, 1, 0).
    query = np.array([[0.8, 0.6], [0.8, 0.6], [0.0, 5.0]])
    result = ranks(query, GALLERY)
    # The last query is as near to the wrong row 0 as to the right row 2: the tie counts.
    np.testing.assert_array_equal(result, [0, 1, 2])
    assert result.dtype == np.int64


def test_negative_l2_heeds_length_and_cosine_does_not():
    gallery = np.array([[1.0, 0.0], [9.0, 1.0]])
    query = np.array([[8.0, 0.0], [8.0, 0.0]])
    np.testing.assert_array_equal(ranks(query, gallery, similarity="cosine"), [0, 1])
    np.testing.assert_array_equal(ranks(query, gallery, similarity="negative_l2"), [1, 0])


@pytest.mark.parametrize("similarity", ["cosine", "negative_l2"])
def test_constant_gallery_gets_no_credit(similarity):
    generator = np.random.default_rng(0)
    query = generator.normal(size=(50, 64))
    # Rounding that depends on the row, as a network gives in single precision.
    gallery = np.ones((50, 64)) + 1e-7 * generator.normal(size=(50, 64))
    np.testing.assert_array_equal(ranks(query, gallery, similarity=similarity), [49] * 50)


def test_constant_query_finds_one_row_only():
    gallery = np.random.default_rng(0).normal(size=(20, 8))
    result = ranks(np.ones((20, 8)), gallery)
    np.testing.assert_array_equal(np.sort(result), np.arange(20))


@pytest.mark.parametrize("similarity", ["cosine", "negative_l2"])
def test_tells_near_duplicates_apart(similarity):
    gallery = np.array([[1.0, 0.0], [1.0, 1e-4], [1.0, 2e-4]])
    np.testing.assert_array_equal(ranks(gallery, gallery, similarity=similarity), [0, 0, 0])


def test_zero_rows_are_orthogonal_to_everything():
    gallery = np.array([[0.0, 0.0], [1.0, 1.0]])
    query = np.array([[1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(ranks(query, gallery), [1, 0])
    np.testing.assert_array_equal(ranks(np.zeros((2, 2)), gallery), [1, 1])


def test_several_right_rows_count_by_the_best():
    relevant = np.array([[False, True, True], [False, False, True]])
    # Order of the gallery for both queries: row 0, row 1, row 2.
    query = np.array([[0.8, 0.6], [0.8, 0.6]])
    np.testing.assert_array_equal(ranks(query, GALLERY, relevant), [1, 2])


def test_right_rows_that_tie_do_not_count_against_each_other():
    gallery = np.ones((4, 2))
    relevant = np.array([[True, True, True, False]])
    np.testing.assert_array_equal(ranks(np.ones((1, 2)), gallery, relevant), [1])


def test_recall_at_k():
    assert recall_at_k(np.array([0, 1, 2, 5]), 1) == 0.25
    assert recall_at_k(np.array([0, 1, 2, 5]), 3) == 0.75
    assert recall_at_k([0, 1, 2, 5], 6) == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((GALLERY[:2], GALLERY), "must have as many rows, got 2 and 3"),
        ((GALLERY, np.ones((3, 5))), r"got shapes \(3, 2\) and \(3, 5\)"),
        ((GALLERY, GALLERY * np.nan), "NaN"),
        ((GALLERY, GALLERY, np.ones((3, 3))), "must be bool"),
        ((GALLERY, GALLERY, np.tri(3, k=-1) > 0), "Query 0 has no right gallery row"),
        ((GALLERY, GALLERY, None, "dot"), "got 'dot'"),
    ],
)
def test_ranks_rejects(arguments, message):
    with pytest.raises(ValueError, match=message):
        ranks(*arguments)


@pytest.mark.parametrize(("values", "k"), [([], 1), ([[0]], 1), ([0], 0)])
def test_recall_rejects(values, k):
    with pytest.raises(ValueError, match="must be"):
        recall_at_k(values, k)


PLANE = np.array([[0, 0], [3, 4], [0, 1], [6, 8], [1, 0]], float)


@pytest.mark.parametrize("sizes", [(5,), (2, 2, 1), (1, 1, 1, 1, 1)])
def test_nearest_by_hand_however_the_gallery_is_cut(sizes):
    blocks = iter(np.split(PLANE, np.cumsum(sizes)[:-1]))
    places, distances = nearest(np.array([[3.0, 4.0], [0.0, 3.0]]), blocks, count=2)
    assert places[0, 0] == 1 and places[1].tolist() == [2, 0]
    np.testing.assert_allclose(distances, [[0, np.sqrt(18)], [2, 3]], atol=1e-6)


def test_nearest_in_a_small_gallery_gives_all_of_it():
    places, distances = nearest(PLANE[:1], [PLANE[3:]], count=3)
    assert places.tolist() == [[1, 0]]
    np.testing.assert_allclose(distances, [[1, 10]])


def test_nearest_rejects_features_of_other_widths():
    with pytest.raises(ValueError, match="shapes"):
        nearest(PLANE, [np.zeros((2, 3))], count=1)
