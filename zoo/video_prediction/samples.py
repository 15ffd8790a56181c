"""Sheets of predictions beside the truth, and the files of `tools/sample.py`."""

import numpy as np
import tensorflow as tf

from zoo.core import gif, sheets
from zoo.video_prediction import clips, rollout

_PAUSE = 3  # Frames for which an animation stands still at its end.


def sheet(model, splits, image_size, count=2):
    """Draws a strip of each of a few clips: the truth, the prediction, and the error.

    Args:
        model: `VideoPredictionGAN`.
        splits: `{split name: Videos}`.
        image_size: height and width of the frames, pixels.
        count: clips of each split.

    Returns:
        uint8 `(height, width, 3)`.
    """
    rows = []
    for split, videos in splits.items():
        past, frames, predicted = _predictions(model, videos, image_size, count)
        for truth, guess in zip(frames, predicted, strict=True):
            rows += [(f"{split}: {past} past frames, then the truth", list(truth)),
                     ("prediction", list(guess)),
                     ("error", list(_error(truth, guess)))]
    return sheets.labelled(rows)


def animation(model, videos, image_size, count=8):
    """Returns the bytes of a GIF: a row for each clip with the truth, the prediction, the error.

    Arguments as of `sheet`, of one split.
    """
    past, frames, predicted = _predictions(model, videos, image_size, count)
    pictures = []
    for time in range(frames.shape[1]):
        kind = "past" if time < past else f"{time - past + 1} ahead"
        pictures.append(sheets.labelled([
            (f"{kind}: truth, prediction, error",
             [truth[time], guess[time], _error(truth[time], guess[time])])
            for truth, guess in zip(frames, predicted, strict=True)], columns=2))
    return gif.encode(np.stack(pictures + _PAUSE * pictures[-1:]))


def requested(model, request, frames):
    """Returns the encoded file that answers a request: the predicted frames alone.

    Args:
        model: `VideoPredictionGAN`.
        request: `SampleRequest`.
        frames: uint8 `(time, height, width, 3)`, the past.
    """
    predicted = rollout.roll_out(
        model, tf.constant(frames[None]), request.num_frames, request.seed)[0].numpy()
    if request.animated:
        return gif.encode(predicted)
    return tf.io.encode_png(np.concatenate(predicted, axis=1)).numpy()


def _predictions(model, videos, image_size, count):
    """Returns (past frames, clips `(n, time, …)`, the same with predictions after the past)."""
    past = model.generator.context_frames
    ahead = clips.horizon(videos, past)
    windows = clips.windows(videos, past + ahead)
    windows = windows[np.linspace(0, len(windows) - 1, min(count, len(windows))).astype(int)]
    frames = clips.frames(videos, windows, past + ahead, image_size)
    predicted = rollout.roll_out_many(model, frames[:, :past], ahead, seed=0)
    return past, frames, np.concatenate([frames[:, :past], predicted], axis=1)


def _error(truth, guess):
    """Returns the absolute difference on white, where black is a difference of 255."""
    return 255 - np.abs(truth.astype(int) - guess).astype(np.uint8)
