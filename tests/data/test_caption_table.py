import numpy as np
import pytest

from zoo.data.caption_table import CaptionTable

TABLE = CaptionTable([("red", "warm"), ("blue",), ("yellow", "warm", "warm")])


def test_each_different_caption_has_a_number():
    assert TABLE.texts == ["red", "warm", "blue", "yellow"] and len(TABLE) == 3


def test_captions_of_examples_the_main_one_first():
    np.testing.assert_array_equal(TABLE.of(np.array([2, 1])), [[3, 1, 1], [2, -1, -1]])
    np.testing.assert_array_equal(TABLE.of(np.array([[1], [0]])), [[[2, -1]], [[0, 1]]])
    assert TABLE.of(np.array([], int)).shape == (0, 0)


def test_every_example_that_has_the_caption_is_right_once():
    assert TABLE.examples_of("warm") == [0, 2] and TABLE.examples_of("blue") == [1]
    assert TABLE.examples_of("x") == []


@pytest.mark.parametrize(("uniforms", "expected"), [
    ((0.2, 0.9), "yellow"),  # Below the share of the main one.
    ((0.7, 0.0), "yellow"), ((0.7, 0.34), "warm"), ((0.7, 0.99), "warm")])
def test_a_caption_by_given_draws(uniforms, expected):
    number, = TABLE.draw(np.array([2]), np.array([uniforms]), main_share=0.6)
    assert TABLE.texts[number] == expected


def test_right_answers_are_drawn_with_replacement_each_as_often():
    uniforms = np.linspace(0, 1, 1000, endpoint=False)[None]
    drawn = TABLE.draw_examples(np.array([1]), uniforms)[0].tolist()
    assert (drawn.count(0), drawn.count(2)) == (500, 500)
    np.testing.assert_array_equal(
        TABLE.draw_examples(np.array([2, 0]), np.full((2, 3), 0.9)), [[1, 1, 1], [0, 0, 0]])
