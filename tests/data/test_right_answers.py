import numpy as np

from zoo.data.right_answers import RightAnswers

ANSWERS = RightAnswers([("red", "warm"), ("blue",), ("yellow", "warm", "warm")])


def test_every_example_that_has_the_caption_is_right_once():
    assert ANSWERS.of("warm") == [0, 2] and ANSWERS.of("blue") == [1] and ANSWERS.of("x") == []


def test_drawn_with_replacement_each_as_often():
    drawn = ANSWERS.draw("warm", 1000, np.random.default_rng(0))
    assert set(drawn) == {0, 2} and 450 < drawn.count(0) < 550
    assert ANSWERS.draw("blue", 3, np.random.default_rng(0)) == [1, 1, 1]
