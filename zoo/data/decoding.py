"""Encoded pictures of any kind and depth to numbers in the graph, and back."""

import tensorflow as tf

_PNG = b"\x89PNG\r\n\x1a\n"
# How the formats that TensorFlow decodes begin.
_MAGIC = (_PNG, b"\xff\xd8\xff", b"GIF8", b"BM")
_LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601; sums to 1, so that grey stays what it is.


def check_formats(encoded):
    """Returns the same strings, or fails at run time with one error that says which are wrong.

    Args:
        encoded: string `(n,)`.

    Raises:
        tf.errors.InvalidArgumentError: some are no PNG, JPEG, GIF or BMP.
    """
    known = tf.reduce_any(
        [tf.strings.substr(encoded, 0, len(magic)) == magic for magic in _MAGIC], axis=0)
    check = tf.debugging.Assert(tf.reduce_all(known), [
        "no PNG, JPEG, GIF or BMP picture at these places, counted from 0:",
        tf.where(~known)[:, 0]])
    with tf.control_dependencies([check] if check is not None else []):
        return tf.identity(encoded)


def decode(encoded, channels):
    """Decodes one picture.

    Transparent parts lie on white unless four channels are wanted; colours become luminance where
    one is. PNG keeps its 16 bits. Of an animation the first frame is taken.

    Args:
        encoded: string scalar: PNG, JPEG, GIF or BMP.
        channels: 1, 3 or 4 (RGBA).

    Returns:
        float32 `(height, width, channels)` in [-1, 1].
    """
    rgba = tf.cond(tf.strings.substr(encoded, 0, len(_PNG)) == _PNG,
                   lambda: _decode_png(encoded), lambda: _decode_opaque(encoded))
    if channels < 4:
        alpha = rgba[..., 3:]
        rgba = rgba[..., :3] * alpha + (1.0 - alpha)
    if channels == 1:
        rgba = tf.reduce_sum(rgba * _LUMINANCE, axis=-1, keepdims=True)
    return 2.0 * rgba - 1.0


def _decode_png(encoded):
    return tf.cast(tf.io.decode_png(encoded, 4, tf.uint16), tf.float32) / 65535.0


def _decode_opaque(encoded):
    image = tf.io.decode_image(encoded, 3, expand_animations=False)
    image = tf.cast(tf.ensure_shape(image, (None, None, 3)), tf.float32) / 255.0
    return tf.concat([image, tf.ones_like(image[..., :1])], axis=-1)


def to_integers(images, bits):
    """Maps float in [-1, 1] to integers of 8 or 16 bits, rounding.

    Args:
        images: float, any shape.
        bits: 8 or 16.

    Returns:
        uint8 in [0, 255] or uint16 in [0, 65535], the same shape.
    """
    largest = 2**bits - 1
    scaled = (tf.clip_by_value(tf.cast(images, tf.float32), -1.0, 1.0) + 1.0) * (largest / 2.0)
    return tf.cast(tf.round(scaled), tf.uint8 if bits == 8 else tf.uint16)


def to_rgb(images):
    """Shows pictures of 1, 3 or 4 channels in [-1, 1] in three, RGBA on white."""
    channels = images.shape[-1]
    if channels == 4:
        alpha = (images[..., 3:] + 1.0) / 2.0
        return images[..., :3] * alpha + (1.0 - alpha)
    return tf.repeat(images, 3, axis=-1) if channels == 1 else images
