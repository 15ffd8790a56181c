import functools
import itertools

import numpy as np
import pytest

from zoo.data.caption_table import CaptionTable
from zoo.data.mismatch import MismatchSampler
from zoo.data.text import Tokenizer, build_vocabulary
from zoo.datasets.openmoji.captions import captions_of_each
from zoo.errors import RequestError

MAN, WOMAN = "man farmer dark skin tone", "woman farmer dark skin tone"
# What is asked about and is no caption of an example.
OTHERS = (MAN, WOMAN, "word house", "red heart", "RED Heart", "heart red", " heart  red heart ",
          "Love", "a red house", " ", "word", "a very long cat", "red giraffe", "red ❤")


def numbers_of(sampler, *texts):
    return np.array([sampler.table.texts.index(text) for text in texts])


class Sampler(MismatchSampler):
    """Takes one caption and one example at a time; the caption may be nobody's in `captions`."""

    def __init__(self, captions, tokenizer, *args, **kwargs):
        self.size = len(captions)
        super().__init__(CaptionTable([*captions, OTHERS]), tokenizer, *args, **kwargs)

    def collides_one(self, caption, example):
        return bool(self.collides(numbers_of(self, caption), np.array([example]))[0])


def sampler_of(captions, *args, **kwargs):
    every = [*itertools.chain.from_iterable(captions), *OTHERS]
    return Sampler(captions, Tokenizer(build_vocabulary(every)), *args, **kwargs)


def plain_sampler_of(captions, *args, **kwargs):
    """Of these examples alone."""
    every = itertools.chain.from_iterable(captions)
    return MismatchSampler(CaptionTable(captions), Tokenizer(build_vocabulary(list(every))),
                           *args, **kwargs)


def scripted(*rows):
    """Draws given numbers, a row of the batch each, one try after the other."""
    draws = np.array(rows, float).transpose(1, 0, 2)
    return lambda attempt: draws[attempt]


def drawn_by(seed, rows):
    random = np.random.default_rng(seed)
    return lambda _: random.random((rows, 2))


@functools.cache
def openmoji_captions():
    return [captions for captions in captions_of_each().values() if captions]


def word_set(caption):
    return " ".join(sorted(set(caption.lower().split())))


@pytest.mark.parametrize(
    "caption", ["red heart", "RED Heart", "heart red", " heart  red heart ", "Love"])
def test_case_order_and_repetition_of_words_make_no_difference(caption):
    sampler = sampler_of([("Red heart", "love"), ("heart",)])
    assert sampler.collides_one(caption, 0)
    assert not sampler.collides_one(caption, 1)


@pytest.mark.parametrize(
    ("max_similarity", "collides"), [(0.6, True), (4 / 6, False), (0.7, False), (1.0, False)])
def test_largest_similarity_by_hand(max_similarity, collides):
    # Farmer, dark, skin, tone out of these, man and woman: 4 of 6.
    sampler = sampler_of([(MAN,)], max_similarity)
    assert sampler.collides_one(WOMAN, 0) == collides
    assert sampler.collides_one(MAN, 0)


def test_at_similarity_0_no_word_may_be_shared():
    sampler = sampler_of([("red heart",), ("blue square",)], max_similarity=0.0)
    assert sampler.collides_one("a red house", 0)
    assert not sampler.collides_one("a red house", 1)


def test_any_caption_of_an_example_can_collide():
    sampler = sampler_of([("smile", "joy", WOMAN)], max_similarity=0.6)
    assert sampler.collides_one(MAN, 0)


def test_captions_without_words_collide():
    assert sampler_of([("",)]).collides_one(" ", 0)
    assert not sampler_of([("",)]).collides_one("word", 0)


@pytest.mark.parametrize(("max_length", "collides"), [(3, True), (4, False)])
def test_what_is_cut_off_makes_no_mismatch(max_length, collides):
    tokenizer = Tokenizer(("a", "very", "long", "dog", "cat"), max_length)
    sampler = Sampler([("a very long dog",)], tokenizer)
    assert sampler.collides_one("a very long cat", 0) == collides


def test_words_that_the_network_does_not_know_make_no_mismatch():
    sampler = Sampler([("red zebra",), ("red",)], Tokenizer(("red",)))
    assert sampler.collides_one("red giraffe", 0)
    assert not sampler.collides_one("red giraffe", 1)


def test_symbols_make_a_mismatch_where_the_network_knows_them():
    captions = [("red ❤",), ("red 💙",)]
    assert not sampler_of(captions).collides_one("red ❤", 1)
    assert Sampler(captions, Tokenizer(("red",))).collides_one("red ❤", 1)


def test_drawing_an_example_counts_the_rejections():
    sampler = plain_sampler_of([("a",), ("b", "a"), ("c",)])
    # Of three examples 0.4 draws the second. "a" refuses it, the first and the second again.
    draws = scripted([(0.4, 0), (0.1, 0), (0.4, 0), (0.7, 0)],
                     [(0.1, 0), (0.1, 0), (0.1, 0), (0.1, 0)])
    drawn, rejected = sampler.draw_examples(numbers_of(sampler, "a", "b"), draws)
    assert (drawn.tolist(), rejected.tolist()) == ([2, 0], [3, 0])


def test_drawing_a_caption_counts_the_rejections():
    sampler = plain_sampler_of([("a",), ("b", "a"), ("c",)])
    # Pairs of example and caption.
    draws = scripted([(0.4, 0.6), (0.1, 0), (0.4, 0.1)], [(0.9, 0.9), (0, 0), (0, 0)])
    drawn, rejected = sampler.draw_captions(np.array([[0], [1]]), draws)
    assert [sampler.table.texts[number] for number in drawn] == ["b", "c"]
    assert rejected.tolist() == [2, 0]


def test_a_caption_describes_none_of_several_examples():
    sampler = plain_sampler_of([("a",), ("b",), ("c",), ("d", "a")])
    drawn, _ = sampler.draw_captions(np.array(100 * [[0, 1]]), drawn_by(0, 100))
    assert {sampler.table.texts[number] for number in drawn} == {"c", "d"}


def test_every_right_answer_can_be_drawn():
    sampler = plain_sampler_of([("a",), ("b",), ("c",), ("a", "d")])
    numbers = numbers_of(sampler, *100 * ["a"])
    assert set(sampler.draw_examples(numbers, drawn_by(0, 100))[0]) == {1, 2}
    drawn, _ = sampler.draw_captions(np.zeros((100, 1), int), drawn_by(0, 100))
    assert {sampler.table.texts[number] for number in drawn} == {"b", "c", "d"}


def test_equal_captions_everywhere_are_a_wrong_request():
    sampler = plain_sampler_of([("same thing",), ("thing same", "other")], max_draws=20)
    with pytest.raises(RequestError, match="no wrong partner found for 'same thing' in 20 draws"):
        sampler.draw_examples(numbers_of(sampler, "other", "same thing"), drawn_by(0, 2))
    sampler = plain_sampler_of([("same thing",), ("thing same",)], max_draws=20)
    with pytest.raises(RequestError, match="no wrong partner found for 'thing same' in 20 draws"):
        sampler.draw_captions(np.array([[1]]), drawn_by(0, 1))


@pytest.mark.parametrize("max_similarity", [1.0, 0.6])
def test_no_wrong_partner_is_right_in_openmoji(max_similarity):
    captions = openmoji_captions()
    word_sets = [{word_set(caption) for caption in each} for each in captions]
    sampler = plain_sampler_of(captions, max_similarity)
    random = np.random.default_rng(0)
    examples = random.integers(len(captions), size=2000)
    numbers = sampler.table.draw(examples, random.random((2000, 2)), main_share=0.5)
    wrong, rejected = sampler.draw_examples(numbers, drawn_by(1, 2000))
    wrong_captions, also_rejected = sampler.draw_captions(examples[:, None], drawn_by(2, 2000))
    texts = sampler.table.texts
    for example, number, other, caption in zip(examples, numbers, wrong, wrong_captions):
        assert word_set(texts[number]) not in word_sets[other]
        assert word_set(texts[caption]) not in word_sets[example]
    assert rejected.sum() + also_rejected.sum() > 0
