"""The gradient difference loss on numbers worked by hand."""

import numpy as np
import pytest

from zoo.losses.gradient_difference import gradient_difference


def picture(*rows):
    return np.array(rows, np.float32)[None, :, :, None]


def test_by_hand():
    target, result = picture((0, 1), (0, 1)), picture((0, 0.5), (0.25, 0.5))
    # Down: |0 - 0| -> |0.25 - 0| and |1 - 1| -> |0.5 - 0.5|: (0.25 + 0) / 2.
    # Across: 1 -> 0.5 and 1 -> 0.25: (0.5 + 0.75) / 2.
    assert gradient_difference(target, result).numpy() == pytest.approx([0.125 + 0.625])


def test_one_number_an_example_and_nothing_for_another_brightness_or_direction():
    target = np.random.default_rng(0).uniform(-1, 1, (3, 5, 6, 3)).astype(np.float32)
    result = np.stack([target[0], target[1] + 0.5, -target[2]])
    np.testing.assert_allclose(gradient_difference(target, result), [0, 0, 0], atol=1e-6)


def test_blur_costs_more_than_a_constant_error_of_the_same_size():
    target = picture((-1, 1, -1, 1), (-1, 1, -1, 1))
    blurred, shifted = np.zeros_like(target), target + 1
    assert np.abs(blurred - target).mean() == np.abs(shifted - target).mean()
    assert gradient_difference(target, blurred).numpy() == pytest.approx([2.0])
    assert gradient_difference(target, shifted).numpy() == pytest.approx([0.0])
