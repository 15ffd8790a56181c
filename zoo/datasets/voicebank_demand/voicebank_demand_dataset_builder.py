"""TFDS builder of the data set `voicebank_demand`."""

import io
import pathlib
import zipfile

import numpy as np
import tensorflow_datasets as tfds

from zoo import extras
from zoo.datasets import reed_captions
from zoo.errors import RequestError

with extras.needed("speech"):
    import soundfile
    import soxr

_ARCHIVES = {split: {role: f"{role}_{part}_wav.zip" for role in ("noisy", "clean")}
             for split, part in (("train", "trainset_28spk"), ("test", "testset"))}
_SAMPLE_RATE = 16_000  # Hz.
_VALIDATION_SPEAKERS = ("p226", "p287")


class Builder(tfds.core.GeneratorBasedBuilder):
    """Sentences of 28 speakers in 10 noises at 0 to 15 dB, of 2 others in 5 others to test.

    Every example is a dictionary:

    - `noisy`, `clean`: `int16 (samples,)`, 16 kHz, resampled from 48 kHz.
    - `name`: string, such as "p226_001"; it begins with the speaker.

    `validation` is two speakers of the training archive, one man and one woman, as is usual. A
    missing or unusable archive raises `zoo.errors.RequestError`.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "The 28-speaker training set."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
        Four archives, not unpacked, from https://datashare.ed.ac.uk/handle/10283/2791:
        {", ".join(name for roles in _ARCHIVES.values() for name in roles.values())}; see
        zoo/datasets/voicebank_demand/README.md.
        """

    # TFDS downloads nothing, so there are no checksums to look for.
    url_infos = None

    def _info(self):
        sound = tfds.features.Tensor(shape=(None,), dtype=np.int16)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {"noisy": sound, "clean": sound, "name": tfds.features.Text()}),
            homepage="https://datashare.ed.ac.uk/handle/10283/2791",
        )

    def _split_generators(self, dl_manager):
        archives = {split: dict(zip(roles, reed_captions.find_archives(
            dl_manager, self.MANUAL_DOWNLOAD_INSTRUCTIONS, *roles.values()), strict=True))
                    for split, roles in _ARCHIVES.items()}
        return {
            "train": self._generate_examples(archives["train"], _is_training),
            "validation": self._generate_examples(
                archives["train"], lambda name: not _is_training(name)),
            "test": self._generate_examples(archives["test"], lambda name: True),
        }

    def _generate_examples(self, archives, is_wanted):
        members = {role: _members(path) for role, path in archives.items()}
        if members["noisy"].keys() != members["clean"].keys():
            raise RequestError(f"{archives['noisy']}: its sentences are not those of "
                               f"{archives['clean'].name}; fetch both again.")
        with zipfile.ZipFile(archives["noisy"]) as noisy, zipfile.ZipFile(
                archives["clean"]) as clean:
            for name in sorted(filter(is_wanted, members["noisy"])):
                yield name, {"noisy": _read(noisy, members["noisy"][name]),
                             "clean": _read(clean, members["clean"][name]), "name": name}


def _is_training(name):
    return name.partition("_")[0] not in _VALIDATION_SPEAKERS


def _members(path):
    """Returns `{name: path in the archive}` of its WAV files."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {pathlib.PurePosixPath(member).stem: member for member in archive.namelist()
                    if member.endswith(".wav") and not member.startswith("__MACOSX")}
    except zipfile.BadZipFile:
        raise RequestError(f"{path}: is no ZIP archive; fetch it again.") from None


def _read(archive, member):
    samples, rate = soundfile.read(io.BytesIO(archive.read(member)), dtype="float32")
    if rate != _SAMPLE_RATE:
        samples = soxr.resample(samples, rate, _SAMPLE_RATE)
    # Resampling may overshoot full scale by a little; int16 has no room for it.
    return np.clip(np.round(samples * 2**15), -2**15, 2**15 - 1).astype(np.int16)
