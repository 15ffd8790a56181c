"""How good speech sounds and how much of the noise is gone, against the clean recording.

All take float `(samples,)` at 16 kHz, full scale 1, clean first.
"""

import warnings

import numpy as np

from zoo import extras

with extras.needed("speech"):
    import pesq
    import pystoi

_RATE = 16_000
_FRAME, _HOP = 480, 120  # 30 ms and a quarter of it.
_LEAST_DB, _MOST_DB = -10.0, 35.0
_EPSILON = 1e-10
_LEAST_SI_SDR_DB = -30.0
_SILENCE = 2.0**-16  # Half a step of 16 bits: everything below it is stored as 0.


def pesq_wb(clean, result):
    """Perceptual evaluation of speech quality, wideband (ITU-T P.862.2), in (0.999, 4.65).

    Returns:
        float; NaN where it finds no speech in one of the two (all silent, or under 1/4 s).
    """
    if not np.any(result) or not np.any(clean):
        return float("nan")
    score = pesq.pesq(_RATE, clean, result, "wb", on_error=pesq.PesqError.RETURN_VALUES)
    return float(score) if score > 0 else float("nan")


def stoi(clean, result):
    """Short-time objective intelligibility (Taal et al. 2011), a correlation; below 0 counts as 0.

    Returns:
        float in [0, 1]; NaN where the clean recording has too little speech for it (30 frames).
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Not enough STFT frames", RuntimeWarning)
        try:
            return float(np.maximum(pystoi.stoi(clean, result, _RATE), 0.0))
        except RuntimeWarning:
            return float("nan")


def segmental_snr_db(clean, result):
    """Mean over frames of 30 ms of the SNR within [-10, 35] dB (Hu & Loizou 2008, eq. 2).

    Frames in which the clean recording is digital silence have no SNR and do not count.

    Returns:
        float; NaN where no frame counts.
    """
    clean, result = (np.asarray(each, np.float64) for each in (clean, result))
    window = np.hanning(_FRAME + 2)[1:-1] ** 2
    values = []
    for start in range(0, max(len(clean) - _FRAME, 0) + 1, _HOP):
        target = clean[start:start + _FRAME]
        error = target - result[start:start + _FRAME]
        weight = window[:len(target)]
        power = weight @ target**2
        if power > _EPSILON:
            ratio = power / (weight @ error**2 + _EPSILON)
            values.append(np.clip(10 * np.log10(ratio), _LEAST_DB, _MOST_DB))
    return float(np.mean(values)) if values else float("nan")


def si_sdr_db(clean, result):
    """Scale-invariant signal-to-distortion ratio, dB (Le Roux et al. 2019, eq. 3), zero mean.

    Returns:
        float, at least -30: what is no more alike than unrelated noise differs by chance alone.
    """
    clean, result = (np.asarray(each, np.float64) for each in (clean, result))
    clean, result = clean - clean.mean(), result - result.mean()
    target = clean * (clean @ result) / (clean @ clean + _EPSILON)
    error = result - target
    ratio = 10 * np.log10((target @ target + _EPSILON) / (error @ error + _EPSILON))
    return float(np.maximum(ratio, _LEAST_SI_SDR_DB))


METRICS = {"pesq_wb": pesq_wb, "stoi": stoi, "segmental_snr_db": segmental_snr_db,
           "si_sdr_db": si_sdr_db}
# What no result is worse than; PESQ's is the lower end of the mapping of P.862.2.
WORST = {"pesq_wb": 0.999, "stoi": 0.0, "segmental_snr_db": _LEAST_DB,
         "si_sdr_db": _LEAST_SI_SDR_DB}


def is_muted(samples):
    """True where nothing is left in 16 bits: all within half a step of 0."""
    return bool(np.all(np.abs(samples) < _SILENCE))


def score(name, clean, result):
    """Judges a result so that silence is no way out.

    Args:
        name: key of `METRICS`.
        clean, result: float `(samples,)`.

    Returns:
        float: the metric, and its `WORST` where the result is muted, not finite, or such that the
        metric finds no speech in it. NaN where it can not judge the clean recording itself.
    """
    if is_muted(clean):
        return float("nan")
    value = float("nan") if is_muted(result) else METRICS[name](clean, result)
    if np.isfinite(value):
        return value
    return WORST[name] if np.isfinite(METRICS[name](clean, clean)) else float("nan")
