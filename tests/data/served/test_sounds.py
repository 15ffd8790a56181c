"""WAV files in the graph: the same samples as training's reader, or refused by their place."""

import io
import struct

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tests.speech_enhancement import sounds as voices
from zoo.data import audio
from zoo.data.served import sounds

SOUND = np.clip(3 * voices.voice(3, 0.05)[:, None] * [1, -0.5, 0.3], -0.99, 0.99)[:777]


@tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
def read_first(encoded):
    encoded, described, rates, counts = sounds.check(encoded, "wav_bytes")
    return sounds.decode(encoded[0], described[0]), rates, counts


def wav(samples=SOUND[:, :1], subtype="PCM_16", rate=16000, kind="WAV"):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, subtype, format=kind)
    return file.getvalue()


def replaced(content, **chunks):
    """A WAV file with 4 bytes behind `RIFF` or `data` replaced by another length."""
    for name, length in chunks.items():
        place = content.index(name.encode()) + 4
        content = content[:place] + struct.pack("<I", length) + content[place + 4:]
    return content


def with_chunk(content, name=b"LIST", body=b"INFOodd", place=36):
    """With one more chunk before another, padded to an even length."""
    chunk = name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    whole = struct.unpack("<I", content[4:8])[0] + len(chunk)
    return replaced(content[:place] + chunk + content[place:], RIFF=whole)


PLAIN = wav()
GOOD = {f"{kind} {subtype} of {channels}": wav(SOUND[:, :channels], subtype, 44100, kind)
        for kind in ("WAV", "WAVEX") for channels in (1, 3)
        for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")} | {
    "beyond full scale": wav(5 * SOUND, "FLOAT"),
    "an odd chunk before the samples": with_chunk(PLAIN),
    "an odd chunk before the format": with_chunk(PLAIN, place=12),
    "an odd chunk behind the samples": with_chunk(PLAIN, place=len(PLAIN)),
    "a pipe of SoX": replaced(PLAIN, RIFF=0x7FFFF024, data=0x7FFFF000),
    "a pipe of arecord": replaced(PLAIN, RIFF=0x80000024, data=0x80000000),
    "a pipe of FFmpeg": replaced(PLAIN, RIFF=0xFFFFFFFF, data=0xFFFFFFFF),
    "a pipe that leaves 0": replaced(PLAIN, RIFF=0, data=0),
    "a pipe that leaves the header's length": replaced(PLAIN, RIFF=36, data=0),
    "half a frame at the end": replaced(wav(SOUND), RIFF=0xFFFFFFFF, data=0xFFFFFFFF)[:-3]}


@pytest.mark.parametrize("name", GOOD)
def test_samples_are_those_of_training(name, tmp_path):
    (tmp_path / "a.wav").write_bytes(GOOD[name])
    rate, _, blocks = audio.blocks(tmp_path / "a.wav")
    expected = np.concatenate(list(blocks))
    found, rates, counts = read_first(tf.constant([GOOD[name], PLAIN]))
    np.testing.assert_array_equal(found, expected)
    assert rates.numpy().tolist() == [rate, 16000]
    assert counts.numpy().tolist() == [expected.size, 777]


BAD = {
    "": "no WAV file", "no sound": "no WAV file", "RIFF": "no WAV file",
    "RIFF----WAVEdata": "cut short", PLAIN[:40]: "cut short", PLAIN[:-100]: "cut short",
    with_chunk(PLAIN)[:41]: "cut short",
    replaced(PLAIN, RIFF=0xFFFFFFFF)[:-100]: "cut short",
    wav(kind="FLAC"): "no WAV file", wav(kind="RF64"): "no WAV file",
    wav(kind="AIFF"): "no WAV file",
    wav(subtype="ULAW"): "of a kind that is not read", wav(subtype="IMA_ADPCM"): "of a kind",
    PLAIN.replace(b"fmt ", b"fmd "): "no WAV file with a format",
    replaced(PLAIN[:44], RIFF=36, data=0): "without any sample",
    PLAIN[:22] + b"\0\0" + PLAIN[24:]: "less than 1 or more than 64 channels",
    PLAIN[:22] + b"\x41\0" + PLAIN[24:]: "less than 1 or more than 64 channels",
    PLAIN[:32] + b"\0\0" + PLAIN[34:]: "of a kind",
    PLAIN[:24] + b"\x01\0\0\0" + PLAIN[28:]: "less than 1,000 or more than 192,000 Hz",
    wav(rate=192_001): "less than 1,000 or more than 192,000 Hz",
    wav(SOUND.astype("f4") * np.float32("inf"), "FLOAT"): "samples that are not finite",
    wav(np.append(SOUND, [[0, np.nan, 0]], 0), "DOUBLE"): "samples that are not finite"}


@pytest.mark.parametrize("content", BAD)
def test_what_will_not_do_is_named_by_its_place(content):
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match=rf"wav_bytes: .*{BAD[content]}.*counted from 0:.*\[1\]"):
        read_first(tf.constant([PLAIN, content]))
