"""Reading, resampling and writing sound files, whole or block by block."""

import contextlib
import io
import pathlib
import tempfile

import numpy as np

from zoo import extras
from zoo.data.folder import lengths
from zoo.data.folder.kept import BadInput

with extras.needed("speech"):
    import G722
    import soundfile
    import soxr

SAMPLE_RATE = 16_000  # Hz, of every network here.
SUFFIXES = (".aif", ".aiff", ".flac", ".g722", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav")
# Named like sounds, so that leaving them out in silence would surprise.
OTHER_SUFFIXES = (".aac", ".ac3", ".amr", ".ape", ".au", ".caf", ".sph", ".wma", ".wv")
_FORMATS = ("WAV", "WAVEX", "RF64", "FLAC", "OGG", "MPEG", "MP3", "AIFF")  # libsndfile's names.
_G722_BITS_PER_SECOND = 64_000  # Headerless; Asterisk and telephones use this rate.
_BLOCK = 1 << 16  # Samples a channel read at a time.
_LONGEST = 2 * 3600  # Seconds that are read into memory.
MAX_CHANNELS, RATES = 64, (1_000, 768_000)  # The latter in Hz.
_COUNTS = (b"Xing", b"Info")  # Of MP3, what says how many samples there are; others are guessed.


def blocks(path):
    """Opens a sound file for reading in constant memory.

    A file shorter than its header says is truncated, but for lengths that a program guesses which
    writes to a pipe, see `lengths.cut_short`; a length of 0 is the whole rest.

    Args:
        path: of a WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF, M4A or G.722 (raw, 64 kbit/s) file.

    Returns:
        (sample rate in Hz, number of channels, iterator over float32 `(samples, channels)`, full
        scale 1, with at most 65,536 samples each). Iterating may raise `BadInput` too.

    Raises:
        BadInput: no sound file, no samples, truncated, or samples that are not finite.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"is not one of {', '.join(SUFFIXES)}")
    is_headerless = path.suffix.lower() == ".g722"
    try:
        problem = ("is empty (0 bytes)" if not path.stat().st_size else
                   "" if is_headerless else lengths.cut_short(path))
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})") from None
    if problem:
        raise BadInput(problem)
    if is_headerless:
        return SAMPLE_RATE, 1, _g722_blocks(path)
    if path.suffix.lower() == ".m4a":
        return _m4a_blocks(path)
    try:
        file = soundfile.SoundFile(_filled_in(path))
    except soundfile.LibsndfileError as error:
        raise BadInput(f"is no readable sound file ({error.error_string})") from None
    problem = (f"is {file.format}, not one of {', '.join(SUFFIXES)}" if file.format not in _FORMATS
               else "holds no samples" if file.frames == 0
               else _unusable(file.samplerate, file.channels))
    if problem:
        file.close()
        raise BadInput(problem)
    return file.samplerate, file.channels, _file_blocks(file)


def _unusable(rate, channels):
    if not RATES[0] <= rate <= RATES[1]:
        return f"has a sample rate of {rate:,} Hz; it must be {RATES[0]:,} to {RATES[1]:,}"
    return f"has {channels} channels, more than {MAX_CHANNELS}" if channels > MAX_CHANNELS else ""


def _filled_in(path):
    with path.open("rb") as file:
        place = lengths.unfinished(file)
    return path if place is None else _Unfinished(path, place)


class _Unfinished(io.FileIO):
    """A WAV file whose length of samples, at `place`, is read as "up to the end"."""

    def __init__(self, path, place):
        super().__init__(path)
        self._place = place

    def read(self, size=-1):
        """Returns bytes, as every file does."""
        start, content = self.tell(), bytearray(super().read(size))
        for i in range(max(start, self._place), min(start + len(content), self._place + 4)):
            content[i - start] = 255
        return bytes(content)

    def readinto(self, buffer):
        """Fills a buffer, as every file does."""
        content = self.read(len(buffer))
        memoryview(buffer).cast("B")[:len(content)] = content
        return len(content)


def _m4a_blocks(path):
    with extras.needed("video"):
        import av
    try:
        # The format is named, so that no other one, a list of addresses among them, is tried.
        container = av.open(f"file:{path}", format="mov")
    except av.error.FFmpegError as error:
        raise BadInput(f"is no readable sound file ({error.strerror})") from None
    if not container.streams.audio:
        container.close()
        raise BadInput("has no sound in it")
    stream = container.streams.audio[0]
    rate, channels = stream.rate, stream.channels
    if problem := _unusable(rate, channels):
        container.close()
        raise BadInput(problem)

    def decoded():
        to_float = av.AudioResampler(format="fltp", layout=stream.layout, rate=rate)
        # Encoders fill the last block up; the file says where the sound ends.
        end = round(stream.duration * stream.time_base * rate) if stream.duration else None
        count = 0
        try:
            with container:
                for frame in container.decode(audio=0):
                    for part in to_float.resample(frame):
                        block = part.to_ndarray().T[:None if end is None else max(end - count, 0)]
                        count += len(block)
                        yield np.ascontiguousarray(block, np.float32)
        except av.error.FFmpegError as error:
            raise BadInput(f"is damaged after {count:,} samples ({error.strerror})") from None

    return rate, channels, decoded()


def _file_blocks(file):
    count = 0
    with file:
        while True:
            try:
                block = file.read(_BLOCK, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise BadInput(f"is damaged after {count:,} samples ({error.error_string})"
                               ) from None
            if not len(block):
                break
            if not np.isfinite(block).all():
                raise BadInput("has samples that are not finite")
            count += len(block)
            yield block
        if count < file.frames and _is_counted(file):
            raise BadInput(f"is truncated: {count:,} samples of {file.frames:,}")


def _is_counted(file):
    """Whether a file says how many samples it has; of the other formats libsndfile finds it."""
    if file.format not in ("MPEG", "MP3"):
        return file.format == "FLAC"
    with open(file.name, "rb") as head:
        start = head.read(10)
        if start[:3] == b"ID3":
            head.seek(sum(byte << shift for byte, shift in zip(start[6:], (21, 14, 7, 0))), 1)
        beginning = head.read(256)
        return any(each in beginning for each in _COUNTS)


def _g722_blocks(path):
    decoder = G722.G722(SAMPLE_RATE, _G722_BITS_PER_SECOND)
    with path.open("rb") as file:
        while encoded := file.read(_BLOCK // 2):
            yield from_pcm(np.asarray(decoder.decode(encoded), np.int16))[:, None]


def read_mono(path):
    """Reads a file as the networks take it: float32 `(samples,)`, 16 kHz, channels averaged.

    Raises:
        BadInput: see `blocks`; or longer than two hours.
    """
    rate, _, parts = blocks(path)
    stream, found, count = StreamingResampler(rate, SAMPLE_RATE, 1), [], 0
    for part in parts:
        count += len(part)
        if count > _LONGEST * rate:
            raise BadInput(f"is longer than {_LONGEST // 3600} hours; cut it into pieces")
        found.append(stream.push(part.mean(axis=1, keepdims=True)))
    found.append(stream.push(np.zeros((0, 1), np.float32), last=True))
    return np.concatenate(found)[:, 0]


def to_pcm(samples):
    """Rounds float samples of full scale 1 to little-endian int16; what exceeds it is clipped."""
    return np.clip(np.round(samples * 2**15), -2**15, 2**15 - 1).astype("<i2")


def from_pcm(samples):
    """Returns int16 samples as float32 of full scale 1."""
    return samples.astype(np.float32) / 2**15


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

    What exceeds full scale is not clipped: all of it is then scaled to it, and a line says so. It
    is kept on disk until that is known; without an error the file appears at the end.

    Args:
        path: of the file, or an open binary file.
        file_format: "WAV" or "FLAC".
        rate: Hz.
        channels: number of channels.

    Yields:
        Function that takes float32 `(samples, channels)`.
    """
    peak = 1.0
    with tempfile.TemporaryFile() as kept:

        def write(block):
            nonlocal peak
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            kept.write(np.ascontiguousarray(block, np.float32).tobytes())

        yield write
        if peak > 1.0:
            print(f"the result would exceed full scale {peak:.2f} times: scaled to it", flush=True)
        kept.seek(0)
        with soundfile.SoundFile(path, "w", rate, channels, "PCM_16", format=file_format) as file:
            while encoded := kept.read(4 * channels * _BLOCK):
                file.write(np.frombuffer(encoded, np.float32).reshape(-1, channels) / peak)


def check_writable(file_format, rate, channels):
    """Returns why no file of this kind can hold such a sound, or "".

    Args:
        file_format, rate, channels: see `writer`.
    """
    if file_format != "FLAC" or (channels <= 8 and rate <= 655_350
                                 and (rate <= 65_535 or rate % 10 == 0)):
        return ""
    return ("FLAC holds at most 8 channels at up to 655,350 Hz, above 65,535 Hz in tens; write a "
            ".wav file")


def to_wav(path, samples, rate=SAMPLE_RATE):
    """Writes float32 `(samples,)` or `(samples, channels)` as a 16-bit WAV file."""
    samples = samples[:, None] if samples.ndim == 1 else samples
    with writer(path, "WAV", rate, samples.shape[1]) as write:
        write(samples)
