"""Changing the sample rate inside a graph, for SavedModels that take any."""

import math

import tensorflow as tf

# Both rates, divided by their greatest common divisor, may be no larger: the filters are a matrix.
LARGEST_RATIO = 1280
_ZEROS = 24  # Zero crossings of the sinc on each side, at the lower of the two rates.
_BETA = 9.0  # Of the Kaiser window: 90 dB down.
_ROLLOFF = 0.95  # Of half of the lower rate: the passband.
_BLOCK = 128  # Samples of a block at least, so that there is something to multiply.


def is_possible(rate, target_rate):
    """Returns whether `resample` can, bool scalar.

    Args:
        rate, target_rate: int32 scalars, Hz, at least 1.
    """
    divisor = _greatest_common_divisor(rate, target_rate)
    return tf.maximum(rate, target_rate) // divisor <= LARGEST_RATIO


def _greatest_common_divisor(a, b):
    return tf.while_loop(lambda a, b: b > 0, lambda a, b: (b, a % b), (a, b))[0]


def _filters(up, down):
    """Windowed-sinc filters for a block of `down` samples that becomes one of `up`.

    Returns:
        float32 `(taps, up)`, taps a multiple of `down`, and the samples before the block that the
        first tap stands for.
    """
    up_, down_ = tf.cast(up, tf.float64), tf.cast(down, tf.float64)
    scale = _ROLLOFF * tf.minimum(tf.constant(1.0, tf.float64), up_ / down_)
    half = tf.math.ceil(_ZEROS / scale)
    taps = down_ * (1.0 + tf.math.ceil(2.0 * half / down_))
    centres = half + tf.range(up_, dtype=tf.float64) * down_ / up_
    distance = tf.range(taps, dtype=tf.float64)[:, None] - centres
    inside = 1.0 - tf.square(distance / half)
    window = tf.math.bessel_i0(_BETA * tf.sqrt(tf.maximum(inside, 0.0)))
    angle = math.pi * scale * distance
    sinc = tf.math.divide_no_nan(tf.sin(angle), angle) + tf.cast(angle == 0, tf.float64)
    weights = tf.where(inside >= 0, window * sinc, 0.0)
    weights /= tf.reduce_sum(weights, axis=0, keepdims=True)
    return tf.cast(weights, tf.float32), tf.cast(half, tf.int32)


def resample(samples, rate, target_rate):
    """Resamples by a polyphase windowed-sinc filter (Kaiser, 90 dB).

    Args:
        samples: float32 `(batch, samples)`.
        rate, target_rate: int32 scalars, Hz; each divided by their greatest common divisor must
            not exceed `LARGEST_RATIO`, as holds for all usual rates.

    Returns:
        float32 `(batch, ceil(samples · target_rate / rate))`; at equal rates the samples as
        they are.

    Raises:
        tf.errors.InvalidArgumentError: another ratio.
    """
    rate, target_rate = tf.convert_to_tensor(rate), tf.convert_to_tensor(target_rate)
    divisor = _greatest_common_divisor(rate, target_rate)
    up, down = target_rate // divisor, rate // divisor
    check = tf.debugging.assert_less_equal(
        tf.maximum(up, down), LARGEST_RATIO,
        message="sample rate: not one of the usual ones, such as 8000, 22050, 44100 or 48000 Hz")

    def changed():
        length = tf.shape(samples)[1]
        wanted = -(-tf.cast(length, tf.int64) * tf.cast(up, tf.int64) // tf.cast(down, tf.int64))
        times = tf.maximum(_BLOCK // down, 1)  # So many of the smallest blocks make one.
        filters, before = _filters(times * up, times * down)
        taps = tf.shape(filters)[0]
        blocks = -(-length // (times * down))
        after = tf.maximum((blocks - 1) * times * down + taps - before - length, 0)
        padded = tf.pad(samples, ((0, 0), (before, after)))
        framed = tf.signal.frame(padded, taps, times * down)[:, :blocks]
        return tf.reshape(framed @ filters, (tf.shape(samples)[0], -1))[:, :wanted]

    with tf.control_dependencies([check]):
        return tf.cond(tf.equal(up, down), lambda: samples, changed)
