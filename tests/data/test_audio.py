import io
import struct

import G722
import numpy as np
import pytest
import soundfile
import soxr

from zoo.data import audio
from zoo.data.folder.kept import BadInput


def tone(samples=8000, rate=16000, frequency=440.0, channels=1):
    wave = 0.4 * np.sin(2 * np.pi * frequency * np.arange(samples) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def written(path, samples, rate=16000, **options):
    soundfile.write(path, samples, rate, **options)
    return path


def read(path):
    """Returns all that `audio.blocks` gives, with its rate."""
    rate, channels, blocks = audio.blocks(path)
    samples = np.concatenate(list(blocks))
    assert samples.shape[1] == channels
    return samples, rate


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
@pytest.mark.parametrize("rate, channels", [(16000, 1), (44100, 2)])
def test_every_format_is_read(tmp_path, suffix, rate, channels):
    path = written(tmp_path / f"a{suffix}", tone(rate, rate, channels=channels), rate)
    samples, got = read(path)
    assert got == rate and samples.dtype == np.float32 and samples.shape[1] == channels
    assert abs(len(samples) - rate) <= (2400 if suffix == ".mp3" else 0)  # MP3 pads its frames.
    middle = samples[rate // 4:rate // 2]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.05)


def test_g722_is_read_block_by_block(tmp_path):
    path = tmp_path / "a.G722"
    pcm = audio.to_pcm(tone(150_000)[:, 0])
    path.write_bytes(G722.G722(16000, 64000).encode(pcm))
    rate, channels, blocks = audio.blocks(path)
    parts = list(blocks)
    assert (rate, channels) == (16000, 1) and len(parts) == 3
    samples = np.concatenate(parts)[:, 0]
    assert len(samples) == 150_000
    # G.722's filters delay by 22 samples.
    assert np.corrcoef(samples[122:], tone(150_000)[100:-22, 0])[0, 1] > 0.99


def test_mono_at_16_khz_is_what_networks_take(tmp_path):
    stereo = tone(24000, 48000, channels=2)
    stereo[:, 1] = 0
    mono = audio.read_mono(written(tmp_path / "a.wav", stereo, 48000))
    np.testing.assert_allclose(mono[1000:7000], tone()[1000:7000, 0] / 2, atol=2e-3)
    assert mono.shape == (8000,)


def float_wav(value):
    file = io.BytesIO()
    soundfile.write(file, np.array([0.1, value], np.float32), 16000, "FLOAT", format="WAV")
    return file.getvalue()


def whole(file_format, samples=20_000):
    file = io.BytesIO()
    soundfile.write(file, np.random.default_rng(0).uniform(-1, 1, samples), 16000,
                    format=file_format)
    return file.getvalue()


@pytest.mark.parametrize("name, content, reason", [
    ("a.wav", b"", "empty"), ("a.g722", b"", "empty"),
    ("a.wav", b"these are words, no sound at all", "no readable sound"),
    ("a.mp3", b"\x89PNG\r\n" * 9, "no readable sound"),
    ("a.txt", b"words", "is not one of"),
    ("a.wav", whole("WAV", 0), "holds no samples"),
    ("a.wav", whole("WAV")[:9000], "is truncated: 9,000 bytes of 40,044"),
    ("a.flac", whole("FLAC")[:9000], "damaged|truncated"),
    ("a.wav", float_wav(np.nan), "not finite"), ("a.wav", float_wav(np.inf), "not finite"),
], ids=lambda value: value if isinstance(value, str) else "")  # WAVs may hold the time of day.
def test_bad_files_are_refused_with_a_reason(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=reason):
        read(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match="No such file"):
        audio.blocks(tmp_path / "a.wav")


def test_a_stream_of_unknown_length_is_read(tmp_path):
    content = bytearray(whole("WAV", 100))
    content[4:8] = content[40:44] = struct.pack("<I", 0xFFFFFFFF)
    (tmp_path / "a.wav").write_bytes(content)
    assert len(read(tmp_path / "a.wav")[0]) == 100


@pytest.mark.parametrize("rate, target", [(44100, 16000), (16000, 8000), (16000, 16000)])
def test_resampling_in_blocks_is_resampling_at_once(rate, target):
    samples = tone(30_000, rate, channels=2)
    stream = audio.StreamingResampler(rate, target, 2)
    parts = [stream.push(samples[i:i + 7001]) for i in range(0, 30_000, 7001)]
    parts.append(stream.push(samples[:0], last=True))
    at_once = soxr.resample(samples, rate, target)
    np.testing.assert_allclose(np.concatenate(parts)[:len(at_once)], at_once, atol=1e-3)


def test_what_exceeds_full_scale_is_scaled_and_said(tmp_path, capsys):
    audio.to_wav(tmp_path / "a.wav", np.array([0.5, 2.0, -2.0], np.float32))
    np.testing.assert_allclose(read(tmp_path / "a.wav")[0][:, 0], [0.25, 1, -1], atol=1e-4)
    assert "exceed full scale 2.00 times: scaled to it" in capsys.readouterr().out
    assert audio.to_pcm(np.array([0.5, 2.0, -2.0])).tolist() == [16384, 32767, -32768]
