"""Several pictures of one condition, joined along their channels (Lin et al. 2018, PacGAN)."""

import tensorflow as tf


def pack(pictures, size):
    """Joins each `size` pictures that follow one another.

    Args:
        pictures: `(rows · size, height, width, channels)`.
        size: pictures to a pack, at least 1.

    Returns:
        `(rows, height, width, size · channels)`, the first picture's channels first.
    """
    if size == 1:
        return pictures
    height, width, channels = pictures.shape[1:]
    apart = tf.reshape(pictures, (-1, size, height, width, channels))
    return tf.reshape(tf.transpose(apart, (0, 2, 3, 1, 4)), (-1, height, width, size * channels))


def unpack(packed, size):
    """The reverse of `pack`."""
    if size == 1:
        return packed
    height, width, channels = packed.shape[1:]
    apart = tf.reshape(packed, (-1, height, width, size, channels // size))
    return tf.reshape(tf.transpose(apart, (0, 3, 1, 2, 4)), (-1, height, width, channels // size))


def apart(packed, size):
    """Returns a list of the pictures of packs, each in the structure `packed`, a tensor or tuple.
    """
    split = [tf.split(pictures, size, axis=-1) for pictures in tf.nest.flatten(packed)]
    return [tf.nest.pack_sequence_as(packed, pictures) for pictures in zip(*split, strict=True)]


def each_seen_by(network, packed, size, training):
    """Returns what a network says of each picture of packs.

    Args:
        network: function of pictures `(n, height, width, channels)` that returns a list or tuple of
            `(n, dim)`.
        packed, size: as of `unpack`.
        training: what the network is called with.

    Returns:
        list of `(rows, size, dim)`.
    """
    found = network(unpack(packed, size), training=training)
    return [tf.reshape(each, (-1, size, each.shape[-1])) for each in found]
