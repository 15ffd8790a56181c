"""Train, resume, evaluate, sample, export, serve and ship a tiny enhancer on dummy recordings."""

import json
import pathlib
import subprocess
import sys
import textwrap
import types

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tests import helpers
from tests.speech_enhancement import sounds
from zoo import pretrained
from zoo.benchmark import measurement
from zoo.core import evaluator, export, locate, runs, shipping, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import audio
from zoo.data.speech import recordings, speech
from zoo.errors import RequestError
from zoo.registry import REGISTRY

HPARAMS = {"window": "4096", "generator_channels": "4,6", "discriminator_channels": "4,6",
           "dilations": "1,2"}
ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A TFDS root with dummy recordings of every voice."""
    root = tmp_path_factory.mktemp("tfds")
    sounds.put_asterisk(root, recordings=2)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(recordings, "SYSTEM_FOLDER", root / "none")
        speech.load_once.cache_clear()
        yield str(root)


@pytest.fixture(scope="module")
def settings(data, tmp_path_factory):
    return Settings(model="speech_enhancement/mask_unet", dataset="asterisk_speech",
                    data_dir=data, workdir=str(tmp_path_factory.mktemp("runs") / "enhancer"),
                    batch_size=2, num_steps=4, log_every=2, sample_every=4, checkpoint_every=2,
                    hparams=HPARAMS)


@pytest.fixture(scope="module")
def run(settings):
    trainer.train(settings, REGISTRY)
    return Workdir(settings.workdir)


@pytest.fixture(scope="module")
def evaluated(run):
    evaluator.evaluate(run.path, REGISTRY, "test", 2, seed=0, scratch=run)
    return run


@pytest.fixture(scope="module")
def loaded(run):
    return runs.load_run(run.path, REGISTRY)


def test_run_leaves_losses_sheets_and_sounds(run):
    lines = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4]
    assert lines[-1].keys() >= {"d_real", "d_fake", "d_loss", "g_adversarial", "g_l1",
                                "g_spectral", "g_loss"}
    names = {path.name for path in run.samples.iterdir()}
    assert {"00000004.png", *(f"00000004_0_{kind}.wav" for kind in (
        "noisy", "enhanced", "clean"))} <= names
    lengths = {len(soundfile.read(run.samples / f"00000004_0_{kind}.wav")[0])
               for kind in ("noisy", "enhanced", "clean")}
    assert lengths == {32000}


def test_evaluation_has_every_metric_beside_the_inputs_and_the_classic_ones(evaluated):
    metrics = json.loads(evaluated.evaluation_file.read_text())["metrics"]
    for name in ("pesq_wb", "stoi", "segmental_snr_db", "si_sdr_db"):
        for prefix in ("", "noisy_", "classic_"):
            for suffix in ("", "_at_0_db", "_at_5_db", "_at_10_db", "_at_15_db"):
                metric = metrics[prefix + name + suffix]
                assert metric["low"] <= metric["value"] <= metric["high"]
    assert metrics["clean_input_pesq_wb"]["value"] > 1
    assert metrics["noisy_si_sdr_db_at_10_db"]["value"] == pytest.approx(10, abs=0.5)
    assert metrics["noisy_si_sdr_db"]["value"] == pytest.approx(7.5, abs=0.5)


def request(noisy, out="a.wav"):
    return types.SimpleNamespace(noisy=str(noisy), out=str(out))


@pytest.mark.parametrize("suffix, rate, channels", [(".wav", 44100, 2), (".flac", 16000, 1)])
def test_sample_keeps_rate_channels_and_length(loaded, tmp_path, suffix, rate, channels):
    noisy = np.repeat(sounds.voice(1, 0.7, rate)[:, None], channels, axis=1)
    audio.to_wav(tmp_path / "noisy.wav", noisy, rate)
    out = tmp_path / f"out{suffix}"
    asked = request(tmp_path / "noisy.wav", out)
    loaded[0].check_sample(asked)
    loaded[0].write_sample(loaded[1], asked, out)
    info = soundfile.info(out)
    assert (info.samplerate, info.channels, info.frames) == (rate, channels, len(noisy))
    assert info.format == suffix[1:].upper()


@pytest.mark.parametrize("name, content, out, words", [
    ("", b"", "a.wav", "--noisy is missing"),
    ("a.wav", b"", "b.wav", "--noisy=.*is empty"),
    ("a.wav", b"no sound", "b.wav", "--noisy=.*no readable sound"),
    ("a.wav", b"RIFF", "b.png", r"--out=.*must end in \.wav"),
    ("a.wav", b"RIFF", "a.wav", "--out=.*is the noisy file itself")])
def test_wrong_samples_are_found_without_the_networks(loaded, tmp_path, name, content, out, words):
    if name:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RequestError, match=words):
        loaded[0].check_sample(request(tmp_path / name if name else "", tmp_path / out))


def test_the_tool_leaves_nothing_half_written(run, tmp_path):
    soundfile.write(tmp_path / "a.wav", np.append(np.zeros(200_000), np.nan), 16000, "FLOAT")
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "sample.py", f"--workdir={run.path}", "--noisy=a.wav",
         "--out=b.wav"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--noisy=a.wav: has samples that are not finite" in done.stderr.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def wav_bytes(samples, rate=16000):
    return tf.audio.encode_wav(np.asarray(samples, np.float32), rate).numpy()


def test_exported_model_serves_without_zoo(loaded, tmp_path):
    experiment, model = loaded
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "saved", module.check_inputs())
    stereo = np.stack([sounds.voice(seed, 0.3, 44100) for seed in (0, 1)], axis=1)
    files = [wav_bytes(stereo, 44100), wav_bytes(sounds.voice(2, 0.5)[:, None])]
    for number, content in enumerate(files):
        (tmp_path / f"{number}.wav").write_bytes(content)
    program = textwrap.dedent("""
        import sys, tensorflow as tf
        served = tf.saved_model.load(sys.argv[1]).signatures
        wav = tf.stack([tf.io.read_file("0.wav"), tf.io.read_file("1.wav")])
        out = served["serving_default"](wav_bytes=wav)["wav_bytes"]
        assert "zoo" not in sys.modules and "keras" not in dir()
        tf.io.write_file("out0.wav", out[0]); tf.io.write_file("out1.wav", out[1])
    """)
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "saved")], check=True,
                   cwd=tmp_path)
    live = module.enhance_wav(tf.constant(files))["wav_bytes"].numpy()
    for number, (samples, rate) in enumerate(((stereo, 44100), (sounds.voice(2, 0.5), 16000))):
        out, got = soundfile.read(tmp_path / f"out{number}.wav")
        assert (got, len(out)) == (rate, len(samples))
        (tmp_path / "live.wav").write_bytes(live[number])
        np.testing.assert_allclose(out, soundfile.read(tmp_path / "live.wav")[0], atol=1e-3)
    channel = module.enhance(tf.constant(stereo.T), tf.constant(44100))["samples"].numpy().T
    np.testing.assert_allclose(soundfile.read(tmp_path / "out0.wav")[0], channel, atol=1e-3)


@pytest.fixture(scope="module")
def module(loaded):
    return loaded[0].serving_module(loaded[1])


@pytest.mark.parametrize("samples", [0, 1, 2, 4095, 4096, 4097, 4999])
def test_serving_keeps_every_length(module, samples):
    for rate in (16000, 8000):
        out = module.enhance(0.1 * tf.ones((2, samples)), tf.constant(rate))["samples"]
        assert out.shape == (2, samples)


@pytest.mark.parametrize("content", [b"", b"no sound", wav_bytes(np.zeros((999, 1)))[:500]])
def test_serving_refuses_what_is_no_wav(module, content):
    with pytest.raises(tf.errors.InvalidArgumentError):
        module.enhance_wav(tf.constant([content]))


def test_serving_refuses_nan_and_takes_clipped_sound(module):
    clipped = np.sign(sounds.voice(0, 0.2))[None]
    broken = np.append(clipped, [[np.nan]], axis=1).astype(np.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="NaN"):
        module.enhance(broken, tf.constant(16000))
    out = module.enhance_wav(tf.constant([wav_bytes(clipped.T)]))["wav_bytes"][0]
    assert np.abs(tf.audio.decode_wav(out)[0]).max() <= 1.0


@pytest.mark.parametrize("subtype, gain", [("PCM_24", 1), ("FLOAT", 1), ("FLOAT", 30)])
def test_serving_gives_what_the_tool_writes(loaded, module, tmp_path, subtype, gain):
    """Also beyond full scale: scaled to it, no square wave."""
    stereo = gain * np.stack([sounds.voice(seed, 0.4) for seed in (0, 1)], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, 16000, subtype, format="WAVEX")
    asked = request(tmp_path / "a.wav", tmp_path / "out.wav")
    loaded[0].write_sample(loaded[1], asked, tmp_path / "out.wav")
    served = module.enhance_wav(tf.constant([(tmp_path / "a.wav").read_bytes()]))["wav_bytes"]
    (tmp_path / "served.wav").write_bytes(served[0].numpy())
    one, other = (soundfile.read(tmp_path / name)[0] for name in ("out.wav", "served.wav"))
    np.testing.assert_allclose(one, other, atol=2.5 / 2**15)
    assert np.abs(other).max() > 0.01 and (gain == 1 or np.sum(np.abs(other) > 0.999) <= 2)


@pytest.mark.parametrize("rate", [44_099, 16_001])
def test_serving_names_the_place_of_an_odd_rate(module, rate):
    sound = np.zeros((100, 1))
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match=r"wav_bytes: not a usual sample rate.*counted from 0:.*\[1\]"):
        module.enhance_wav(tf.constant([wav_bytes(sound), wav_bytes(sound, rate)]))


def test_the_run_goes_on_to_the_same_end(settings, run, tmp_path):
    whole = Settings(**{**vars(settings), "workdir": str(tmp_path / "whole"), "num_steps": 2,
                        "sample_every": 0})
    resumed = Settings(**{**vars(whole), "num_steps": 3})
    direct = Settings(**{**vars(resumed), "workdir": str(tmp_path / "direct")})
    with helpers.without_graphs():
        for each in (whole, resumed, direct):
            trainer.train(each, REGISTRY)
    models = [runs.load_run(each.workdir, REGISTRY)[1] for each in (resumed, direct)]
    for one, two in zip(*(model.weights for model in models), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


def test_shipped_run_enhances_alike(evaluated, loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "PRETRAINED", tmp_path)
    shipping.publish(evaluated.path, shipping.Facts(
        "tiny", "python …", 0.1, "CPU", "CC0-1.0", "Tests.", "Tiny."), REGISTRY)
    noisy = sounds.voice(0)[None, :4096]
    results = [model.generate({"noisy": noisy}, None, training=False)
               for model in (pretrained.load_pretrained("tiny"), loaded[1])]
    np.testing.assert_allclose(*results, atol=1e-2)  # The weights are float16 on disk.


def test_benchmark_tells_how_fast_it_is_in_use(settings, tmp_path):
    timed = Settings(**{**vars(settings), "workdir": str(tmp_path / "w")})
    found = measurement.measure(timed, REGISTRY, 1, 1)["inference"]
    assert found.keys() == {
        "real_time_ratio_one_core", "seconds_batch_1", "seconds_batch_8"}
    assert min(found.values()) > 0


@pytest.mark.parametrize("put", [sounds.put_pairs, sounds.put_noise])
def test_segan_trains_on_folders_of_ones_own(put, tmp_path):
    settings = Settings(
        model="speech_enhancement/segan", dataset=str(put(tmp_path / "own")),
        data_dir=str(tmp_path / "tfds"), workdir=str(tmp_path / "w"), batch_size=2, num_steps=1,
        hparams={"window": "512", "channels": "4,6,8", "kernel_size": "5"})
    with helpers.without_graphs():
        trainer.train(settings, REGISTRY)
    experiment, model = runs.load_run(settings.workdir, REGISTRY)
    metrics = experiment.evaluate(model, settings.workdir, "test", 1, seed=0)
    assert np.isfinite(metrics["si_sdr_db"]["value"])
    assert Workdir(settings.workdir).model_card.exists()


@pytest.mark.parametrize("hparams, words", [
    ({"speed": "1.2,0.9"}, "speed=1.2,0.9"), ({"level_db": "-20"}, "level_db=-20.0"),
    ({"window": "4000"}, "window=4000: must be a multiple of 256"),
    ({"snr_low": "30"}, "snr_low 30.0 is above"), ({"clean_share": "2"}, "clean_share in")])
def test_wrong_ranges_are_refused(hparams, words):
    with pytest.raises(RequestError, match=words):
        REGISTRY["speech_enhancement/mask_unet"](Settings(hparams=hparams))


def test_impossible_sizes_are_refused(tmp_path):
    experiment = REGISTRY["speech_enhancement/segan"](Settings(hparams={"window": "1000"}))
    with pytest.raises(RequestError, match="window 1000 cannot be halved"):
        experiment.build_model(tmp_path)
