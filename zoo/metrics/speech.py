"""How good speech sounds and how much of the noise is gone, against the clean recording.

All take float `(samples,)` at 16 kHz, full scale 1, clean first.
"""

import numpy as np

from zoo import extras

with extras.needed("speech"):
    import pesq
    import pystoi

_RATE = 16_000
_FRAME, _HOP = 480, 120  # 30 ms and a quarter of it.
_LEAST_DB, _MOST_DB = -10.0, 35.0
_EPSILON = 1e-10


def pesq_wb(clean, result):
    """Perceptual evaluation of speech quality, wideband (ITU-T P.862.2), in [1.04, 4.64].

    Returns:
        float; NaN where it finds no speech in one of the two (all silent, or under 1/4 s).
    """
    if not np.any(result) or not np.any(clean):
        return float("nan")
    score = pesq.pesq(_RATE, clean, result, "wb", on_error=pesq.PesqError.RETURN_VALUES)
    return float(score) if score > 0 else float("nan")


def stoi(clean, result):
    """Short-time objective intelligibility (Taal et al. 2011), about [0, 1]."""
    return float(pystoi.stoi(clean, result, _RATE))


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
    """Scale-invariant signal-to-distortion ratio, dB (Le Roux et al. 2019, eq. 3), zero mean."""
    clean, result = (np.asarray(each, np.float64) for each in (clean, result))
    clean, result = clean - clean.mean(), result - result.mean()
    target = clean * (clean @ result) / (clean @ clean + _EPSILON)
    error = result - target
    return float(10 * np.log10((target @ target + _EPSILON) / (error @ error + _EPSILON)))


METRICS = {"pesq_wb": pesq_wb, "stoi": stoi, "segmental_snr_db": segmental_snr_db,
           "si_sdr_db": si_sdr_db}
