import numpy as np

from zoo.data.neighbours import NearestCaptions

CAPTIONS = ["woman farmer dark skin tone", "woman farmer light skin tone",
            "man farmer dark skin tone", "woman cook dark skin tone", "red heart", "farmer",
            "violin"]


def test_nearest_share_most_words_and_never_include_the_example():
    # The rarest word is "dark" (3 holders, first in the alphabet): 2 and 3 hold it, 4 of 6 words
    # in common.
    assert NearestCaptions(CAPTIONS, num_words=1).of(0) == (2, 3)


def test_more_rare_words_find_more():
    # "dark", "woman" and "farmer": 1 (4 of 6) comes in, and 5 (1 of 5) behind it.
    assert NearestCaptions(CAPTIONS, num_words=3).of(0) == (1, 2, 3, 5)


def test_count_limits():
    assert NearestCaptions(CAPTIONS, count=1).of(0) == (1,)


def test_an_example_like_no_other_has_none():
    assert NearestCaptions(CAPTIONS).of(6) == ()


def test_equal_captions_are_no_neighbours_and_stand_once_among_others():
    captions = ["red rose", "red rose", "rose red", "yellow rose", "yellow rose", "violin"]
    near = NearestCaptions(captions, count=1)
    assert near.of(0) in ((3,), (4,)) and near.of(3) in ((0,), (1,), (2,))
    assert {near.of(index) for index in (0, 1)} == {(3,), (4,)}
    assert NearestCaptions(captions).of(2) == (3, 4)


def test_of_many_captions_with_a_word_only_so_many_are_compared():
    # All share one word and are equally near; every 25th is compared.
    near = NearestCaptions([f"shared {i}" for i in range(500)], count=3, limit=20)
    assert near.of(7) == (0, 25, 50)


def test_several_at_once_have_what_each_has():
    near = NearestCaptions(CAPTIONS, count=3)
    expected = [[*near.of(index), -1, -1, -1][:3] for index in (6, 0, 5, 0)]
    for _ in range(2):  # Looked up, and kept.
        np.testing.assert_array_equal(near.of_each(np.array([6, 0, 5, 0])), expected)
    assert near.of_each(np.array([], int)).shape == (0, 3)
