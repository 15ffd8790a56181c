"""How close predicted frames are to the true ones, on the whole frame or where something moves.

Frames are uint8 `(n, height, width, channels)` in [0, 255], masks bool `(n, height, width)`. All
metrics return float64 `(n,)`, with NaN where the mask of a frame is empty.
"""

import numpy as np
import scipy.ndimage

from zoo.metrics import image

_MOVED = 8  # Grey levels, of any channel.
_REACH = 2  # Pixels that a moving area reaches beyond what has moved.
_BEST_PSNR_DB = 60.0  # Of equal frames, so that a mean over frames is finite.


def moving_areas(before, after):
    """Says where something has moved: pixels that differ, and those within 2 pixels of them.

    Mathieu et al. 2016, section 4, take the pixels with a large optical flow; this needs none, and
    counts what is uncovered as well as what arrives.

    Args:
      before: frames, the last ones known.
      after: frames, the true later ones.

    Returns:
      masks: true within 2 pixels in each direction of a pixel that differs by more than 8 grey
      levels in a channel.
    """
    change = np.abs(before.astype(int) - after).max(axis=-1) > _MOVED
    side = 2 * _REACH + 1
    return scipy.ndimage.binary_dilation(change, np.ones((1, side, side), bool))


def everywhere(frames):
    """Returns masks that are true for the whole of each frame."""
    return np.ones(frames.shape[:3], bool)


def psnr_db(real_frames, fake_frames, masks):
    """Peak signal-to-noise ratio within the masks, decibels, at most 60 (equal frames).

    Mathieu et al. 2016, eq. 9.
    """
    squares = np.square(real_frames.astype(float) - fake_frames).mean(axis=-1)
    least = 255**2 * 10 ** (-_BEST_PSNR_DB / 10)
    return 10 * np.log10(255**2 / np.maximum(_masked_mean(squares, masks), least))


def ssim(real_frames, fake_frames, masks):
    """Structural similarity, averaged over the windows whose middle is within the masks, [-1, 1].

    See `zoo.metrics.image.ssim_maps`.
    """
    return _masked_mean(image.ssim_maps(real_frames, fake_frames), masks[:, 5:-5, 5:-5])


def sharpness_difference_db(real_frames, fake_frames, masks):
    """How alike the sharpness is within the masks, decibels: the higher, the more alike.

    10 log10(1 / mean |g(real) - g(fake)|), where g is the sum of the absolute differences to the
    pixel above and to the one on the left, of frames in [0, 1]. Mathieu et al. 2016, eq. 10. At
    most 60 dB, as `psnr_db`.
    """
    difference = np.abs(_gradients(real_frames) - _gradients(fake_frames)).mean(axis=-1)
    least = 10 ** (-_BEST_PSNR_DB / 10)
    return -10 * np.log10(np.maximum(_masked_mean(difference, masks[:, 1:, 1:]), least))


def sharpness_ratio(real_frames, fake_frames, masks):
    """How sharp the predictions are, as a share of the truth: mean g of both within the masks.

    g as in `sharpness_difference_db`. Blur has less than 1, wherever its edges are.
    """
    real, fake = (_masked_mean(_gradients(frames).mean(axis=-1), masks[:, 1:, 1:])
                  for frames in (real_frames, fake_frames))
    return np.divide(fake, real, where=real > 0, out=np.full(len(real), np.nan))


def _gradients(frames):
    scaled = frames / 255
    inner = scaled[:, 1:, 1:]
    return np.abs(inner - scaled[:, :-1, 1:]) + np.abs(inner - scaled[:, 1:, :-1])


def _masked_mean(values, masks):
    counts = masks.sum(axis=(1, 2))
    sums = (values * masks).sum(axis=(1, 2))
    return np.divide(sums, counts, where=counts > 0, out=np.full(len(counts), np.nan))
