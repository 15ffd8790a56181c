"""Distances to the right answers, with numbers worked by hand."""

import numpy as np
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


def test_words_are_taken_out_of_captions():
    pictures = collection((0, ("Woman farmer dark skin tone", "farmer")), (9, ("dark",)))
    shorter = without_words(pictures, ("dark", "skin", "tone", "woman"))
    assert shorter.captions == [("farmer",), ("dark",)]
    np.testing.assert_array_equal(shorter.pictures([0, 1]), pictures.pictures([0, 1]))
    assert without_words(pictures, ()) is pictures
