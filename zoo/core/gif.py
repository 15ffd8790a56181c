"""Animated GIFs."""

import io

import numpy as np
from PIL import Image


def encode(frames, milliseconds=100):
    """Encodes pictures as an animation that repeats for ever, each with a palette of its own.

    Args:
        frames: uint8 `(n, height, width, 3)`.
        milliseconds: time that a frame is shown; GIF keeps hundredths of a second.

    Returns:
        The file, bytes.
    """
    pictures = [Image.fromarray(np.asarray(frame)) for frame in frames]
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:],
                     duration=milliseconds, loop=0)
    return file.getvalue()


def there_and_back(frames):
    """Appends the inner frames in reverse, so that the repeated animation never jumps."""
    return np.concatenate([frames, frames[-2:0:-1]])
