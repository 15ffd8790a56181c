"""Sound files into what is kept of them: 16 kHz, one channel, 16 bits."""

import hashlib

import numpy as np

from zoo.data import audio
from zoo.data.folder.kept import BadInput


def read(paths, shortest=1):
    """Reads one sound, or a noisy and a clean one, by a common factor within full scale.

    Floating-point files, and resampling, may exceed full scale; clipping would distort, and scaling
    one of two would make them no pair.

    Args:
        paths: list of one or two `pathlib.Path`.
        shortest: fewest samples at 16 kHz.

    Returns:
        (SHA-256 of the samples, list of little-endian int16 samples as bytes, `{"samples": their
        number}` with a `note` where they exceeded full scale), as `Modality.convert` returns it.

    Raises:
        BadInput: one cannot be read, is too short, or the two are not of one length.
    """
    sounds = [_read(path, is_named=len(paths) > 1) for path in paths]
    if len({len(sound) for sound in sounds}) > 1:
        raise BadInput("last {:,} and {:,} samples (at 16 kHz); a pair must be of one "
                       "length".format(*map(len, sounds)))
    if len(sounds[0]) < shortest:
        raise BadInput(f"is shorter than {shortest / audio.SAMPLE_RATE} s")
    peak = max(float(np.abs(sound).max(initial=0.0)) for sound in sounds)
    factor = 1.0 / peak if peak > 1.0 else 1.0
    parts = [audio.to_pcm(factor * sound).tobytes() for sound in sounds]
    known = {"samples": len(sounds[0])}
    if factor < 1.0:
        known["note"] = "exceeded full scale and were scaled to it (noisy and clean alike)"
    return hashlib.sha256(b"".join(parts)).hexdigest(), parts, known


def _read(path, is_named):
    try:
        return audio.read_mono(path)
    except BadInput as error:
        name = f"{path.parent.name}/{path.name} " if is_named else ""
        raise BadInput(f"{name}{error}") from None
