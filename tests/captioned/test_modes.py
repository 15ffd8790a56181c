"""Distances to the right answers, with numbers worked by hand."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.captioned import modes
from zoo.data.captioned import CaptionedPictures, without_words


def grey(level):
    return np.full((16, 16, 3), level, np.uint8)


def collection(*examples):
    """`CaptionedPictures` of (level of grey, captions)."""
    encoded = [tf.io.encode_png(grey(level)).numpy() for level, _ in examples]
    return CaptionedPictures(encoded.__getitem__, [captions for _, captions in examples])


def test_the_average_of_two_answers_is_far_from_both():
    test = collection((0, ("a",)), (100, ("b",)))
    train = collection((200, ("a",)), (0, ("b", "a")))
    distances = modes.nearest_distances(np.stack([grey(100), grey(100)]), test, train)
    # "a" has the answers 0 and 200, and 100 lies in the middle; "b" has 100 itself.
    np.testing.assert_allclose(distances, [100 / 255, 0], atol=1e-6)


def test_of_the_right_answers_those_are_covered_that_are_nearest_to_a_draw():
    test = collection((0, ("a", "of both")), (100, ("b",)), (7, ("alone",)))
    train = collection((51, ("a",)), (102, ("a",)), (204, ("b",)), (250, ("c",)))
    drawn = {"a": [5, 30, 49, 60], "b": [90, 100, 110, 120]}
    asked = []

    def draw(captions):
        asked.extend(captions)
        return np.stack([[grey(level) for level in drawn[caption]] for caption in captions])

    got = modes.coverage_of(draw, 16, 0, test, train)
    assert asked == ["a", "b"]
    # "a": 5 -> 0; 30, 49 and 60 -> 51: two of three. "b": all -> 100: one of two.
    assert got["coverage"]["value"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert got["one_picture_coverage"]["value"] == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert got["ideal_coverage"]["value"] == pytest.approx((65 / 81 + 15 / 16) / 2)
    # Mean distances: "a" 184 / 6 of 68 and "b" 100 / 6 of 104.
    assert got["diversity_ratio"]["value"] == pytest.approx((184 / 6 + 100 / 6) / (68 + 104), rel=1e-4)
    assert all(row["low"] <= row["value"] <= row["high"] for row in got.values())


def test_without_several_answers_there_is_nothing_to_cover():
    assert modes.coverage_of(None, 16, 0, collection((0, ("a",))), collection((9, ("b",)))) == {}


def test_words_are_taken_out_of_captions():
    pictures = collection((0, ("Woman farmer dark skin tone", "farmer")), (9, ("dark",)))
    shorter = without_words(pictures, ("dark", "skin", "tone", "woman"))
    assert shorter.captions == [("farmer",), ("dark",)]
    np.testing.assert_array_equal(shorter.pictures([0, 1]), pictures.pictures([0, 1]))
    assert without_words(pictures, ()) is pictures
