"""Decoding and resizing pictures in the graph."""

import tensorflow as tf


def decode(encoded, image_size, channels=3):
    """Decodes and resizes a batch of pictures.

    Args:
        encoded: string `(batch,)`, PNG, JPEG, GIF (first frame) or BMP.
        image_size: height and width wanted; other sizes are area-averaged.
        channels: 1, 3 or 4.

    Returns:
        float32 `(batch, image_size, image_size, channels)` in [-1, 1].
    """
    def one(picture):
        image = tf.io.decode_image(picture, channels, expand_animations=False)
        image.set_shape((None, None, channels))
        return to_float(tf.image.resize(image, (image_size, image_size), method="area"))
    return tf.map_fn(one, encoded, fn_output_signature=tf.TensorSpec(
        (image_size, image_size, channels), tf.float32))


def to_float(images):
    """Maps numbers in [0, 255] to float32 in [-1, 1]."""
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def as_float(images):
    """Returns pictures as float32 in [-1, 1]: uint8 and uint16 mapped, floats as they are."""
    images = tf.convert_to_tensor(images)
    if images.dtype == tf.uint16:
        return tf.cast(images, tf.float32) / 32767.5 - 1.0
    return to_float(images) if images.dtype == tf.uint8 else tf.cast(images, tf.float32)


def to_uint8(images):
    """Maps float in [-1, 1] to uint8 in [0, 255], rounding."""
    images = (tf.cast(images, tf.float32) + 1.0) * 127.5
    return tf.cast(tf.round(tf.clip_by_value(images, 0.0, 255.0)), tf.uint8)
