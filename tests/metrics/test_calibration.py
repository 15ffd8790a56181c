"""Platt scaling and calibration error, with numbers worked by hand."""

import numpy as np
import pytest

from zoo.metrics import calibration


@pytest.mark.parametrize("threshold", [0.0, 5.0])
def test_a_judge_that_is_right_three_times_in_four_gets_the_temperature_that_says_so(threshold):
    # All logits are 2 from the threshold, three of four right: sigmoid(2 / T) = 3/4, T = 2 / ln 3.
    logits = threshold + np.array([2.0, 2.0, 2.0, 2.0, -2.0, -2.0, -2.0, -2.0])
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 1], bool)
    found = calibration.fit(logits, labels)
    assert found == {"temperature": pytest.approx(2 / np.log(3), rel=1e-3),
                     "threshold": pytest.approx(threshold, abs=1e-3)}
    probability = calibration.probabilities(logits, **found)
    np.testing.assert_allclose(probability, [0.75] * 4 + [0.25] * 4, rtol=1e-3)
    assert calibration.accuracy(probability, labels) == 0.75
    assert calibration.expected_calibration_error(probability, labels) == pytest.approx(0, abs=1e-3)


def test_a_perfect_judge_is_taken_at_its_word_and_a_blind_one_is_not():
    labels = np.array([1, 0, 1, 0], bool)
    perfect, blind = [9.0, 7.0, 10.0, 5.0], [-1.0, 1.0, -2.0, 3.0]
    probability = calibration.probabilities(perfect, **calibration.fit(perfect, labels))
    np.testing.assert_allclose(probability, labels, atol=0.01)
    assert calibration.fit(blind, labels)["temperature"] > 100


def test_the_calibration_error_is_the_distance_of_confidence_and_accuracy():
    # Bin of 0.9: two of four right, distance 0.4; bin of 0.6: one of one right, distance 0.4.
    probability = np.array([0.9, 0.9, 0.1, 0.1, 0.6])
    labels = np.array([1, 0, 1, 0, 1], bool)
    assert calibration.expected_calibration_error(probability, labels) == pytest.approx(0.4)
    # Another accuracy in each bin: (4 · 0.15 + 1 · 0.6) / 5.
    labels = np.array([1, 1, 1, 0, 0], bool)
    assert calibration.expected_calibration_error(probability, labels) == pytest.approx(0.24)
