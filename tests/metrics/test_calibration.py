"""Temperature scaling and calibration error, with numbers worked by hand."""

import numpy as np
import pytest

from zoo.metrics import calibration


def test_a_judge_that_is_right_three_times_in_four_gets_the_temperature_that_says_so():
    # All logits are 2 in size, three of four right: sigmoid(2 / T) = 3/4 at T = 2 / ln 3.
    logits = np.array([2.0, 2.0, 2.0, 2.0, -2.0, -2.0, -2.0, -2.0])
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 1], bool)
    temperature = calibration.fit_temperature(logits, labels)
    assert temperature == pytest.approx(2 / np.log(3), rel=1e-3)
    probability = calibration.probabilities(logits, temperature)
    np.testing.assert_allclose(probability, [0.75] * 4 + [0.25] * 4, rtol=1e-3)
    assert calibration.accuracy(probability, labels) == 0.75
    assert calibration.expected_calibration_error(probability, labels) == pytest.approx(0, abs=1e-3)


def test_the_temperature_of_a_perfect_judge_is_the_smallest_and_of_a_blind_one_the_largest():
    labels = np.array([1, 0, 1, 0], bool)
    assert calibration.fit_temperature([1.0, -1.0, 2.0, -3.0], labels) < 0.1
    assert calibration.fit_temperature([-1.0, 1.0, -2.0, 3.0], labels) > 100


def test_the_calibration_error_is_the_distance_of_confidence_and_accuracy():
    # Bin of 0.9: two of four right, distance 0.4; bin of 0.6: one of one right, distance 0.4.
    probability = np.array([0.9, 0.9, 0.1, 0.1, 0.6])
    labels = np.array([1, 0, 1, 0, 1], bool)
    assert calibration.expected_calibration_error(probability, labels) == pytest.approx(0.4)
    # Another accuracy in each bin: (4 · 0.15 + 1 · 0.6) / 5.
    labels = np.array([1, 1, 1, 0, 0], bool)
    assert calibration.expected_calibration_error(probability, labels) == pytest.approx(0.24)
