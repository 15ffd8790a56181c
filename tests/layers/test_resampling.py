import numpy as np
import pytest
import soxr
import tensorflow as tf

from zoo.layers.resampling import resample


def chirp(rate, seconds=0.5):
    """Glides up to 3.5 kHz, below half of every rate here."""
    time = np.arange(int(rate * seconds)) / rate
    return np.sin(2 * np.pi * 3500 * time**2 / (2 * seconds)).astype(np.float32)


@pytest.mark.parametrize("rate, target", [
    (8000, 16000), (44100, 16000), (16000, 44100), (48000, 16000), (16000, 11025)])
def test_it_agrees_with_a_library(rate, target):
    ours = resample(chirp(rate)[None], rate, target)[0].numpy()
    assert len(ours) == -(-len(chirp(rate)) * target // rate)
    theirs = soxr.resample(chirp(rate), rate, target, "VHQ")
    middle = slice(len(ours) // 8, len(ours) * 7 // 8)
    np.testing.assert_allclose(ours[middle], theirs[middle], atol=5e-3)


def test_what_the_lower_rate_cannot_hold_is_removed():
    tone = np.sin(2 * np.pi * 15_000 / 48_000 * np.arange(24_000)).astype(np.float32)
    assert np.abs(resample(tone[None], 48_000, 16_000)[0, 500:-500]).max() < 1e-3


@pytest.mark.parametrize("samples", [0, 1, 2, 441, 442, 997])
def test_any_length(samples):
    constant = np.ones((2, samples), np.float32)
    assert resample(constant, 44_100, 16_000).shape == (2, -(-samples * 160 // 441))
    np.testing.assert_array_equal(resample(constant, 8000, 8000), constant)


def test_unusual_ratios_are_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="not one of the usual ones"):
        resample(np.ones((1, 100), np.float32), 16_001, 16_000)
