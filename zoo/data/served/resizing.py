"""Pictures to small squares in the graph, to the grey level as Pillow makes them."""

import tensorflow as tf

_STRIP = 128  # Rows at a time.
_FIXED_POINT = 2.0**22  # Pillow's weights are integers of so many parts.


def middle(image):
    """Cuts out the middle square of a picture `(height, width, channels)`."""
    size = tf.shape(image)[:2]
    side = tf.reduce_min(size)
    top, left = tf.unstack((size - side) // 2)
    return image[top:top + side, left:left + side]


def average(image, side, prepare):
    """Averages a square by area, as Pillow's `BOX`, down to `side`; smaller ones stay.

    Args:
        image: any dtype, `(n, n, channels)`.
        side: pixels.
        prepare: function from some rows of it, `(rows, n, channels)`, to integers in [0, 255],
            `(rows, n, 3)`; it is called for a few at a time, so that large pictures take no
            memory for its results.

    Returns:
        float32 `(m, m, 3)`, whole numbers in [0, 255], m = min(n, side).
    """
    before = tf.shape(image)[0]
    weights = _weights(before, tf.minimum(before, side))

    def averaged(pixels):
        return tf.floor(tf.tensordot(weights, tf.cast(pixels, tf.float64), 1) / _FIXED_POINT + 0.5)

    def strip(begin):
        rows = image[begin:begin + _STRIP]
        across = averaged(tf.transpose(prepare(rows), (1, 0, 2)))
        return tf.pad(across, ((0, 0), (0, _STRIP - tf.shape(rows)[0]), (0, 0)))

    strips = tf.map_fn(strip, tf.range(0, before, _STRIP), fn_output_signature=tf.float64,
                       parallel_iterations=1)
    rows = tf.reshape(tf.transpose(strips, (0, 2, 1, 3)), (-1, tf.shape(weights)[0], 3))
    return tf.cast(averaged(rows[:before]), tf.float32)


def _weights(before, after):
    """Returns the parts of each of `before` pixels in each of `after`, float64."""
    scale = tf.cast(before, tf.float64) / tf.cast(after, tf.float64)
    centre = ((tf.range(after, dtype=tf.float64) + 0.5) * scale)[:, None]
    place = tf.range(before, dtype=tf.float64)
    distance = (place - centre + 0.5) * (1.0 / scale)
    inside = tf.cast((distance > -0.5) & (distance <= 0.5), tf.float64)
    parts = inside / tf.reduce_sum(inside, axis=1, keepdims=True)
    return tf.floor(parts * _FIXED_POINT + 0.5)
