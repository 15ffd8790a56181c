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
