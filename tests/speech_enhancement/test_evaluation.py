"""What a muting model gets, and what an interval resamples, on two dummy utterances."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tests.speech_enhancement import sounds
from zoo.data.speech.speech import MixedSpeech, PairedSpeech
from zoo.metrics.speech import METRICS, WORST
from zoo.speech_enhancement import enhancement, evaluation

VOICES = [sounds.voice(seed, 1.0) for seed in (1, 2)]
MODEL = types.SimpleNamespace(ema_generator=None)


def pairs(*cleans):
    """As many pairs at an SNR of about 9 dB."""
    noise = np.random.default_rng(0).normal(0, 0.03, 16000).astype(np.float32)

    def read(index, first, stop):
        return (cleans[index] + noise)[first:stop], cleans[index][first:stop]
    return PairedSpeech([16000] * len(cleans), read)


@pytest.fixture
def enhance(monkeypatch):
    """Puts a function of samples `(1, n)` in the place of the network."""
    monkeypatch.setattr(evaluation, "classic", lambda noisy: noisy)

    def put(function):
        monkeypatch.setattr(enhancement, "make_enhance", lambda generator: function)
    return put


def test_a_muted_utterance_counts_as_the_worst(enhance):
    muted = VOICES[0][:2] * 0 + tf.constant(pairs(*VOICES).read(0, 0, 2)[0])
    enhance(lambda noisy: noisy * float(not np.array_equal(noisy[0, :2], muted)))
    results = evaluation.evaluate(MODEL, pairs(*VOICES), None, seed=0)
    left = evaluation.evaluate(MODEL, pairs(VOICES[1]), None, seed=0)
    for name in METRICS:
        kept = left[name]["value"]
        assert results[name]["value"] == pytest.approx((WORST[name] + kept) / 2)
        assert results[name]["count"] == 2 and left[name]["count"] == 1
        assert results[f"noisy_{name}"]["value"] > results[name]["value"]
    assert results["muted_share"]["value"] == 0.5 and left["muted_share"]["value"] == 0
    assert results["noisy_muted_share"]["value"] == 0


def test_what_no_metric_can_judge_is_null_and_counted(enhance):
    enhance(tf.identity)
    silence = np.zeros(16000, np.float32)
    results = evaluation.evaluate(MODEL, pairs(silence), None, seed=0)
    assert results["pesq_wb"] == {"value": None, "low": None, "high": None, "count": 0}
    results = evaluation.evaluate(MODEL, pairs(silence, *VOICES), None, seed=0)
    assert results["pesq_wb"]["count"] == results["clean_input_pesq_wb"]["count"] == 2


@pytest.fixture
def only(monkeypatch):
    """Measures nothing but one metric, which saves most of the time."""
    return lambda name: monkeypatch.setattr(evaluation, "METRICS", {name: METRICS[name]})


def test_an_interval_resamples_speakers_where_the_data_know_them(enhance, only, capsys):
    enhance(tf.identity)
    only("si_sdr_db")
    speech = pairs(*VOICES, *(0.1 * voice for voice in VOICES))  # 20 dB nearer to the noise.
    alone = evaluation.evaluate(MODEL, speech, None, seed=0)["si_sdr_db"]
    speech.speakers = np.array(["ann", "bob", "ann", "bob"])
    found = evaluation.evaluate(MODEL, speech, None, seed=0)["si_sdr_db"]
    of_each = [evaluation.evaluate(MODEL, pairs(voice, 0.1 * voice), None, seed=0)["si_sdr_db"][
        "value"] for voice in VOICES]
    # In a quarter of the resamples one of two speakers is drawn twice.
    assert [found["low"], found["high"]] == pytest.approx(sorted(of_each))
    assert found["value"] == alone["value"] and found["low"] > alone["low"]
    lines = capsys.readouterr().out
    assert "resample 4 utterances" in lines and "resample 2 speakers" in lines


def test_an_interval_resamples_utterances_not_the_snrs_of_one(enhance, only):
    enhance(tf.identity)
    only("stoi")
    speech = MixedSpeech(
        [16000, 16000], lambda index, first, stop: VOICES[index][first:stop],
        {"white": lambda random, samples, voice: random.standard_normal(samples)})
    results = evaluation.evaluate(MODEL, speech, None, seed=0)
    of_one = [evaluation.evaluate(MODEL, MixedSpeech(
        [16000], lambda index, first, stop, voice=voice: voice[first:stop],
        speech.noise_kinds), None, seed=0)["stoi"] for voice in VOICES]
    assert results["stoi"]["count"] == 8
    # Of two utterances one is drawn twice in half of the resamples: the limits are their means,
    # though their four SNRs are far apart. (Each alone is one cluster, without an interval.)
    assert of_one[0]["low"] == of_one[0]["high"] == of_one[0]["value"]
    spread = [results[f"stoi_at_{snr}_db"]["value"] for snr in (0, 15)]
    assert results["stoi"]["high"] - results["stoi"]["low"] < (spread[1] - spread[0]) / 2
    assert (results["stoi"]["low"] + results["stoi"]["high"]) / 2 == pytest.approx(
        results["stoi"]["value"])
