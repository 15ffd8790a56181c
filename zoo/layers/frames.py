"""Frames of a clip as channels of one picture."""

import keras


def stack(frames):
    """`(batch, time, height, width, channels)` -> `(batch, height, width, time * channels)`."""
    batch, time, height, width, channels = keras.ops.shape(frames)
    moved = keras.ops.transpose(frames, (0, 2, 3, 1, 4))
    return keras.ops.reshape(moved, (batch, height, width, time * channels))
