"""Noisy and clean speech from folders, from recordings and from VoiceBank-DEMAND."""

import io
import zipfile

import numpy as np
import pytest
import soundfile

from tests.speech_enhancement import sounds
from zoo.data import audio
from zoo.data.folder import preparing
from zoo.data.speech import layouts, noises, recordings, speech
from zoo.data.speech.batches import SpeechBatches
from zoo.errors import RequestError


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """A TFDS root with dummy recordings, and no recordings in the system's folder."""
    root = tmp_path_factory.mktemp("tfds")
    sounds.put_asterisk(root, recordings=24)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(recordings, "SYSTEM_FOLDER", root / "none")
        speech.load_once.cache_clear()
        yield str(root)


@pytest.fixture(scope="module")
def mixed(unpacked):
    return speech.load("asterisk_speech", "train", unpacked)


def snr_db(noisy, clean):
    return 10 * np.log10(np.sum(clean**2.0) / np.sum((noisy - clean) ** 2.0))


@pytest.mark.parametrize("kind", sorted(noises.TRAINING_NOISES | noises.TEST_NOISES))
def test_every_noise_is_a_function_of_its_draws(kind):
    make = (noises.TRAINING_NOISES | noises.TEST_NOISES)[kind]

    def voice(random, samples):
        return random.normal(0, 0.1, samples)

    first, again, other = (make(np.random.default_rng(seed), 20_000, voice) for seed in (1, 1, 2))
    assert first.shape == (20_000,) and np.isfinite(first).all() and first.std() > 0
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_noises_have_the_colours_of_their_names():
    def tilt(kind):  # dB from 4-8 kHz to 0.1-0.5 kHz.
        wave = noises.TRAINING_NOISES[kind](np.random.default_rng(0), 160_000, None)
        power = np.abs(np.fft.rfft(wave)) ** 2
        return 10 * np.log10(power[1000:5000].mean() / power[40_000:].mean())
    assert tilt("white") == pytest.approx(0, abs=1)
    assert 10 < tilt("pink") < 20 and 20 < tilt("brown") < 45


@pytest.mark.parametrize("seed", range(4))
def test_hum_is_harmonics_of_the_mains(seed):
    wave = noises.TRAINING_NOISES["hum"](np.random.default_rng(seed), 160_000, None)
    loudest = np.argsort(np.abs(np.fft.rfft(wave)))[-4:] / 10  # Hz.
    assert not (loudest % 50).any() or not (loudest % 60).any(), loudest
    assert len(noises.TRAINING_NOISES["hum"](np.random.default_rng(seed), 700, None)) == 700


def test_kinds_of_noise_of_the_test_split_do_not_occur_in_training():
    assert not noises.TRAINING_NOISES.keys() & noises.TEST_NOISES.keys()
    assert not set(noises.TRAINING_NOISES.values()) & set(noises.TEST_NOISES.values())
    assert len(noises.TEST_NOISES) == 3


def test_speakers_of_the_test_split_do_not_occur_in_training(unpacked):
    _, found = recordings.find(unpacked)
    voices = {split: {name.partition("/")[0] for name, item in found.items() if item.split == split}
              for split in ("train", "validation", "test")}
    assert voices["test"] == {"fr_CA_f_June", "ru_RU_f_IvrvoiceRU"}
    assert voices["train"] == {"en_US_f_Allison", "es_MX_f_Allison", "it_IT_m_Carlo"}
    assert voices["validation"] <= voices["train"]
    sizes = {split: len(speech.load("asterisk_speech", split, unpacked))
             for split in ("train", "validation", "test")}
    assert set(speech.load("asterisk_speech", "test", unpacked).speakers) == {
        "June", "IvrvoiceRU"}
    assert sum(sizes.values()) == 5 * 24 and sizes["test"] == 2 * 24 and sizes["validation"] > 0


def test_what_is_no_speech_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "SYSTEM_FOLDER", tmp_path / "none")
    folder = sounds.put_asterisk(tmp_path) / sounds.VOICES[0]
    (folder / "silence").mkdir()
    (folder / "silence" / "1.g722").write_bytes(b"\0" * 16000)
    (folder / "tt-monkeys.g722").write_bytes(b"\0" * 16000)
    (folder / "empty.g722").write_bytes(b"")
    (folder / "beep.g722").write_bytes(b"\0" * 3000)  # 0.4 s.
    found = recordings.find(tmp_path)[1]
    assert {name for name in found if "digits" not in name} == {f"{sounds.VOICES[0]}/beep.g722"}
    lengths = [length for split in ("train", "validation", "test")
               for length in speech.load("asterisk_speech", split, str(tmp_path)).lengths]
    assert len(lengths) == 15 and min(lengths) >= 16000


def test_missing_recordings_are_one_line_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "SYSTEM_FOLDER", tmp_path / "none")
    with pytest.raises(RequestError, match=r"apt-get install asterisk-core-sounds-\{en,es"):
        speech.load("asterisk_speech", "train", str(tmp_path))


def test_mixtures_have_the_snr_asked_for(mixed):
    for index in range(6):
        whole = int(mixed.lengths[index])
        for wanted in (-5, 10):
            noisy, clean = mixed.draw(index, whole, wanted, np.random.default_rng(index))
            assert snr_db(noisy, clean) == pytest.approx(wanted, abs=0.01)
            np.testing.assert_array_equal(clean, mixed.read(index, 0, whole))


def test_measured_mixtures_are_the_same_each_time(mixed):
    once, again = (list(mixed.measured(4, 7)) for _ in range(2))
    assert [snr for snr, _, _ in once] == [0, 5, 10, 15]
    for (wanted, noisy, clean), (_, same, _) in zip(once, again, strict=True):
        assert snr_db(noisy, clean) == pytest.approx(wanted, abs=0.01)
        np.testing.assert_array_equal(noisy, same)


def test_short_recordings_stand_in_silence(mixed):
    noisy, clean = mixed.draw(0, 60_000, 10.0, np.random.default_rng(0))
    assert noisy.shape == clean.shape == (60_000,)
    assert (clean != 0).sum() <= mixed.lengths[0] and (noisy != 0).mean() > 0.99


def batches(mixed, **options):
    return SpeechBatches(mixed, 4000, seed=3, batch_size=4, **options)


def test_batches_are_a_function_of_seed_step_and_row(mixed):
    options = {"clean_share": 0.5, "level_db": (-40.0, -20.0), "speed": (0.8, 1.2)}
    whole = batches(mixed, **options).plan(range(20, 24))
    parts = [batches(mixed, **options).plan(range(first, first + 2)) for first in (20, 22)]
    for name, value in whole.items():
        assert value.shape == (4, 4000) and value.dtype == np.float32
        np.testing.assert_array_equal(value, np.concatenate([part[name] for part in parts]))
    other = batches(mixed, **options).plan(range(24, 28))
    assert np.abs(other["noisy"] - whole["noisy"]).max() > 1e-3
    dataset = batches(mixed, **options).dataset(start_step=5)
    first = next(iter(dataset.take(1)))
    np.testing.assert_array_equal(first["clean"], whole["clean"])


def test_levels_clean_rows_and_full_scale(mixed):
    made = batches(mixed, clean_share=1.0, level_db=(-30.0, -30.0)).plan(range(4))
    np.testing.assert_array_equal(made["noisy"], made["clean"])
    levels = 20 * np.log10(np.sqrt(np.mean(made["clean"] ** 2, axis=1)))
    np.testing.assert_allclose(levels[made["clean"].any(axis=1)], -30, atol=0.1)
    loud = batches(mixed, snr_db=(-20.0, -20.0), level_db=(-3.0, -3.0)).plan(range(4))
    assert np.abs(loud["noisy"]).max(axis=1) == pytest.approx(np.ones(4))


def test_speed_changes_the_pitch(mixed):
    def peak(speed):
        clean = batches(mixed, speed=(speed, speed)).plan(range(4))["clean"]
        return np.abs(np.fft.rfft(clean * np.hanning(4000), axis=1)).argmax(axis=1)
    np.testing.assert_allclose(peak(1.25) / peak(1.0), 1.25, rtol=0.1)


# One's own folders.


def test_pairs_keep_together(tmp_path):
    folder = sounds.put_pairs(tmp_path / "own")
    loaded = {split: speech.load(str(folder), split, str(tmp_path / "tfds"))
              for split in ("train", "validation", "test")}
    assert [len(each) for each in loaded.values()] == [4, 2, 2]
    assert len({each.fingerprint for each in loaded.values()}) == 3
    for each in loaded.values():
        (snr, noisy, clean), = each.measured(0, 0)
        assert snr == 5 * np.floor(snr_db(noisy, clean) / 5)
        assert 0.03 < np.std(noisy - clean) < 0.07
        drawn = each.draw(0, 700, None, np.random.default_rng(0))
        assert 0.03 < np.std(drawn[0] - drawn[1]) < 0.07


def test_voicebank_folders_as_downloaded_say_their_split(tmp_path):
    for part, count in (("trainset_28spk_wav", 5), ("testset_wav", 3)):
        sounds.put_pairs(tmp_path / "vb", count, (f"clean_{part}", f"noisy_{part}"), count)
    assert len(speech.load(str(tmp_path / "vb"), "test", str(tmp_path / "tfds"))) == 3
    assert len(speech.load(str(tmp_path / "vb"), "train", str(tmp_path / "tfds"))) == 3


def test_clean_speech_and_noise_are_mixed_and_noises_are_split(tmp_path):
    folder = sounds.put_noise(tmp_path / "own")
    loaded = {split: speech.load(str(folder), split, str(tmp_path / "tfds"))
              for split in ("train", "validation", "test")}
    assert len({each.fingerprint for each in loaded.values()}) == 3
    kinds = [set(each.noise_kinds) for each in loaded.values()]
    assert [len(each) for each in kinds] == [2, 2, 2] and len(set.union(*kinds)) == 6
    noisy, clean = loaded["train"].draw(1, 9000, 5.0, np.random.default_rng(0))
    assert np.std((noisy - clean)[6000:]) > 1e-3  # A noise shorter than this begins again.


def test_folders_of_speakers_are_not_torn_apart():
    names = [f"p{speaker}/{i}" for speaker in range(20) for i in range(5)]
    split_of = layouts.modality().assign(dict.fromkeys(names, ""))
    for speaker in range(20):
        assert len({split_of[f"p{speaker}/{i}"] for i in range(5)}) == 1
    assert set(split_of.values()) == {"train", "validation", "test"}


def test_folders_say_who_speaks(tmp_path):
    places = ("train/ann", "train/bob", "test/cid", "test/dot/2021")
    for number, place in enumerate(places):
        for layout, other in (("pairs", "noisy"), ("parts", "noise")):
            sounds.put_pairs(tmp_path / layout, 1, (f"clean/{place}", f"{other}/{place}"), number)
    for layout in ("pairs", "parts"):
        loaded = speech.load(str(tmp_path / layout), "test", str(tmp_path / "tfds"))
        assert loaded.speakers.tolist() == ["cid", "dot"]


def check(folder, tmp_path, on_bad_input="stop"):
    speech.check_inputs(str(folder), str(tmp_path / "tfds"), on_bad_input,
                        tmp_path / "w" / "bad_inputs.csv")


def test_bad_inputs_are_listed(tmp_path):
    folder = sounds.put_pairs(tmp_path / "own", 12)
    (folder / "noisy" / "0.wav").write_bytes(b"")
    (folder / "clean" / "1.wav").unlink()
    audio.to_wav(folder / "clean" / "2.wav", sounds.voice(2, 0.9))
    audio.to_wav(folder / "clean" / "3.wav", sounds.voice(3, 0.1))
    with pytest.raises(RequestError, match="4 bad inputs"):
        check(folder, tmp_path)
    report = (tmp_path / "w" / "bad_inputs.csv").read_text()
    for words in ("noisy/0.wav is empty", "1.wav,has no file of the same name in clean/",
                  "last 9,600 and 14,400 samples", "last 9,600 and 1,600 samples"):
        assert words in report, report
    check(folder, tmp_path, "skip")
    names = sum(len(speech.load(str(folder), split, str(tmp_path / "tfds")))
                for split in ("train", "validation", "test"))
    assert names == 12 - 4


@pytest.mark.parametrize("roles", [("clean", "other"), ("noisy", "other")])
def test_a_folder_without_either_layout_is_refused(tmp_path, roles):
    sounds.put_pairs(tmp_path / "own", 2, roles)
    with pytest.raises(RequestError, match="noisy/ and clean/"):
        preparing.prepare(tmp_path / "own", tmp_path / "tfds", layouts.modality())


def test_too_few_files_and_unknown_names_are_refused(tmp_path):
    sounds.put_pairs(tmp_path / "own", 3)
    with pytest.raises(RequestError, match="every split needs at least 2"):
        speech.load(str(tmp_path / "own"), "train", str(tmp_path / "tfds"))
    with pytest.raises(RequestError, match="no split 'dev'"):
        speech.load(str(tmp_path / "own"), "dev", str(tmp_path / "tfds"))
    with pytest.raises(RequestError, match="neither a folder nor one of asterisk_speech"):
        speech.load("libri", "train")
    with pytest.raises(RequestError, match="there is no such folder"):
        speech.load(str(tmp_path / "nowhere"), "train")


# VoiceBank-DEMAND.


def put_archives(folder, names):
    """Writes the four archives with sentences of 0.5 s at 48 kHz."""
    folder.mkdir(parents=True)
    for part, of_part in names.items():
        for role in ("noisy", "clean"):
            with zipfile.ZipFile(folder / f"{role}_{part}_wav.zip", "w") as archive:
                for number, name in enumerate(of_part):
                    file = io.BytesIO()
                    wave = sounds.voice(number, 0.5, 48000) * (0.75 if role == "clean" else 1)
                    soundfile.write(file, wave, 48000, format="WAV")
                    archive.writestr(f"{role}_{part}_wav/{name}.wav", file.getvalue())


def test_voicebank_is_read_from_its_archives(tmp_path):
    put_archives(tmp_path / "downloads" / "manual", {
        "trainset_28spk": ["p226_001", "p287_001", "p243_001", "p243_002"],
        "testset": ["p232_001", "p257_001"]})
    loaded = {split: speech.load("voicebank_demand", split, str(tmp_path))
              for split in ("train", "validation", "test")}
    assert [len(each) for each in loaded.values()] == [2, 2, 2]
    assert [set(each.speakers) for each in loaded.values()] == [
        {"p243"}, {"p226", "p287"}, {"p232", "p257"}]
    (snr, noisy, clean), = loaded["test"].measured(0, 0)
    assert len(clean) == 8000 and snr == 5  # Signal 3/4, noise 1/4: 9.5 dB.
    np.testing.assert_allclose(0.75 * noisy, clean, atol=1e-4)


def test_a_missing_archive_is_one_line(tmp_path):
    put_archives(tmp_path / "downloads" / "manual", {"testset": ["p232_001"]})
    with pytest.raises(RequestError, match="noisy_trainset_28spk_wav.zip"):
        speech.load("voicebank_demand", "train", str(tmp_path))
