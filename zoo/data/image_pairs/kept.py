"""Pairs decoded once and for all, where they fit in memory."""

import numpy as np
import tensorflow as tf

from zoo.data import decoding, image, kept_pictures
from zoo.errors import RequestError
from zoo.progress import Progress

# Decoded pairs up to this size are kept; of larger data sets each is decoded whenever it is read.
_MEMORY_LIMIT = 512 * 2**20
_DTYPES = {8: np.uint8, 16: np.uint16}


def keep(pairs, form):
    """Decodes all pairs as `form.plain` does.

    Args:
        pairs: `ImagePairs`.
        form: `Form`.

    Returns:
        `{"source", "target"}`, tensors `(n, form.height, form.width, channels)`: uint8 where 8 bits
        say all of them exactly, else uint16: pictures of 16 bits, half transparent ones, pictures
        that had to be resized. These are rounded, by at most 1 / 65535. None where they would take
        more than 512 MiB.

    Raises:
        RequestError: one of them cannot be decoded.
    """
    shapes = {"source": (len(pairs), form.height, form.width, form.source_channels),
              "target": (len(pairs), form.height, form.width, form.target_channels)}
    for bits, dtype in _DTYPES.items():
        size = sum(np.prod(shape, dtype=np.int64) for shape in shapes.values()) * bits // 8
        if not kept_pictures.fits(f"{len(pairs)} pairs of {bits} bits", size, _MEMORY_LIMIT):
            return None
        kept = {name: np.empty(shape, dtype) for name, shape in shapes.items()}
        if _fill(kept, pairs, form, bits):
            with tf.device("CPU"):
                return {name: tf.constant(images) for name, images in kept.items()}
        print("8 bits do not say them exactly", flush=True)


def _fill(kept, pairs, form, bits):
    """False, and the rest left undone, where there is a pair that 8 bits do not say exactly."""
    progress = Progress(len(pairs), "pair")
    index = 0
    try:
        for source, target, is_exact in _decoded(pairs, form, bits):
            if bits == 8 and not is_exact:
                progress.bar.close()
                return False
            kept["source"][index], kept["target"][index] = source, target
            index += 1
            progress.show(index)
    except tf.errors.InvalidArgumentError:
        progress.bar.close()
        raise RequestError(kept_pictures.undecodable(index, len(pairs))) from None
    return True


def stream(pairs, form):
    """A data set of all pairs in order as `form.plain` makes them, decoded side by side."""
    shape = pairs.pictures([0]).shape[1:]

    def decode(index):
        pictures = tf.numpy_function(lambda i: pairs.pictures([i])[0], [index], tf.string)
        return form.plain(tf.ensure_shape(pictures, shape))

    return tf.data.Dataset.range(len(pairs)).map(decode, num_parallel_calls=tf.data.AUTOTUNE)


def _decoded(pairs, form, bits):
    """A data set of (source, target) in so many bits, and whether 8 bits are exact."""

    def to_bits(*images):
        is_exact = [tf.reduce_all(image.to_float(decoding.to_integers(each, 8)) == each)
                    for each in images]
        return (*(decoding.to_integers(each, bits) for each in images), tf.reduce_all(is_exact))

    return stream(pairs, form).map(to_bits, num_parallel_calls=tf.data.AUTOTUNE)
