"""Pairs of noisy and clean speech, recorded as pairs or mixed on the fly; 16 kHz, full scale 1."""

import functools

import numpy as np
import tensorflow as tf

from zoo.data import audio
from zoo.data.audio import SAMPLE_RATE
from zoo.data.folder import preparing, splits
from zoo.data.folder.kept import fingerprint_of
from zoo.data.speech import layouts, noises, recordings
from zoo.datasets import builders
from zoo.errors import RequestError

SNRS_DB = (0, 5, 10, 15)  # At which mixtures are measured.
_VOICEBANK = "voicebank_demand"
_BYTES = 2  # Of a kept sample.
# Recordings of the packages: shorter ones are beeps and letters, or too short to be measured.
_SHORTEST_RECORDING = {"train": SAMPLE_RATE, "validation": SAMPLE_RATE, "test": 2 * SAMPLE_RATE}


def _level(samples):
    return np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + 1e-12)


class PairedSpeech:
    """One split of utterances that were recorded (or mixed by others) with and without noise.

    Args:
        lengths: samples of each pair.
        read: function of (index, first, stop) that returns (noisy, clean), float32 `(samples,)`.
        fingerprint: str that differs where the sounds do.
        speakers: who speaks in each pair, str `(n,)`; None: another one in each.
    """

    def __init__(self, lengths, read, fingerprint="", speakers=None):
        self.lengths = np.array(lengths)
        self.read = read
        self.fingerprint = fingerprint
        self.speakers = np.arange(len(lengths)) if speakers is None else np.array(speakers)

    def __len__(self):
        return len(self.lengths)

    def draw(self, index, samples, snr_db, random):
        """Returns a drawn stretch of a pair, (noisy, clean) `(samples,)`; its SNR is its own."""
        del snr_db
        first = random.integers(max(self.lengths[index] - samples, 0) + 1)
        noisy, clean = self.read(index, first, first + samples)
        missing = samples - len(clean)
        before = random.integers(missing + 1)
        return tuple(np.pad(each, (before, missing - before)) for each in (noisy, clean))

    def measured(self, index, seed):
        """Yields (SNR in dB rounded down to a multiple of 5, noisy, clean) of a whole pair."""
        noisy, clean = self.read(index, 0, self.lengths[index])
        snr_db = 20 * np.log10(_level(clean) / _level(noisy - clean))
        yield int(np.floor(snr_db / 5) * 5), noisy, clean


class MixedSpeech:
    """One split of clean speech and of noises that are mixed at any SNR.

    The SNR is that of the whole recording's level, pauses included, over the noise's.

    Args:
        lengths: samples of each recording of clean speech.
        read: function of (index, first, stop) that returns float32 `(samples,)`.
        noise_kinds: `{name: function of (random, samples, voice)}`, see `noises`.
        fingerprint: str that differs where the sounds do.
        speakers: who speaks in each recording, str `(n,)`; None: another one in each.
    """

    def __init__(self, lengths, read, noise_kinds, fingerprint="", speakers=None):
        self.lengths = np.array(lengths)
        self.read = read
        self.noise_kinds = noise_kinds
        self.fingerprint = fingerprint
        self.speakers = np.arange(len(lengths)) if speakers is None else np.array(speakers)
        self._levels = {}  # By index, of those that have been drawn.

    def __len__(self):
        return len(self.lengths)

    def _level(self, index):
        if index not in self._levels:
            self._levels[index] = _level(self.read(index, 0, self.lengths[index]))
        return self._levels[index]

    def _voice(self, besides, random, samples):
        """A stretch of other recordings, one after the other."""
        parts, missing = [], samples
        while missing > 0:
            index = random.integers(len(self))
            if index == besides and len(self) > 1:
                continue
            parts.append(self.read(index, 0, min(missing, self.lengths[index])))
            missing -= len(parts[-1])
        return np.concatenate(parts)

    def _mix(self, index, clean, kind, snr_db, random):
        voice = functools.partial(self._voice, index)
        noise = self.noise_kinds[kind](random, len(clean), voice)
        noise *= self._level(index) / _level(noise) * 10 ** (-snr_db / 20)
        return (clean + noise).astype(np.float32)

    def draw(self, index, samples, snr_db, random):
        """Returns a drawn stretch in a drawn noise, (noisy, clean) float32 `(samples,)`."""
        first = random.integers(max(self.lengths[index] - samples, 0) + 1)
        clean = self.read(index, first, first + samples)
        missing = samples - len(clean)
        before = random.integers(missing + 1)
        clean = np.pad(clean, (before, missing - before))
        kind = sorted(self.noise_kinds)[random.integers(len(self.noise_kinds))]
        return self._mix(index, clean, kind, snr_db, random), clean

    def measured(self, index, seed):
        """Yields (SNR in dB, noisy, clean) of a whole recording at each of `SNRS_DB`.

        The kinds of noise take turns over the recordings.
        """
        clean = self.read(index, 0, self.lengths[index])
        kind = sorted(self.noise_kinds)[index % len(self.noise_kinds)]
        for snr_db in SNRS_DB:
            random = np.random.default_rng((seed, index))  # At each SNR the same noise.
            yield snr_db, self._mix(index, clean, kind, snr_db, random), clean


def load(name, split, data_dir=""):
    """Opens a split of a data set of noisy and clean speech, preparing it first where needed.

    Args:
        name: path of a folder (see `layouts`), "asterisk_speech" (see `recordings`) or
            "voicebank_demand".
        split: "train", "validation" or "test".
        data_dir: TFDS root; empty: its default.

    Returns:
        `PairedSpeech` or `MixedSpeech`.

    Raises:
        RequestError: unknown data set or split, too few files, no space or permission.
    """
    splits.check(name, split)
    if preparing.is_folder(name):
        return _load_folder(name, split, data_dir)
    if name == recordings.NAME:
        return _load_recordings(split, data_dir)
    if name == _VOICEBANK:
        return _load_voicebank(split, data_dir)
    raise RequestError(f"--dataset={name}: neither a folder nor one of {recordings.NAME}, "
                       f"{_VOICEBANK}.")


# For callers that ask again and again: sample sheets, evaluations, checks before training.
load_once = functools.lru_cache(maxsize=8)(load)


def check_inputs(name, data_dir, on_bad_input, path):
    """Checks a data set's sounds as `preparing.check` does; its other arguments as of `load`."""
    if preparing.is_folder(name):
        load_once.cache_clear()  # A run that begins sees the folder as it is now.
        preparing.check(name, data_dir, layouts.modality(), on_bad_input, path)


def _load_recordings(split, data_dir):
    sounds = recordings.prepare(data_dir)
    items = [item for item in sounds.items if item["given"] == split
             and item["samples"] >= _SHORTEST_RECORDING[split]]
    kinds = noises.TEST_NOISES if split == "test" else noises.TRAINING_NOISES
    return _mixed(sounds, items, kinds, fingerprint_of(items), recordings.speaker)


def _mixed(sounds, items, kinds, fingerprint, speaker):
    def read(index, first, stop):
        return _samples(sounds, items[index], 0, first, stop)
    return MixedSpeech([item["samples"] for item in items], read, kinds, fingerprint,
                       [speaker(item) for item in items])


def _samples(sounds, item, part, first, stop):
    """Returns samples `first` to `stop` of a kept sound, float32, full scale 1."""
    return audio.from_pcm(np.frombuffer(
        sounds.read(item, part, _BYTES * int(first), _BYTES * int(stop)), "<i2"))


def _load_folder(name, split, data_dir):
    sounds = preparing.prepare(name, data_dir, layouts.modality())
    if not any("role" in item for item in sounds.items):
        items = sounds.of_split(split)

        def read(index, first, stop):
            return tuple(_samples(sounds, items[index], part, first, stop) for part in (0, 1))

        return PairedSpeech([item["samples"] for item in items], read, fingerprint_of(items),
                            [layouts.speaker(item) for item in items])
    clean, noise = (sounds.of_split(split, role=role) for role in ("clean", "noise"))
    kinds = {item["name"]: functools.partial(_recorded, sounds, item) for item in noise}
    return _mixed(sounds, clean, kinds, fingerprint_of(clean + noise), layouts.speaker)


def _recorded(sounds, item, random, samples, voice):
    """A drawn stretch of a recorded noise, from its beginning again where it is too short."""
    del voice
    first = random.integers(max(item["samples"] - samples, 0) + 1)
    noise = _samples(sounds, item, 0, first, min(first + samples, item["samples"]))
    return np.resize(noise.astype(np.float64), samples)


def _load_voicebank(split, data_dir):
    builder = builders.find(_VOICEBANK, data_dir)
    builders.prepare(builder, _VOICEBANK)
    source = builder.as_data_source(split)

    def read(index, first, stop):
        example = source[int(index)]
        return tuple(audio.from_pcm(example[role][first:stop]) for role in ("noisy", "clean"))

    lengths, names = zip(*((len(each["clean"]), tf.compat.as_str(each["name"])) for each in source),
                         strict=True)
    return PairedSpeech(lengths, read, speakers=[name.partition("_")[0] for name in names])
