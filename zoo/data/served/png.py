"""What a PNG says of itself beside its pixels, in the graph."""

import tensorflow as tf

from zoo.data.served import exif
from zoo.data.served.octets import is_text, number, size, walk

_CHUNKS = 20_000


def describe(data):
    """Returns `(is whole as far as its headers go, is of a kind that is read, height, width,
    orientation)`, bool and int64 scalars.
    """
    def step(at):
        after = at + 12 + number(data, at, 4, True)
        return tf.where(is_text(data, at + 4, b"IEND") | (after >= size(data)),
                        tf.constant(-1, tf.int64), after)

    at = walk(8, step, _CHUNKS)
    has_exif = is_text(data, at + 4, b"eXIf")
    orientation = exif.orientation(data, tf.boolean_mask(at, has_exif)[-1:] + 8)
    has_key = (tf.reduce_any(is_text(data, at + 4, b"tRNS")) & (number(data, 24, 1) == 16)
               & (number(data, 25, 1) == 2))
    is_whole = is_text(data, 12, b"IHDR") & tf.reduce_any(is_text(data, at + 4, b"IEND"))
    return (is_whole, ~has_key, number(data, 20, 4, True), number(data, 16, 4, True),
            orientation)
