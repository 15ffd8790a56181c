"""What a JPEG says of itself beside its pixels, in the graph."""

import tensorflow as tf

from zoo.data.served import exif
from zoo.data.served.octets import is_text, number, size, walk

SCANS = 64  # Each goes over the whole picture: many make a small file the work of minutes.
_SEGMENTS = 5_000  # Of at most 64 KB each.
_FRAMES = tuple(marker for marker in range(0xC0, 0xD0) if marker not in (0xC4, 0xC8, 0xCC))
_RESTARTS = range(0xD0, 0xD8)  # Markers among the pixels, without a segment.
_APPLICATION, _ADOBE, _SCAN, _END = 0xE1, 0xEE, 0xDA, 0xD9


def describe(data):
    """Returns `(is whole as far as its headers go, is of a kind that is read, height, width,
    orientation)`, bool and int64 scalars.

    Read are grey, colour and, as written by Adobe's programs, CMYK pictures of few scans.
    """
    at = _segments(data)
    marker = number(data, at + 1, 1)
    is_frame = tf.reduce_any(marker[:, None] == tf.constant(_FRAMES, tf.int64), axis=1)
    scans = tf.reduce_sum(tf.cast(marker == _SCAN, tf.int64))
    is_whole = (tf.reduce_sum(tf.cast(is_frame, tf.int64)) == 1) & (scans > 0)
    frame = tf.concat([tf.boolean_mask(at, is_frame), [size(data)]], 0)[0]
    is_adobe = tf.reduce_any((marker == _ADOBE) & is_text(data, at + 4, b"Adobe"))
    is_read = ((number(data, frame + 9, 1) != 4) | is_adobe) & (scans <= SCANS)
    has_exif = (marker == _APPLICATION) & is_text(data, at + 4, b"Exif\0\0")
    return (is_whole, is_read, number(data, frame + 5, 2, True),
            number(data, frame + 7, 2, True),
            exif.orientation(data, tf.boolean_mask(at, has_exif)[:1] + 10))


def _segments(data):
    """Returns where segments begin, int64 `(n,)`, found as libjpeg does: what is no marker between
    them, a scan's pixels above all, is passed over.
    """
    marker = data[1:]
    is_mark = ((data[:-1] == 0xFF) & (marker > 1) & (marker < 0xFF)
               & ((marker < _RESTARTS[0]) | (marker > _RESTARTS[-1])))
    nowhere = tf.constant([2**62], tf.int64)
    marks = tf.concat([tf.where(is_mark)[:, 0], nowhere], 0)

    def step(at):
        place = tf.gather(marks, tf.searchsorted(marks, at[None]))[0]
        is_last = (place == nowhere[0]) | (number(data, place + 1, 1) == _END)
        return tf.where(is_last, tf.constant(-1, tf.int64), place)

    return walk(step(tf.constant(2, tf.int64)),
                lambda at: step(at + 2 + number(data, at + 2, 2, True)), _SEGMENTS)
