"""Reading, resampling and writing sound files, whole or block by block."""

import contextlib
import pathlib

import numpy as np

from zoo import extras

with extras.needed("speech"):
    import G722
    import soundfile
    import soxr

SAMPLE_RATE = 16_000  # Hz, of every network here.
SUFFIXES = (".flac", ".g722", ".mp3", ".ogg", ".wav")
_G722_BITS_PER_SECOND = 64_000  # Headerless; Asterisk and telephones use this rate.
_BLOCK = 1 << 16  # Samples a channel read at a time.


class BadAudio(ValueError):
    """A file that is no usable sound; the message is one clause that says why."""


def blocks(path):
    """Opens a sound file for reading in constant memory.

    Args:
        path: of a WAV, FLAC, OGG (Vorbis, Opus), MP3 or G.722 (raw, 64 kbit/s) file.

    Returns:
        (sample rate in Hz, number of channels, iterator over float32 `(samples, channels)`, full
        scale 1, with at most 65,536 samples each). Iterating may raise `BadAudio` too.

    Raises:
        BadAudio: no sound file, no samples, truncated, or samples that are not finite.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise BadAudio(f"is not one of {', '.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise BadAudio(f"cannot be read ({error.strerror})") from None
    if size == 0:
        raise BadAudio("is empty (0 bytes)")
    if path.suffix.lower() == ".g722":
        return SAMPLE_RATE, 1, _g722_blocks(path)
    if path.suffix.lower() == ".wav":
        _check_wav_length(path, size)
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        raise BadAudio(f"is no readable sound file ({error.error_string})") from None
    if file.frames == 0:
        file.close()
        raise BadAudio("holds no samples")
    return file.samplerate, file.channels, _file_blocks(file)


def _check_wav_length(path, size):
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:8], "little")
    # A writer that did not know the length, as to a pipe, has left 0 or the largest number.
    if head[:4] == b"RIFF" and size < promised < 2**32 - 256:
        raise BadAudio(f"is truncated: {size:,} bytes of {promised + 8:,}")


def _file_blocks(file):
    count = 0
    with file:
        while True:
            try:
                block = file.read(_BLOCK, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise BadAudio(f"is damaged after {count:,} samples ({error.error_string})"
                               ) from None
            if not len(block):
                break
            if not np.isfinite(block).all():
                raise BadAudio("has samples that are not finite")
            count += len(block)
            yield block
        if file.format == "FLAC" and count < file.frames:
            raise BadAudio(f"is truncated: {count:,} samples of {file.frames:,}")


def _g722_blocks(path):
    decoder = G722.G722(SAMPLE_RATE, _G722_BITS_PER_SECOND)
    with path.open("rb") as file:
        while encoded := file.read(_BLOCK // 2):
            yield from_pcm(np.asarray(decoder.decode(encoded), np.int16))[:, None]


def read(path):
    """Reads a whole sound file.

    Returns:
        (float32 `(samples, channels)`, sample rate in Hz).

    Raises:
        BadAudio: see `blocks`.
    """
    rate, _, parts = blocks(path)
    return np.concatenate(list(parts)), rate


def read_mono(path):
    """Reads a file as the networks take it: float32 `(samples,)`, 16 kHz, channels averaged.

    Raises:
        BadAudio: see `blocks`.
    """
    samples, rate = read(path)
    return resample(samples.mean(axis=1), rate, SAMPLE_RATE)


def to_pcm(samples):
    """Rounds float samples of full scale 1 to little-endian int16; what exceeds it is clipped."""
    return np.clip(np.round(samples * 2**15), -2**15, 2**15 - 1).astype("<i2")


def from_pcm(samples):
    """Returns int16 samples as float32 of full scale 1."""
    return samples.astype(np.float32) / 2**15


def resample(samples, rate, target_rate):
    """Changes the sample rate: float32 `(samples,)` or `(samples, channels)` -> the same kind."""
    return samples if rate == target_rate else soxr.resample(samples, rate, target_rate)


class StreamingResampler:
    """Changes the sample rate of sound that comes in blocks, in constant memory.

    Args:
        rate, target_rate: Hz.
        channels: number of channels.
    """

    def __init__(self, rate, target_rate, channels):
        self._stream = None if rate == target_rate else soxr.ResampleStream(
            rate, target_rate, channels, dtype="float32")

    def push(self, block, last=False):
        """Takes float32 `(samples, channels)`, returns what is ready of the result."""
        return block if self._stream is None else self._stream.resample_chunk(block, last=last)


@contextlib.contextmanager
def writer(path, file_format, rate, channels):
    """Opens a file for writing 16-bit sound block by block.

    Args:
        path: of the file.
        file_format: "WAV" or "FLAC".
        rate: Hz.
        channels: number of channels.

    Yields:
        Function that takes float32 `(samples, channels)`; what exceeds full scale is clipped.
    """
    with soundfile.SoundFile(path, "w", rate, channels, "PCM_16", format=file_format) as file:
        yield lambda block: file.write(np.clip(block, -1.0, 1.0))


def to_wav(path, samples, rate=SAMPLE_RATE):
    """Writes float32 `(samples,)` or `(samples, channels)` as a 16-bit WAV file."""
    samples = samples[:, None] if samples.ndim == 1 else samples
    with writer(path, "WAV", rate, samples.shape[1]) as write:
        write(samples)
