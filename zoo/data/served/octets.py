"""Numbers among the bytes of a file, and chains of blocks, in the graph."""

import tensorflow as tf

_SPARE = 64  # Zeros behind the end, so that what is looked for there is not found.


def read(content):
    """Returns the bytes of a string scalar with zeros behind them, uint8 `(n,)`."""
    return tf.pad(tf.io.decode_raw(content, tf.uint8), ((0, _SPARE),))


def size(data):
    """Returns the number of bytes without those zeros, int64."""
    return tf.size(data, tf.int64) - _SPARE


def cut(content, begin, end):
    """Returns a part of a string scalar, as far as there is one; `begin` and `end` are int64."""
    length = tf.cast(tf.strings.length(content), tf.int64)
    begin = tf.clip_by_value(tf.cast(begin, tf.int64), 0, length)
    return tf.strings.substr(content, begin, tf.clip_by_value(end, begin, length) - begin)


def number(data, at, width, big_endian=False):
    """Reads unsigned numbers; those that lie outside of the data are 0.

    Args:
        data: see `read`.
        at: int64, any shape: where they begin.
        width: bytes of each, at most 7.
        big_endian: bool, may be a tensor.

    Returns:
        int64, the shape of `at`.
    """
    places = tf.cast(at, tf.int64)[..., None] + tf.range(width, dtype=tf.int64)
    last = tf.size(data, tf.int64) - 1
    places = tf.where((places >= 0) & (places <= last), places, last)
    values = tf.cast(tf.gather(data, places), tf.int64)
    up = tf.constant([256**i for i in range(width)], tf.int64)
    return tf.reduce_sum(values * tf.where(big_endian, up[::-1], up), axis=-1)


def is_text(data, at, text):
    """Says where `text` (bytes, at most 7) stands; bool, the shape of `at`."""
    return number(data, at, len(text), big_endian=True) == int.from_bytes(text, "big")


def walk(begin, step, most):
    """Follows a chain of blocks.

    Args:
        begin: int64, where the first one begins.
        step: function from where a block begins to where the next one does; -1: there is none.
        most: blocks at most.

    Returns:
        int64 `(n,)`, where each block begins; empty if there are too many.
    """
    def follow(at, places):
        return step(at), places.write(places.size(), at)

    places = tf.TensorArray(tf.int64, size=0, dynamic_size=True, element_shape=())
    at, places = tf.while_loop(
        lambda at, places: (at >= 0) & (places.size() < most), follow,
        (tf.cast(begin, tf.int64), places))
    return tf.cond(at < 0, places.stack, lambda: tf.zeros((0,), tf.int64))
