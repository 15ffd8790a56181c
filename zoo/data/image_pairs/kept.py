"""Pairs decoded once and for all, where they fit in memory and lose nothing in 8 bits."""

import numpy as np
import tensorflow as tf

from zoo.data import decoding, image
from zoo.progress import Progress

# Decoded pairs up to this size are kept; of larger data sets each is decoded whenever it is read.
_MEMORY_LIMIT = 512 * 2**20


def keep(pairs, form):
    """Decodes all pairs as `form.plain` does.

    Args:
        pairs: `ImagePairs`.
        form: `Form`.

    Returns:
        `{"source", "target"}`, uint8 tensors `(n, form.height, form.width, channels)`, which
        `zoo.data.image.to_float` turns into exactly what `form.plain` returns. None where they
        would take more than 512 MiB, or where 8 bits cannot say them exactly: pictures of 16 bits,
        pictures that had to be resized, half transparent ones, …
    """
    shapes = {"source": (len(pairs), form.height, form.width, form.source_channels),
              "target": (len(pairs), form.height, form.width, form.target_channels)}
    if sum(map(np.prod, shapes.values())) > _MEMORY_LIMIT:
        return None
    kept = {name: np.empty(shape, np.uint8) for name, shape in shapes.items()}
    print(f"decoding {len(pairs)} pairs", flush=True)
    progress = Progress(len(pairs), "pair")
    for index, (source, target, is_exact) in enumerate(_decoded(pairs, form)):
        if not is_exact:
            progress.bar.close()
            print("not kept in memory: 8 bits do not say them exactly", flush=True)
            return None
        kept["source"][index], kept["target"][index] = source, target
        progress.show(index + 1)
    with tf.device("CPU"):
        return {name: tf.constant(images) for name, images in kept.items()}


def _decoded(pairs, form):
    """A data set of (source, target) in 8 bits, and whether these are exact."""
    shape = pairs.pictures([0]).shape[1:]

    def decode(index):
        pictures = tf.numpy_function(lambda i: pairs.pictures([i])[0], [index], tf.string)
        images = form.plain(tf.ensure_shape(pictures, shape))
        integers = [decoding.to_integers(each, 8) for each in images]
        is_exact = [tf.reduce_all(image.to_float(few) == each)
                    for few, each in zip(integers, images, strict=True)]
        return (*integers, tf.reduce_all(is_exact))

    return tf.data.Dataset.range(len(pairs)).map(decode, num_parallel_calls=tf.data.AUTOTUNE)
