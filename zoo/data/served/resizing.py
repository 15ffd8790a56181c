"""Pictures to small squares in the graph, to the grey level as Pillow makes them."""

import tensorflow as tf

_FIXED_POINT = 2.0**22  # Pillow's weights are integers of so many parts.


def middle(image):
    """Cuts out the middle square of a picture `(height, width, channels)`."""
    size = tf.shape(image)[:2]
    side = tf.reduce_min(size)
    top, left = tf.unstack((size - side) // 2)
    return image[top:top + side, left:left + side]


def average(image, side):
    """Averages a square by area, as Pillow's `BOX`, down to `side`; smaller ones stay.

    Args:
        image: int32 `(n, n, 3)` in [0, 255].
        side: pixels.

    Returns:
        float32 `(m, m, 3)`, whole numbers in [0, 255], m = min(n, side).
    """
    before = tf.shape(image)[0]
    weights = _weights(before, tf.minimum(before, side))

    def rows(pixels):
        return tf.floor(tf.tensordot(weights, pixels, 1) / _FIXED_POINT + 0.5)

    across = rows(tf.transpose(tf.cast(image, tf.float64), (1, 0, 2)))
    return tf.cast(rows(tf.transpose(across, (1, 0, 2))), tf.float32)


def _weights(before, after):
    """Returns the parts of each of `before` pixels in each of `after`, float64."""
    scale = tf.cast(before, tf.float64) / tf.cast(after, tf.float64)
    centre = ((tf.range(after, dtype=tf.float64) + 0.5) * scale)[:, None]
    place = tf.range(before, dtype=tf.float64)
    distance = (place - centre + 0.5) * (1.0 / scale)
    inside = tf.cast((distance > -0.5) & (distance <= 0.5), tf.float64)
    parts = inside / tf.reduce_sum(inside, axis=1, keepdims=True)
    return tf.floor(parts * _FIXED_POINT + 0.5)
