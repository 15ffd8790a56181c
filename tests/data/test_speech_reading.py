"""Noisy and clean sounds as a pair: one scale, one length; and headers of every kind."""

import struct

import numpy as np
import pytest
import soundfile

from zoo.data import audio
from zoo.data.speech import layouts, reading


def tone(seconds=1.0, rate=16000, peak=0.5):
    return peak * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)


def put(path, samples, rate=16000, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **options)
    return path


def decoded(parts):
    return [np.frombuffer(part, "<i2") / 2**15 for part in parts]


def test_a_pair_beyond_full_scale_is_scaled_as_a_pair_and_said(tmp_path, capsys):
    for i in range(6):
        put(tmp_path / "own" / "noisy" / f"{i}.wav", tone(peak=2.0 - 0.1 * i), subtype="FLOAT")
        put(tmp_path / "own" / "clean" / f"{i}.wav", tone(peak=1.0 - 0.01 * i), subtype="FLOAT")
    noisy, clean = decoded(reading.read(
        [tmp_path / "own" / role / "0.wav" for role in ("noisy", "clean")])[1])
    assert np.abs(noisy).max() == pytest.approx(1.0, abs=1e-3)
    assert np.abs(clean).max() == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_allclose(noisy, 2 * clean, atol=1e-3)
    layouts.prepare(tmp_path / "own", tmp_path / "data")
    assert ("6 sounds exceeded full scale and were scaled to it (noisy and clean alike), such as 0"
            in capsys.readouterr().out)


@pytest.mark.parametrize("name, options", [
    ("a.opus", {"format": "OGG", "subtype": "OPUS"}), ("a.aiff", {}), ("a.AIF", {"format": "AIFF"}),
    ("a.oga", {"format": "OGG"}), ("a.mp3", {"format": "MP3"}), ("a.flac", {}),
    ("a.wav", {"format": "WAVEX"}), ("b.wav", {"format": "RF64"}), ("c.wav", {"subtype": "FLOAT"})])
def test_every_documented_kind_is_read(tmp_path, name, options):
    rate = 48000 if name == "a.opus" else 16000
    read = audio.read_mono(put(tmp_path / name, tone(rate=rate), rate, **options))
    assert abs(len(read) - 16000) < 2000
    assert np.sqrt(np.mean(read[2000:14000] ** 2)) == pytest.approx(0.5 / 2**0.5, abs=0.02)


def test_m4a_is_read(tmp_path):
    av = pytest.importorskip("av")
    with av.open(str(tmp_path / "a.m4a"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            tone()[None].astype(np.float32), format="fltp", layout="mono")
        frame.rate = 16000
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    read = audio.read_mono(tmp_path / "a.m4a")
    assert abs(len(read) - 16000) < 3000 and np.abs(read).max() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("promised", [0x7FFFF024, 0x80000024, 2**32 - 1])
def test_a_pipes_guess_is_read_to_its_end(tmp_path, promised):
    content = bytearray(put(tmp_path / "a.wav", tone(), subtype="PCM_16").read_bytes())
    content[4:8] = struct.pack("<I", promised)
    content[40:44] = struct.pack("<I", promised - 36)
    (tmp_path / "a.wav").write_bytes(content)
    assert len(audio.read_mono(tmp_path / "a.wav")) == 16000


def test_a_file_cut_short_is_not(tmp_path):
    content = put(tmp_path / "a.wav", tone(), subtype="PCM_16").read_bytes()
    (tmp_path / "a.wav").write_bytes(content[:20_000])
    with pytest.raises(audio.BadAudio, match="truncated: 20,000 bytes of 32,044"):
        audio.read_mono(tmp_path / "a.wav")


def test_chunks_before_the_samples_are_passed_over(tmp_path):
    content = put(tmp_path / "a.wav", tone(), subtype="PCM_16").read_bytes()
    odd = b"LIST" + struct.pack("<I", 7) + b"INFOxyz\0"
    content = content[:36] + odd + content[36:]
    (tmp_path / "a.wav").write_bytes(
        content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    np.testing.assert_allclose(audio.read_mono(tmp_path / "a.wav"), tone(), atol=1e-4)


@pytest.mark.parametrize("name, content, words", [
    ("a.wav", b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n", "is no readable sound file"),
    ("a.m4a", b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n", "is no readable sound file"),
    ("a.m4a", b"ffconcat version 1.0\nfile /etc/passwd\n", "is no readable sound file"),
    ("a.txt", b"x", "is not one of"), ("a.flac", b"", "is empty")])
def test_nothing_else_is_opened(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(audio.BadAudio, match=words):
        audio.read_mono(tmp_path / name)


def test_limits(tmp_path, monkeypatch):
    put(tmp_path / "many.wav", np.zeros((10, 65)))
    put(tmp_path / "slow.wav", np.zeros(10), 200)
    for name, words in (("many.wav", "65 channels"), ("slow.wav", "200 Hz")):
        with pytest.raises(audio.BadAudio, match=words):
            audio.read_mono(tmp_path / name)
    monkeypatch.setattr(audio, "_LONGEST", 0)
    with pytest.raises(audio.BadAudio, match="longer than"):
        audio.read_mono(put(tmp_path / "a.wav", tone()))


def test_what_flac_cannot_hold_is_said_before_the_work():
    assert "at most 8 channels" in audio.check_writable("FLAC", 16000, 16)
    assert "655,350 Hz" in audio.check_writable("FLAC", 700_000, 1)
    assert audio.check_writable("FLAC", 44100, 2) == audio.check_writable("WAV", 16000, 16) == ""
