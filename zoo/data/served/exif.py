"""How a camera says that a picture lies on its side, in the graph."""

import tensorflow as tf

from zoo.data.served.octets import is_text, number, size

_ORIENTATION = 0x0112
_WIDTHS = {1: 1, 3: 2, 4: 4}  # Bytes of a number of each type of TIFF's.


def orientation(data, at):
    """Reads EXIF's orientation.

    Args:
        data: see `octets.read`.
        at: int64 `(0,)` or `(1,)`, where the TIFF structure begins (behind `Exif\\0\\0`).

    Returns:
        int64 scalar, 1 to 8 for the kinds that mean something; 0 where it is not said.
    """
    at = tf.concat([at, [size(data)]], 0)[0]  # Where there is nothing but zeros.
    is_big = is_text(data, at, b"MM")
    known = (is_text(data, at, b"II*\0") | is_text(data, at, b"MM\0*")
             | is_text(data, at, b"II\0*") | is_text(data, at, b"MM*\0"))
    entries = at + number(data, at + 4, 4, is_big)
    count = tf.where(known, number(data, entries, 2, is_big), 0)
    at = entries + 2 + 12 * tf.range(count)
    kind, count = number(data, at + 2, 2, is_big), number(data, at + 4, 4, is_big)
    value = tf.add_n([
        tf.where(kind == kind_, number(data, at + 8, width, is_big), 0)
        for kind_, width in _WIDTHS.items()])
    ours = (number(data, at, 2, is_big) == _ORIENTATION) & (count == 1)
    return tf.concat([tf.boolean_mask(value, ours), [0]], 0)[0]


def upright(image, orientation):
    """Turns and mirrors a picture `(height, width, channels)` as its orientation asks."""
    image = tf.cond((orientation >= 5) & (orientation <= 8),
                    lambda: tf.transpose(image, (1, 0, 2)), lambda: image)
    for kinds, axis in (((2, 3, 6, 7), 1), ((3, 4, 7, 8), 0)):
        is_flipped = tf.reduce_any(orientation == tf.constant(kinds, tf.int64))
        image = tf.cond(is_flipped, lambda image=image, axis=axis: tf.reverse(image, (axis,)),
                        lambda image=image: image)
    return image
