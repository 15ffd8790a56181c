import numpy as np
import pytest

from zoo.metrics.colour import (
    colourfulness,
    histogram_intersection,
    lab_histograms,
    palette_accuracy,
)


def plain(*colour, size=(4, 4)):
    return np.full((1, *size, 3), colour, np.uint8)


def test_palette_accuracy_counts_pixels_of_nearly_the_same_colour():
    real = np.concatenate([plain(200, 30, 30)] * 3)
    fake = real.copy()
    fake[1, :2] = (30, 30, 200)
    fake[2] = (204, 30, 30)  # Nobody sees that.
    np.testing.assert_allclose(palette_accuracy(real, fake), [1.0, 0.5, 1.0])
    np.testing.assert_allclose(palette_accuracy(real, fake, tolerance=0.1), [1.0, 0.5, 0.0])


def test_grey_pictures_have_no_colourfulness():
    greys = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 1), np.uint8).repeat(3, -1)
    np.testing.assert_allclose(colourfulness(greys), [0.0], atol=1e-12)


def test_colourfulness_by_hand():
    # One colour: no deviation; rg = 255, yb = 127.5.
    assert colourfulness(plain(255, 0, 0))[0] == pytest.approx(0.3 * np.hypot(255, 127.5))
    # Half red, half green: rg = ±255, yb = 127.5 everywhere.
    halves = plain(255, 0, 0)
    halves[:, :2] = (0, 255, 0)
    assert colourfulness(halves)[0] == pytest.approx(255 + 0.3 * 127.5)


def test_the_average_of_two_answers_is_less_colourful_than_either():
    one, other = plain(255, 0, 0), plain(0, 0, 255)
    mean = ((one.astype(int) + other) // 2).astype(np.uint8)
    assert colourfulness(mean)[0] < min(colourfulness(one)[0], colourfulness(other)[0])


def test_lab_histograms_by_hand():
    # White and black are L* 100 and 0; sRGB's red is (53.2, 80.1, 67.2).
    halves = plain(255, 255, 255)
    halves[:, :1] = 0
    found = lab_histograms(np.concatenate([halves, plain(255, 0, 0)]))
    assert found.shape == (2, 3, 27)
    expected = np.zeros((2, 3, 27))
    expected[0, 0, [13, 23]] = 0.25, 0.75
    expected[0, 1:, 13] = 1
    expected[1, [0, 1, 2], [18, 21, 20]] = 1
    np.testing.assert_allclose(found, expected)


def test_histogram_intersection_is_of_the_sets_and_not_of_pairs():
    real = np.array([[1.0, 0, 0], [0, 1, 0]])
    assert histogram_intersection(real, real[::-1]) == 1
    # Both pictures of the one colour that lies between: half of the real ones have none.
    assert histogram_intersection(real, real[[0, 0]]) == 0.5
    assert histogram_intersection(real, np.array([[0, 0, 1], [0, 0.5, 0.5]])) == 0.25
