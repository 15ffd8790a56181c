"""Clips for measuring and for sheets: the same ones each time."""

import numpy as np
import tensorflow as tf

from zoo.data import image, next_frame
from zoo.errors import RequestError

HORIZON = 16  # Frames predicted for measurements and sheets, where the videos are long enough.
_BATCH_SIZE = 32


def horizon(videos, context_frames):
    """Returns how many frames ahead half of the videos or more can be followed, at most 16."""
    return max(1, min(HORIZON, int(np.median(videos.lengths)) - context_frames))


def windows(videos, num_frames, max_examples=None):
    """Returns the moving clips that follow each other without overlap, int `(n, 2)`.

    Raises:
        RequestError: there is none.
    """
    found = videos.windows(num_frames, stride=num_frames)[:max_examples]
    if not len(found):
        raise RequestError(f"--dataset: no clip of {num_frames} frames in which something moves "
                           "to measure on.")
    return found


def partners(found):
    """Returns for each clip the next one of another video, cyclically; needs two videos.

    Args:
        found: int `(n, 2)`, sorted, as from `windows`.

    Returns:
        int `(n,)`, rows of `found`.
    """
    return np.searchsorted(found[:, 0], found[:, 0], side="right") % len(found)


def frames(videos, found, num_frames, image_size):
    """Returns decoded clips, uint8 `(n, num_frames, image_size, image_size, 3)`."""
    parts = []
    for start in range(0, len(found), _BATCH_SIZE):
        encoded = [videos.read(video, first, first + num_frames)
                   for video, first in found[start:start + _BATCH_SIZE]]
        parts.append(image.to_uint8(next_frame.decode(tf.constant(encoded), image_size)).numpy())
    return np.concatenate(parts)
