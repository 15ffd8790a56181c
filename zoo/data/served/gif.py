"""The first frame of a GIF, in the graph; TensorFlow's decoder takes memory for all at once."""

import tensorflow as tf

from zoo.data.served.octets import cut, number, size, walk

_BLOCKS = 200_000  # Of at most 255 bytes each.
_IMAGE, _EXTENSION, _CONTROL = 0x2C, 0x21, 0xF9


def describe(content, data):
    """Finds the first frame.

    Args:
        content: string scalar.
        data: the same, see `octets.read`.

    Returns:
        (`(is whole, is of a kind that is read, height, width, orientation)`, bool and int64
        scalars; a GIF of that frame alone, string scalar). Read are those whose first frame fills
        the canvas and has no transparent colour.
    """
    palette = 13 + _palette_bytes(number(data, 10, 1))
    blocks = walk(palette, lambda at: _after_extension(data, at), _BLOCKS)
    image = tf.concat([[-1], blocks], 0)[-1]
    end = _after_chain(data, image + 11 + _palette_bytes(number(data, image + 9, 1)))
    is_whole = (number(data, image, 1) == _IMAGE) & (end >= 0)
    height, width = number(data, 8, 2), number(data, 6, 2)
    fills = ((number(data, image + 1, 4) == 0) & (number(data, image + 5, 2) == width)
             & (number(data, image + 7, 2) == height))
    is_clear = ((number(data, blocks, 1) == _EXTENSION) & (number(data, blocks + 1, 1) == _CONTROL)
                & (number(data, blocks + 3, 1) % 2 == 1))
    is_read = fills & ~tf.reduce_any(is_clear)
    alone = tf.strings.join([cut(content, 0, palette), cut(content, image, end), ";"])
    return (is_whole, is_read | ~is_whole, height, width, tf.constant(1, tf.int64)), alone


def _palette_bytes(flags):
    return tf.where(flags >= 128, 3 * 2 ** (flags % 8 + 1), 0)


def _after_extension(data, at):
    is_extension = (number(data, at, 1) == _EXTENSION) & (at < size(data))
    return tf.cond(is_extension, lambda: _after_chain(data, at + 2),
                   lambda: tf.constant(-1, tf.int64))


def _after_chain(data, at):
    """Returns where a chain of data blocks ends that begins at `at`; -1: it does not."""
    def step(at):
        width = number(data, at, 1)
        return tf.where((width == 0) | (at >= size(data)), tf.constant(-1, tf.int64),
                        at + 1 + width)

    end = tf.concat([[-1], walk(at, step, _BLOCKS) + 1], 0)[-1]
    return tf.where(end > size(data), tf.constant(-1, tf.int64), end)
