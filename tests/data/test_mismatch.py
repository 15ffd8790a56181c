import functools
import itertools

import numpy as np
import pytest

from zoo.data.mismatch import MismatchSampler
from zoo.data.text import Tokenizer, build_vocabulary
from zoo.datasets.openmoji.captions import captions_of_each
from zoo.errors import RequestError

MAN, WOMAN = "man farmer dark skin tone", "woman farmer dark skin tone"


def sampler_of(captions, *args, **kwargs):
    every = [*itertools.chain.from_iterable(captions), MAN, WOMAN, "word house"]
    return MismatchSampler(captions, Tokenizer(build_vocabulary(every)), *args, **kwargs)


class Scripted:
    """Draws given numbers."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def integers(self, high):
        assert 0 <= self.numbers[0] < high
        return self.numbers.pop(0)


@functools.cache
def openmoji_captions():
    return [captions for captions in captions_of_each().values() if captions]


def word_set(caption):
    return " ".join(sorted(set(caption.lower().split())))


@pytest.mark.parametrize(
    "caption", ["red heart", "RED Heart", "heart red", " heart  red heart ", "Love"])
def test_case_order_and_repetition_of_words_make_no_difference(caption):
    sampler = sampler_of([("Red heart", "love"), ("heart",)])
    assert sampler.collides(caption, 0)
    assert not sampler.collides(caption, 1)


@pytest.mark.parametrize(
    ("max_similarity", "collides"), [(0.6, True), (4 / 6, False), (0.7, False), (1.0, False)])
def test_largest_similarity_by_hand(max_similarity, collides):
    # Farmer, dark, skin, tone out of these, man and woman: 4 of 6.
    sampler = sampler_of([(MAN,)], max_similarity)
    assert sampler.collides(WOMAN, 0) == collides
    assert sampler.collides(MAN, 0)


def test_at_similarity_0_no_word_may_be_shared():
    sampler = sampler_of([("red heart",), ("blue square",)], max_similarity=0.0)
    assert sampler.collides("a red house", 0)
    assert not sampler.collides("a red house", 1)


def test_any_caption_of_an_example_can_collide():
    sampler = sampler_of([("smile", "joy", WOMAN)], max_similarity=0.6)
    assert sampler.collides(MAN, 0)


def test_captions_without_words_collide():
    assert sampler_of([("",)]).collides(" ", 0)
    assert not sampler_of([("",)]).collides("word", 0)


@pytest.mark.parametrize(("max_length", "collides"), [(3, True), (4, False)])
def test_what_is_cut_off_makes_no_mismatch(max_length, collides):
    tokenizer = Tokenizer(("a", "very", "long", "dog", "cat"), max_length)
    sampler = MismatchSampler([("a very long dog",)], tokenizer)
    assert sampler.collides("a very long cat", 0) == collides


def test_words_that_the_network_does_not_know_make_no_mismatch():
    sampler = MismatchSampler([("red zebra",), ("red",)], Tokenizer(("red",)))
    assert sampler.collides("red giraffe", 0)
    assert not sampler.collides("red giraffe", 1)


def test_symbols_make_a_mismatch_where_the_network_knows_them():
    captions = [("red ❤",), ("red 💙",)]
    assert not sampler_of(captions).collides("red ❤", 1)
    assert MismatchSampler(captions, Tokenizer(("red",))).collides("red ❤", 1)


def test_drawing_an_example_counts_the_rejections():
    sampler = sampler_of([("a",), ("b", "a"), ("c",)])
    assert sampler.draw_example("a", Scripted(1, 0, 1, 2)) == (2, 3)
    assert sampler.draw_example("b", Scripted(0)) == (0, 0)


def test_drawing_a_caption_counts_the_rejections():
    sampler = sampler_of([("a",), ("b", "a"), ("c",)])
    # Pairs of example and caption.
    assert sampler.draw_caption([0], Scripted(1, 1, 0, 0, 1, 0)) == ("b", 2)
    assert sampler.draw_caption([1], Scripted(2, 0)) == ("c", 0)


def test_every_right_answer_can_be_drawn():
    sampler = sampler_of([("a",), ("b",), ("c",), ("a", "d")])
    random = np.random.default_rng(0)
    assert {sampler.draw_example("a", random)[0] for _ in range(100)} == {1, 2}
    assert {sampler.draw_caption([0], random)[0] for _ in range(100)} == {"b", "c", "d"}


def test_equal_captions_everywhere_are_a_wrong_request():
    sampler = sampler_of([("same thing",), ("thing same", "other")], max_draws=20)
    with pytest.raises(RequestError, match="no wrong partner found for 'same thing' in 20 draws"):
        sampler.draw_example("same thing", np.random.default_rng(0))
    sampler = sampler_of([("same thing",), ("thing same",)], max_draws=20)
    with pytest.raises(RequestError, match="no wrong partner found for 'thing same' in 20 draws"):
        sampler.draw_caption([1], np.random.default_rng(0))


def test_draws_depend_on_the_generators_seed_alone():
    def draws(seed):
        random = np.random.default_rng(seed)
        examples = [sampler.draw_example("grinning face", random) for _ in range(10)]
        return examples, [sampler.draw_caption([7], random) for _ in range(10)]

    sampler = sampler_of(openmoji_captions(), 0.6)
    first = draws(0)
    assert draws(1) != first
    assert draws(0) == first


@pytest.mark.parametrize("max_similarity", [1.0, 0.6])
def test_no_wrong_partner_is_right_in_openmoji(max_similarity):
    captions = openmoji_captions()
    word_sets = [{word_set(caption) for caption in each} for each in captions]
    sampler = sampler_of(captions, max_similarity)
    random = np.random.default_rng(0)
    rejections = 0
    for _ in range(2000):
        index = random.integers(len(captions))
        caption = captions[index][random.integers(len(captions[index]))]
        wrong, rejected = sampler.draw_example(caption, random)
        assert word_set(caption) not in word_sets[wrong]
        rejections += rejected
        wrong, rejected = sampler.draw_caption([index], random)
        assert word_set(wrong) not in word_sets[index]
        rejections += rejected
    assert rejections > 0
