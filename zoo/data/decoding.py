"""Encoded pictures of any kind and depth to numbers in the graph, and back."""

import tensorflow as tf

_PNG = b"\x89PNG\r\n\x1a\n"
_LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601; sums to 1, so that grey stays what it is.


def decode(encoded, channels):
    """Decodes one PNG or JPEG that is upright, as training keeps them.

    PNG keeps its 16 bits. (What users send, `zoo.data.served.pictures` decodes.)

    Args:
        encoded: string scalar.
        channels: see `to_channels`.

    Returns:
        float32 `(height, width, channels)` in [-1, 1].
    """
    return to_channels(tf.cast(to_rgba(encoded), tf.float32) / 65535.0, channels)


def to_rgba(encoded):
    """Decodes one PNG or JPEG: string scalar -> uint16 `(height, width, 4)`, 8 bits times 257."""
    return tf.cond(tf.strings.substr(encoded, 0, len(_PNG)) == _PNG,
                   lambda: _decode_png(encoded), lambda: _decode_jpeg(encoded))


def _decode_png(encoded):
    bits = tf.strings.substr(encoded, 24, 1)
    return tf.cond(bits == b"\x10", lambda: tf.io.decode_png(encoded, 4, tf.uint16),
                   lambda: widen(_opaque_as_255(tf.io.decode_png(encoded, 4), bits)))


def _opaque_as_255(rgba, bits):
    # TensorFlow gives a PNG without transparency, of 1, 2 or 4 bits, an alpha of 1, 3 or 15.
    bits = tf.cast(tf.io.decode_raw(bits, tf.uint8)[0], tf.int32)
    is_filler = (bits < 8) & tf.reduce_all(tf.cast(rgba[..., 3], tf.int32) == 2**bits - 1)
    return tf.where(is_filler, tf.bitwise.bitwise_or(rgba, tf.constant((0, 0, 0, 255), tf.uint8)),
                    rgba)


def _decode_jpeg(encoded):
    # As Pillow decodes; TensorFlow's default is a faster transform and several levels off.
    image = tf.io.decode_jpeg(encoded, 3, dct_method="INTEGER_ACCURATE")
    return widen(tf.pad(image, ((0, 0), (0, 0), (0, 1)), constant_values=255))


def widen(integers):
    """Maps uint8 to the same parts of 1 in uint16."""
    return 257 * tf.cast(integers, tf.uint16)


def to_channels(rgba, channels):
    """Turns RGBA into what a network takes.

    Transparent parts lie on white unless four channels are wanted; colours become luminance where
    one is.

    Args:
        rgba: float32 `(height, width, 4)` in [0, 1].
        channels: 1, 3 or 4 (RGBA).

    Returns:
        float32 `(height, width, channels)` in [-1, 1].
    """
    if channels < 4:
        alpha = rgba[..., 3:]
        rgba = rgba[..., :3] * alpha + (1.0 - alpha)
    if channels == 1:
        rgba = tf.reduce_sum(rgba * _LUMINANCE, axis=-1, keepdims=True)
    return 2.0 * rgba - 1.0


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
