import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import spectral
from zoo.layers.waveform import de_emphasis, level, pre_emphasis


def wave(*shape):
    return np.random.default_rng(0).normal(0, 0.3, shape).astype(np.float32)


@pytest.mark.parametrize("hop, samples", [(8, 64), (256, 4096)])
def test_the_inverse_is_exact(hop, samples):
    spectrum = spectral.stft(wave(2, samples), hop)
    assert spectrum.shape == (2, samples // hop + 1, hop + 1)
    np.testing.assert_allclose(spectral.inverse_stft(spectrum, hop), wave(2, samples), atol=1e-4)


def test_spectra_are_those_of_a_library():
    spectrum = spectral.stft(wave(1, 64), 8)[0, 3]
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(16) / 16))
    np.testing.assert_allclose(spectrum, np.fft.rfft(wave(1, 64)[0, 16:32] * window), atol=1e-5)


def test_a_tone_is_one_bin():
    tone = np.sin(2 * np.pi * 5 / 64 * np.arange(640))[None].astype(np.float32)
    magnitude = np.abs(spectral.stft(tone, 32))[0, 3:-3]
    assert (magnitude.argmax(axis=1) == 5).all()


def test_compression_changes_magnitudes_alone():
    spectrum = tf.constant([[3 + 4j, -1e-20 + 0j, 0.5j]], tf.complex64)
    small = spectral.compress(spectrum, 0.5).numpy()[0]
    np.testing.assert_allclose(np.abs(small), [5**0.5, 0, 0.5**0.5], atol=1e-5)
    np.testing.assert_allclose(np.angle(small[[0, 2]]), np.angle([3 + 4j, 0.5j]), atol=1e-6)
    np.testing.assert_allclose(
        spectral.compressed_magnitude(spectrum, 0.5)[0], np.abs(small), atol=2e-3)


def test_the_gradient_at_silence_is_finite():
    silence = tf.zeros((1, 64))
    with tf.GradientTape() as tape:
        tape.watch(silence)
        loss = tf.reduce_sum(tf.abs(spectral.compress(spectral.stft(silence, 8), 0.3)))
    assert np.isfinite(tape.gradient(loss, silence)).all()


def test_pre_emphasis_by_hand_and_its_inverse():
    np.testing.assert_allclose(
        pre_emphasis(tf.constant([[1.0, 2.0, 4.0]]), 0.5), [[1.0, 1.5, 3.0]])
    for coefficient in (0.0, 0.5, 0.95):
        there = pre_emphasis(tf.constant(wave(2, 500)), coefficient)
        np.testing.assert_allclose(de_emphasis(there, coefficient), wave(2, 500), atol=1e-4)


def test_levels():
    np.testing.assert_allclose(level(tf.constant([[3.0, -3.0], [0.0, 0.0]])), [[3], [1e-5]],
                               rtol=1e-5)
