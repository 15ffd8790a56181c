"""Sample sheets of spectrograms with their WAV files, and the files of `tools/sample.py`."""

import io

import numpy as np
import tensorflow as tf

from zoo.core import sheets
from zoo.data import audio
from zoo.data.folder.kept import BadInput
from zoo.errors import RequestError
from zoo.layers import spectral
from zoo.speech_enhancement import enhancement

_UTTERANCES, _SNR_DB = 4, 5
_HOP = 128  # Samples: 8 ms a column of a spectrogram.
_LONGEST = 4 * audio.SAMPLE_RATE  # Samples of a spectrogram.
_RANGE_DB = 70.0  # From white down to black.


def spectrogram(samples):
    """Draws float32 `(samples,)` as uint8 `(129, columns, 3)`: low tones below, loud is light."""
    samples = np.pad(samples[:_LONGEST], (0, max(_LONGEST - len(samples), 0)))
    magnitude = np.abs(spectral.stft(samples[None], _HOP)[0].numpy()).T[::-1]
    decibels = 20 * np.log10(magnitude / _HOP + 1e-9)
    grey = np.clip(1 + decibels / _RANGE_DB, 0, 1) * 255
    return np.repeat(np.round(grey).astype(np.uint8)[:, :, None], 3, axis=2)


def _triples(model, speech):
    """Yields (label, noisy, enhanced, clean) of a few fixed utterances."""
    enhance = enhancement.make_enhance(model.ema_generator)
    count = min(_UTTERANCES, len(speech))
    for index in np.linspace(0, len(speech) - 1, count).astype(int):
        pairs = list(speech.measured(index, 0))
        snr_db, noisy, clean = min(pairs, key=lambda pair: abs(pair[0] - _SNR_DB))
        enhanced = enhance(tf.constant(noisy[None]))[0].numpy()
        yield f"utterance {index} at {snr_db} dB", noisy, enhanced, clean


def sheet(model, speech):
    """Draws spectrograms noisy, enhanced and clean of a few utterances, a row each.

    Args:
        model: `SpeechEnhancementGAN`.
        speech: `PairedSpeech` or `MixedSpeech`.

    Returns:
        uint8 `(height, width, 3)`.
    """
    return sheets.labelled([
        (f"{label}: noisy, enhanced, clean", [spectrogram(each) for each in waveforms])
        for label, *waveforms in _triples(model, speech)])


def files(model, speech):
    """Returns what the sheet shows as WAV files, `{"0_noisy.wav": bytes, …}`; see `sheet`."""
    encoded = {}
    for row, (_, *waveforms) in enumerate(_triples(model, speech)):
        for kind, samples in zip(("noisy", "enhanced", "clean"), waveforms, strict=True):
            file = io.BytesIO()
            audio.to_wav(file, samples)
            encoded[f"{row}_{kind}.wav"] = file.getvalue()
    return encoded


def write(model, request, path):
    """Enhances a file of any length in constant memory, at its own rate and number of channels.

    Args:
        model: `SpeechEnhancementGAN`.
        request: `SampleRequest`.
        path: file to write.

    Raises:
        RequestError: the noisy file turns out to be damaged on the way.
    """
    try:
        rate, channels, blocks = audio.blocks(request.noisy)
        with audio.writer(path, request.file_format, rate, channels) as write_block:
            for block in enhancement.enhance_stream(model.ema_generator, rate, channels, blocks):
                write_block(block)
    except BadInput as error:
        raise RequestError(f"--noisy={request.noisy}: {error}.") from None
