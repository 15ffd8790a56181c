"""Frames as channels, pyramids, advection and recurrence, on numbers worked by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.advection import advect
from zoo.layers.frames import stack
from zoo.layers.pyramid import pyramid
from zoo.layers.recurrent import ConvLSTM


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_stacked_frames_keep_their_channels_together():
    frames = normal(2, 3, 4, 5, 2)
    stacked = stack(frames)
    assert stacked.shape == (2, 4, 5, 6)
    for time in range(3):
        np.testing.assert_array_equal(stacked[..., 2 * time:2 * time + 2], frames[:, time])


def test_a_pyramid_halves_by_the_mean_and_ends_in_the_picture():
    image = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    levels = pyramid(tf.constant(image), 3)
    assert [tuple(level.shape) for level in levels] == [(1, 1, 1, 1), (1, 2, 2, 1), (1, 4, 4, 1)]
    np.testing.assert_allclose(levels[1][0, :, :, 0], [[2.5, 4.5], [10.5, 12.5]])
    np.testing.assert_allclose(levels[0], [[[[7.5]]]])
    np.testing.assert_array_equal(levels[2], image)


@pytest.mark.parametrize("row, column", [(1, 1), (0, 1), (2, 0)])
def test_a_sure_displacement_takes_the_pixel_from_there(row, column):
    image = normal(1, 5, 6, 3)
    logits = np.full((1, 5, 6, 9), -100, np.float32)
    logits[..., 3 * row + column] = 100
    moved = advect(image, logits)
    np.testing.assert_allclose(
        moved[:, 1:-1, 1:-1], image[:, row:row + 3, column:column + 4], atol=1e-5)


def test_an_unsure_displacement_is_the_mean_of_the_neighbourhood():
    image = normal(1, 3, 3, 1)
    moved = advect(image, np.zeros((1, 3, 3, 9), np.float32))
    assert float(moved[0, 1, 1, 0]) == pytest.approx(image.mean(), abs=1e-6)


def test_what_moves_in_from_beyond_the_border_is_mirrored():
    image = normal(1, 4, 4, 1)
    logits = np.full((1, 4, 4, 9), -100, np.float32)
    logits[..., 1] = 100  # From the pixel above.
    np.testing.assert_allclose(advect(image, logits)[:, 0], image[:, 0], atol=1e-5)


def test_convolutional_lstm_is_its_formula():
    layer = ConvLSTM(2, kernel_size=1)
    frames = normal(1, 2, 3, 3, 4)
    result = layer(frames)
    kernel, bias = layer.gates.kernel.numpy()[0, 0], normal(8, seed=2)
    layer.gates.bias.assign(bias)

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    state = cell = np.zeros((1, 3, 3, 2))
    for time in range(2):
        gates = np.concatenate([frames[:, time], state], axis=-1) @ kernel + bias
        enter, forget, leave, new = np.split(gates, 4, axis=-1)
        cell = sigmoid(forget + 1) * cell + sigmoid(enter) * np.tanh(new)
        state = sigmoid(leave) * np.tanh(cell)
    assert result.shape == (1, 3, 3, 2) == layer.compute_output_shape(frames.shape)
    np.testing.assert_allclose(layer(frames), state, rtol=1e-5, atol=1e-6)
    assert layer.get_config()["filters"] == 2
    keras.utils.set_random_seed(1)
    other = ConvLSTM.from_config(layer.get_config())
    assert other(frames).shape == result.shape
