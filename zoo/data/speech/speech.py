"""Pairs of noisy and clean speech, recorded as pairs or mixed on the fly; 16 kHz, full scale 1."""

import functools
import hashlib
import json

import numpy as np

from zoo.data import audio
from zoo.data.audio import SAMPLE_RATE
from zoo.data.folder import report, requests
from zoo.data.speech import layouts, noises, prepared, recordings
from zoo.datasets import builders
from zoo.errors import RequestError

SNRS_DB = (0, 5, 10, 15)  # At which mixtures are measured.
_SHORTEST = SAMPLE_RATE // 2  # Samples of speech in a file of one's own.
_VOICEBANK = "voicebank_demand"
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
    """

    def __init__(self, lengths, read, fingerprint=""):
        self.lengths = np.array(lengths)
        self.read = read
        self.fingerprint = fingerprint

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
    """

    def __init__(self, lengths, read, noise_kinds, fingerprint=""):
        self.lengths = np.array(lengths)
        self.read = read
        self.noise_kinds = noise_kinds
        self.fingerprint = fingerprint
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
        name: path of a folder (see `layouts.find`), "asterisk_speech" (see `recordings`) or
            "voicebank_demand".
        split: "train", "validation" or "test".
        data_dir: TFDS root; empty: its default.

    Returns:
        `PairedSpeech` or `MixedSpeech`.

    Raises:
        RequestError: unknown data set or split, too few files, no space or permission.
    """
    requests.check_split(name, split)
    if requests.is_folder(name):
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
    """Checks a data set's sounds as `report.check` does; its other arguments as of `load`."""
    def find_bad(folder):
        del folder  # What is prepared is kept under the name that `load` gets too.
        load_once.cache_clear()  # A run that begins sees the folder as it is now.
        return _prepare_folder(name, data_dir)[2]

    report.check(name, find_bad, on_bad_input, path)


def _load_recordings(split, data_dir):
    folder, found = recordings.find(data_dir)
    sounds = prepared.prepare({name: folder / name for name in found}, folder, data_dir)
    names = [name for name in sorted(sounds.lengths) if found[name] == split
             and sounds.lengths[name] >= _SHORTEST_RECORDING[split]]
    kinds = noises.TEST_NOISES if split == "test" else noises.TRAINING_NOISES
    return _mixed(sounds, names, kinds, _fingerprint(sounds, names))


def _mixed(sounds, names, kinds, fingerprint):
    def read(index, first, stop):
        return sounds.read(names[index], first, stop)
    return MixedSpeech([sounds.lengths[name] for name in names], read, kinds, fingerprint)


def _fingerprint(sounds, names):
    content = json.dumps([[name, sounds.digests[name]] for name in names])
    return hashlib.sha256(content.encode()).hexdigest()


def _prepare_folder(name, data_dir):
    """Returns (files by role, `Recordings` of "role/name", all that is wrong with them)."""
    files = layouts.find(name)
    sounds = prepared.prepare({f"{role}/{file}": path for role in files
                               for file, path in files[role].items()}, name, data_dir)
    bad = list(sounds.bad)
    bad += [(file, f"is shorter than {_SHORTEST / SAMPLE_RATE} s")
            for file, length in sounds.lengths.items()
            if length < _SHORTEST and not file.startswith("noise/")]
    if "noisy" in files:
        bad += layouts.unpaired(files)
        for file in sorted(files["clean"].keys() & files["noisy"].keys()):
            both = [sounds.lengths.get(f"{role}/{file}") for role in ("clean", "noisy")]
            if None not in both and both[0] != both[1]:
                bad.append((file, f"lasts {both[0]:,} samples clean and {both[1]:,} noisy "
                                  "(at 16 kHz); a pair must be of one length"))
    return files, sounds, sorted(bad)


def _load_folder(name, split, data_dir):
    files, sounds, bad = _prepare_folder(name, data_dir)
    wrong = {file for file, _ in bad}

    def of_split(role, roles):
        good = [file for file in files[role] if file not in wrong
                and not any(f"{each}/{file}" in wrong for each in roles)]
        chosen = [file for file in sorted(good) if layouts.assign(good)[file] == split]
        requests.check_enough(name, split, len(chosen), len(good), f"files in {role}/")
        return chosen

    if "noisy" not in files:
        noise_names = [f"noise/{file}" for file in of_split("noise", ("noise",))]
        clean_names = [f"clean/{file}" for file in of_split("clean", ("clean",))]
        kinds = {name: functools.partial(_recorded, sounds, name) for name in noise_names}
        return _mixed(sounds, clean_names, kinds,
                      _fingerprint(sounds, clean_names + noise_names))
    names = [file for file in of_split("clean", ("clean", "noisy")) if file in files["noisy"]]

    def read(index, first, stop):
        return tuple(sounds.read(f"{role}/{names[index]}", first, stop)
                     for role in ("noisy", "clean"))

    both = [f"{role}/{file}" for file in names for role in ("clean", "noisy")]
    return PairedSpeech([sounds.lengths[f"clean/{file}"] for file in names], read,
                        _fingerprint(sounds, both))


def _recorded(sounds, name, random, samples, voice):
    """A drawn stretch of a recorded noise, from its beginning again where it is too short."""
    del voice
    length = sounds.lengths[name]
    first = random.integers(max(length - samples, 0) + 1)
    return np.resize(sounds.read(name, first, first + samples).astype(np.float64), samples)


def _load_voicebank(split, data_dir):
    builder = builders.find(_VOICEBANK, data_dir)
    builders.prepare(builder, _VOICEBANK)
    source = builder.as_data_source(split)

    def read(index, first, stop):
        example = source[int(index)]
        return tuple(audio.from_pcm(example[role][first:stop]) for role in ("noisy", "clean"))

    return PairedSpeech([len(example["clean"]) for example in source], read)
