"""Waveforms `(batch, samples)`: pre-emphasis, its inverse, and levels."""

import tensorflow as tf

_INAUDIBLE = 1e-9
_SILENCE = 1e-5  # -100 dBFS: what is below is not scaled up to full size.


def pre_emphasis(waveform, coefficient):
    """y[n] = x[n] - coefficient · x[n-1], with silence before the first sample.

    Args:
        waveform: float `(batch, samples)`.
        coefficient: in [0, 1), 0.95 in SEGAN (Pascual et al. 2017, section 4.2); 0: no change.

    Returns:
        The same shape and dtype.
    """
    return waveform - coefficient * tf.pad(waveform, ((0, 0), (1, 0)))[:, :-1]


def de_emphasis(waveform, coefficient):
    """Inverts `pre_emphasis`: y[n] = x[n] + coefficient · y[n-1].

    Not sample after sample: 1 / (1 - a z) is the product of the factors (1 + (a z)^(2^k)), of
    which those that can be heard are applied one after the other.

    Args:
        waveform, coefficient: see `pre_emphasis`; the number of samples must be known.

    Returns:
        The same shape and dtype.
    """
    shift, samples = 1, waveform.shape[1]
    while coefficient > _INAUDIBLE and shift < samples:
        delayed = tf.pad(waveform, ((0, 0), (shift, 0)))[:, :samples]
        waveform = waveform + coefficient * delayed
        shift, coefficient = 2 * shift, coefficient**2
    return waveform


def level(waveform):
    """Root mean square of each row, no less than -100 dBFS: `(batch, samples)` -> `(batch, 1)`."""
    mean = tf.reduce_mean(tf.square(tf.cast(waveform, tf.float32)), axis=1, keepdims=True)
    return tf.sqrt(mean + _SILENCE**2)
