"""Pictures decoded once and for all, where they fit in memory."""

import numpy as np
import tensorflow as tf

from zoo.data import image
from zoo.errors import RequestError
from zoo.progress import Progress

# Decoded pictures up to this size are kept; of larger data sets each is decoded whenever it is read.
_MEMORY_LIMIT = 1024 * 2**20
_AT_ONCE = 64


def fits(what, size, limit):
    """Says whether so many decoded things are kept in memory.

    Args:
        what: str, the things and their number.
        size, limit: bytes that they take, and that they may take.
    """
    fate = "decoding them once" if size <= limit else (
        f"decoded anew whenever they are read; up to {limit / 2**20:,.0f} MiB would be kept in "
        "memory")
    print(f"{what}, {size / 2**20:,.0f} MiB: {fate}", flush=True)
    return size <= limit


def keep(pictures, image_size):
    """Decodes all pictures as `image.decode` does.

    Args:
        pictures: `CaptionedPictures`.
        image_size: pixels.

    Returns:
        uint8 tensor `(n, image_size, image_size, 3)`, rounded where pictures had to be resized. None
        where they would take more than 1,024 MiB.

    Raises:
        RequestError: one of them cannot be decoded.
    """
    shape = len(pictures), image_size, image_size, 3
    if not fits(f"{len(pictures)} pictures of {image_size} pixels",
                np.prod(shape, dtype=np.int64), _MEMORY_LIMIT):
        return None
    kept = np.empty(shape, np.uint8)
    progress = Progress(len(pictures), "picture")
    done = 0
    try:
        for some in _decoded(pictures, image_size):
            kept[done:done + len(some)] = some
            done += len(some)
            progress.show(done)
    except tf.errors.InvalidArgumentError:
        progress.bar.close()
        raise RequestError(undecodable(_first_undecodable(pictures, image_size, done),
                                       len(pictures))) from None
    with tf.device("CPU"):
        return tf.constant(kept)


def undecodable(index, count):
    """Returns the line that says which example of a split is damaged."""
    return (f"example {index}, counted from 0, of the {count} of this split of the data set: its "
            "picture cannot be decoded; mend it or leave it out.")


def _first_undecodable(pictures, image_size, start):
    for index in range(start, len(pictures)):
        try:
            image.decode(tf.constant(pictures.pictures([index])), image_size)
        except tf.errors.InvalidArgumentError:
            return index
    raise AssertionError("every picture can be decoded by itself")


def _decoded(pictures, image_size):
    def decode(places):
        encoded = tf.numpy_function(pictures.pictures, [places], tf.string, stateful=False)
        return image.to_uint8(image.decode(tf.ensure_shape(encoded, (None,)), image_size))

    return tf.data.Dataset.range(len(pictures)).batch(_AT_ONCE).map(
        decode, num_parallel_calls=tf.data.AUTOTUNE)
