"""Noisy and clean sounds as a pair: one scale, one length; and headers of every kind."""

import struct

import numpy as np
import pytest
import soundfile

from zoo.data import audio
from zoo.data.folder import preparing
from zoo.data.folder.kept import BadInput
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
    preparing.prepare(tmp_path / "own", tmp_path / "data", layouts.modality())
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
    with pytest.raises(BadInput, match="truncated: 20,000 bytes of 32,044"):
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
    with pytest.raises(BadInput, match=words):
        audio.read_mono(tmp_path / name)


def test_limits(tmp_path, monkeypatch):
    put(tmp_path / "many.wav", np.zeros((10, 65)))
    put(tmp_path / "slow.wav", np.zeros(10), 200)
    for name, words in (("many.wav", "65 channels"), ("slow.wav", "200 Hz")):
        with pytest.raises(BadInput, match=words):
            audio.read_mono(tmp_path / name)
    monkeypatch.setattr(audio, "_LONGEST", 0)
    with pytest.raises(BadInput, match="longer than"):
        audio.read_mono(put(tmp_path / "a.wav", tone()))


def test_what_flac_cannot_hold_is_said_before_the_work():
    assert "at most 8 channels" in audio.check_writable("FLAC", 16000, 16)
    assert "655,350 Hz" in audio.check_writable("FLAC", 700_000, 1)
    assert "in tens" in audio.check_writable("FLAC", 88_201, 1)
    assert audio.check_writable("FLAC", 88_200, 8) == audio.check_writable("FLAC", 44_101, 1) == ""
    assert audio.check_writable("FLAC", 44100, 2) == audio.check_writable("WAV", 16000, 16) == ""


def wav(samples=16000, whole=None, length=None, before=b"", after=b""):
    """A 16-bit WAV file; `whole` and `length` are what its header says of the file and of them."""
    pcm = audio.to_pcm(tone())[:samples].tobytes()
    start = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + before
    start += b"data" + struct.pack("<I", len(pcm) if length is None else length)
    content = start + pcm + after
    return b"RIFF" + struct.pack("<I", len(content) if whole is None else whole) + content


@pytest.mark.parametrize("options", [
    {"whole": 0, "length": 0}, {"whole": 36, "length": 0}, {"whole": 2**32 - 1, "length": 0},
    {"whole": 0, "length": 2**32 - 1}, {"length": 2**31}, {"whole": 2**31 + 36},
    {"whole": 36, "length": 0, "before": b"LIST" + struct.pack("<I", 4) + b"INFO"}, {"whole": 0}])
def test_an_unknown_length_is_the_whole_rest(tmp_path, options):
    (tmp_path / "a.wav").write_bytes(wav(**options))
    np.testing.assert_allclose(audio.read_mono(tmp_path / "a.wav"), tone(), atol=1e-4)


def test_no_samples_before_another_chunk_are_none(tmp_path):
    (tmp_path / "a.wav").write_bytes(wav(0, after=b"LIST" + struct.pack("<I", 4) + b"INFO"))
    with pytest.raises(BadInput, match="holds no samples"):
        audio.read_mono(tmp_path / "a.wav")


@pytest.mark.parametrize("options", [
    {"whole": 0, "length": 40_000}, {"whole": 2**32 - 1, "length": 320_000}, {"length": 32_010},
    {"whole": 10 * 3600 * 32_000 + 36, "length": 10 * 3600 * 32_000}])
def test_a_length_that_is_no_guess_is_believed(tmp_path, options):
    (tmp_path / "a.wav").write_bytes(wav(**options))
    with pytest.raises(BadInput, match="is truncated: 32,044 bytes of "):
        audio.read_mono(tmp_path / "a.wav")


@pytest.mark.parametrize("options", [
    {"after": b"junk" * 99}, {"whole": 32_044}, {"length": 32_008}])
def test_what_some_writers_count_wrongly_does_not_matter(tmp_path, options):
    (tmp_path / "a.wav").write_bytes(wav(**options))
    assert len(audio.read_mono(tmp_path / "a.wav")) == 16000


@pytest.mark.parametrize("name, options", [
    ("a.wav", {"format": "RF64"}), ("b.wav", {"format": "WAVEX"}), ("a.aiff", {}),
    ("a.aif", {"format": "AIFF", "subtype": "FLOAT"}), ("a.mp3", {"format": "MP3"}),
    ("a.flac", {}), ("a.ogg", {}), ("a.opus", {"format": "OGG", "subtype": "OPUS"})])
@pytest.mark.parametrize("share", [0.4, 0.8])
def test_every_kind_that_is_cut_short_is_refused(tmp_path, name, options, share):
    path = put(tmp_path / name, tone(20.0), **options)
    content = path.read_bytes()
    path.write_bytes(content[:int(share * len(content))])
    with pytest.raises(BadInput, match="is truncated: |is damaged after"):
        audio.read_mono(path)


@pytest.mark.parametrize("id3", [  # A length of 3 * 128 + 3.
    b"", b"ID3\3\0\0" + bytes([0, 0, 3, 3]) + bytes(3 * 128 + 3)])
def test_an_mp3_with_a_long_tag_is_read_and_cut_short_refused(tmp_path, id3):
    sound = put(tmp_path / "a.mp3", tone(3.0), format="MP3").read_bytes()
    (tmp_path / "a.mp3").write_bytes(id3 + sound)
    assert len(audio.read_mono(tmp_path / "a.mp3")) == 48000
    (tmp_path / "a.mp3").write_bytes(id3 + sound[:len(sound) // 2])
    with pytest.raises(BadInput, match="is truncated: .* samples of 48,000"):
        audio.read_mono(tmp_path / "a.mp3")


def m4a(path, samples, codec="aac", **options):
    av = pytest.importorskip("av")
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream(codec, rate=16000, layout="mono")
        samples = (samples if codec == "aac" else audio.to_pcm(samples))[None]
        frame = av.AudioFrame.from_ndarray(
            samples.astype(np.float32 if codec == "aac" else np.int16),
            format="fltp" if codec == "aac" else "s16p", layout="mono")
        frame.rate, frame.pts = 16000, 0
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    return path


@pytest.mark.parametrize("codec", ["aac", "alac"])
def test_m4a_is_as_long_as_what_went_into_it_and_refused_where_it_is_cut_short(tmp_path, codec):
    path = m4a(tmp_path / "a.m4a", tone(), codec)
    read = audio.read_mono(path)
    assert len(read) == 16000
    np.testing.assert_allclose(read[2000:14000], tone()[2000:14000], atol=0.02)
    content = path.read_bytes()
    for share in (0.3, 0.9):
        path.write_bytes(content[:int(share * len(content))])
        with pytest.raises(BadInput, match="is truncated: "):
            audio.read_mono(path)


def test_a_sound_within_a_pair_may_be_of_another_kind(tmp_path):
    clean = put(tmp_path / "a.wav", tone())
    _, parts, known = reading.read([m4a(tmp_path / "a.m4a", tone()), clean])
    assert known == {"samples": 16000} and [len(part) for part in parts] == [32000, 32000]
