"""What a BMP says of itself, in the graph; of palettes TensorFlow would show the indices."""

import tensorflow as tf

from zoo.data.served.octets import number, size

_HEADERS = (40, 52, 56, 64, 108, 124)  # Bytes, of the versions with 32-bit sides.
_NO_OVERFLOW = 2**24


def describe(data):
    """Returns `(is whole, is of a kind that is read, height, width, orientation)`, bool and int64
    scalars; read are those of 24 or 32 bits that are not compressed.
    """
    height, width, bits = number(data, 22, 4), number(data, 18, 4), number(data, 28, 2)
    height = tf.minimum(height, 2**32 - height)  # Negative where rows go down.
    is_read = (tf.reduce_any(number(data, 14, 4) == tf.constant(_HEADERS, tf.int64))
               & ((bits == 24) | (bits == 32)) & (number(data, 30, 4) == 0))
    row = (tf.minimum(width, _NO_OVERFLOW) * bits + 31) // 32 * 4
    is_whole = number(data, 10, 4) + row * height <= size(data)
    return is_whole, is_read, height, width, tf.constant(1, tf.int64)
