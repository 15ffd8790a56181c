"""The machine's own best rates, measured: what a training step's rate is to be compared with."""

import math
import time

import tensorflow as tf

_SECONDS = 0.2  # That one measurement takes at least.
_MATRIX, _GPU_MATRIX = 2048, 8192  # Rows and columns.
# (batch, height and width, channels) of 3x3 convolutions, in and out alike.
_CONVOLUTIONS = ((16, 64, 128), (32, 32, 256), (8, 128, 64))
_GPU_BATCHES = 16  # So many times the batch, or starting operations is what is measured.


def measure(dtype):
    """Measures the best rates of this machine in one precision.

    A product of two matrices of 2048 x 2048 (on a GPU 8192 x 8192), and of three 3x3 convolutions
    the fastest; each the best of three measurements of at least 0.2 seconds.

    Args:
        dtype: "float32", "bfloat16" or "float16".

    Returns:
        dict of floats, operations a second: "matrix_product" and "convolution".
    """
    on_gpu = bool(tf.config.get_visible_devices("GPU"))
    rows = _GPU_MATRIX if on_gpu else _MATRIX
    matrix = tf.cast(tf.random.normal((rows, rows), stddev=rows**-0.5), dtype)
    rates = {"matrix_product": _rate(
        lambda x: tf.matmul(x, matrix), matrix, 2 * rows**3), "convolution": 0.0}
    for batch, size, channels in _CONVOLUTIONS:
        batch *= _GPU_BATCHES if on_gpu else 1
        shape = (3, 3, channels, channels)
        kernel = tf.cast(tf.random.normal(shape, stddev=(9 * channels)**-0.5), dtype)
        pictures = tf.cast(tf.random.normal((batch, size, size, channels)), dtype)
        rate = _rate(lambda x: tf.nn.conv2d(x, kernel, 1, "SAME"), pictures,
                     2 * batch * size**2 * math.prod(shape))
        rates["convolution"] = max(rates["convolution"], rate)
    return rates


def _rate(function, start, operations):
    """Operations a second of a function applied to its own result again and again."""
    @tf.function
    def repeated(times):
        return tf.while_loop(lambda i, _: i < times, lambda i, x: (i + 1, function(x)),
                             (0, start), parallel_iterations=1)[1]

    def seconds(times):
        began = time.perf_counter()
        repeated(tf.constant(times))[..., 0].numpy()
        return time.perf_counter() - began

    seconds(1)
    times = 1
    while seconds(times) < _SECONDS:
        times *= 2
    return times * operations / min(seconds(times) for _ in range(3))
