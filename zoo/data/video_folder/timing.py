"""From the times of a video's frames to frames at a constant rate."""

import numpy as np

from zoo.data.folder.kept import BadInput

_JITTER = 0.5  # Of the interval: what containers round times by.
_MOST_REPEATS = 100  # Frames shown for each frame in the file, on average.


def constant_rate(times):
    """Returns which frames to show, one each interval of the median length.

    Frames at a constant rate, but for rounding, are shown once each. Otherwise those nearest in
    time are: a frame that stands still is repeated, and of a burst some are passed over.

    Args:
        times: list of seconds, or of None where the file has no times: the frames follow each
            other at a constant rate.

    A frame whose time is not after all before it, as decoded, is left out.

    Returns:
        int array of indices into `times`, never falling.

    Raises:
        BadInput: times that jump beyond all reason.
    """
    if None in times:
        return np.arange(len(times))
    times = np.array(times, float)
    rising = np.flatnonzero(times > np.concatenate([[-np.inf], np.maximum.accumulate(times)[:-1]]))
    intervals = np.diff(times[rising])
    is_gap = np.diff(rising) > 1
    if is_gap.any() and not is_gap.all():  # No pause: the time of the frame left out was wrong.
        intervals[is_gap] = np.median(intervals[~is_gap])
    return rising[_evenly(np.concatenate([[0.0], np.cumsum(intervals)]))]


def _evenly(times):
    if len(times) < 3:
        return np.arange(len(times))
    intervals = np.diff(times)
    interval = np.median(intervals)
    if (np.abs(intervals - interval) <= _JITTER * interval).all():
        return np.arange(len(times))
    count = round((times[-1] - times[0]) / interval) + 1
    if count > _MOST_REPEATS * len(times):
        raise BadInput(f"has {len(times)} frames over {times[-1] - times[0]:.0f} seconds, most of "
                       f"them within {interval:.3f} seconds of the next; its times are wrong")
    middles = times[:-1] + intervals / 2
    return np.searchsorted(middles, times[0] + interval * np.arange(count))
