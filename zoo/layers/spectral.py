"""Short-time Fourier transform with an exact inverse, and compressed spectra.

Computed as matrix products, not by FFT: with TensorFlow 2.21's FFT operations a training step of
several transforms was seen to wait for ever on a machine of two cores.
"""

import numpy as np
import tensorflow as tf

_FLOOR = 1e-12  # Of squared magnitudes, so that the gradient of a root stays finite at 0.


def _basis(hop):
    """Cosines and sines under the window: float64 `(2 hop, hop + 1)` each."""
    places = np.arange(2 * hop)
    window = np.sin(np.pi * places / (2 * hop))  # The square root of a periodic Hann window.
    angles = 2 * np.pi * np.outer(places, np.arange(hop + 1)) / (2 * hop)
    return window[:, None] * np.cos(angles), -window[:, None] * np.sin(angles)


def stft(waveform, hop):
    """Spectra of frames of two hops, under the square root of a periodic Hann window.

    Args:
        waveform: float `(batch, samples)`, samples a multiple of `hop`; silence stands around it.
        hop: samples between frames, half a frame.

    Returns:
        complex64 `(batch, samples / hop + 1, hop + 1)`.
    """
    padded = tf.pad(tf.cast(waveform, tf.float32), ((0, 0), (hop, hop)))
    halves = tf.reshape(padded, (tf.shape(padded)[0], -1, hop))
    frames = tf.concat([halves[:, :-1], halves[:, 1:]], axis=-1)
    spectrum = frames @ tf.constant(np.concatenate(_basis(hop), axis=1), tf.float32)
    return tf.complex(*tf.split(spectrum, 2, axis=-1))


def inverse_stft(spectrum, hop):
    """Inverts `stft`: complex64 `(batch, frames, hop + 1)` -> float32 `(batch, (frames-1) hop)`.

    Spectra that no waveform has give the waveform whose spectra are nearest (Griffin & Lim 1984,
    eq. 6).
    """
    cosines, sines = _basis(hop)
    weights = np.full(hop + 1, 1 / hop)  # Each bin stands for its mirror image too …
    weights[[0, -1]] /= 2  # … but for the lowest and the highest.
    basis = np.concatenate([cosines * weights, sines * weights], axis=1)
    inverse = tf.constant(basis.T, tf.float32)
    parts = tf.concat([tf.math.real(spectrum), tf.math.imag(spectrum)], axis=-1)
    first, second = tf.split(parts @ inverse, 2, axis=-1)
    return tf.reshape(second[:, :-1] + first[:, 1:], (tf.shape(spectrum)[0], -1))


def compress(spectrum, power):
    """Raises magnitudes to a power below 1 and keeps the phase: complex64 -> complex64."""
    gain = tf.pow(_squared(spectrum), 0.5 * (power - 1.0))
    return spectrum * tf.cast(gain, spectrum.dtype)


def compressed_magnitude(spectrum, power):
    """|spectrum|^power: complex64 -> float32 of the same shape, in [0, inf)."""
    return tf.pow(_squared(spectrum), 0.5 * power)


def _squared(spectrum):
    return tf.square(tf.math.real(spectrum)) + tf.square(tf.math.imag(spectrum)) + _FLOOR
