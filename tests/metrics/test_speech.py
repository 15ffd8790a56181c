import math

import numpy as np
import pytest

from zoo.metrics import speech


def voice(seconds=2.0):
    """Something like speech: a buzz through a moving filter, in syllables."""
    time = np.arange(int(16000 * seconds)) / 16000
    buzz = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 30))
    return (0.1 * buzz * (np.sin(2 * np.pi * 3 * time) > -0.3)).astype(np.float32)


def noise(level, samples=32000):
    return np.random.default_rng(0).normal(0, level, samples).astype(np.float32)


@pytest.mark.parametrize("metric", ["pesq_wb", "stoi", "segmental_snr_db", "si_sdr_db"])
def test_less_noise_scores_higher(metric):
    clean = voice()
    scores = [speech.METRICS[metric](clean, clean + noise(level)) for level in (0.1, 0.02, 0.004)]
    assert scores == sorted(scores) and scores[0] < scores[2]


def test_the_clean_recording_scores_highest():
    clean = voice()
    assert speech.pesq_wb(clean, clean) == pytest.approx(4.64, abs=0.01)
    assert speech.stoi(clean, clean) == pytest.approx(1.0, abs=1e-6)
    assert speech.segmental_snr_db(clean, clean) == 35.0


def test_pesq_says_nothing_where_there_is_no_speech():
    assert math.isnan(speech.pesq_wb(voice(), np.zeros(32000, np.float32)))
    assert math.isnan(speech.pesq_wb(np.zeros(32000, np.float32), voice()))
    assert math.isnan(speech.pesq_wb(voice(0.1), voice(0.1)))


def test_segmental_snr_by_hand():
    clean = np.ones(480 * 4)
    # An error of a tenth everywhere is 20 dB in each frame, one as large as the signal 0 dB;
    # beyond -10 and 35 dB frames are cut off.
    assert speech.segmental_snr_db(clean, clean * 0.9) == pytest.approx(20, abs=1e-3)
    assert speech.segmental_snr_db(clean, clean * 0) == pytest.approx(0, abs=1e-3)
    assert speech.segmental_snr_db(clean, clean * 11) == -10
    paused = np.append(clean, np.zeros(4800))
    assert speech.segmental_snr_db(paused, 0.9 * paused) == pytest.approx(20, abs=1e-3)
    assert math.isnan(speech.segmental_snr_db(0 * clean, clean))
    assert speech.segmental_snr_db(clean[:100], clean[:100] * 0.9) == pytest.approx(20, abs=1e-3)


def test_si_sdr_by_hand():
    clean, error = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])  # Orthogonal.
    assert speech.si_sdr_db(clean, clean + error / 10) == pytest.approx(20, abs=1e-3)
    assert speech.si_sdr_db(clean, 7 * clean + 0.7 * error + 3) == pytest.approx(20, abs=1e-3)
    assert speech.si_sdr_db(clean, error) == -30


@pytest.mark.parametrize("result", [
    np.zeros(32000, np.float32), voice() * 2e-5 / np.abs(voice()).max() * 0.7,
    np.full(32000, np.nan, np.float32)])
def test_a_muted_result_has_the_worst_score_of_each_metric(result):
    for name, worst in speech.WORST.items():
        assert speech.score(name, voice(), result) == worst
        assert worst <= speech.score(name, voice(), noise(0.1))  # Nothing is worse.


def test_a_quiet_result_is_not_muted():
    quiet = voice() * 1e-3
    assert speech.score("pesq_wb", voice(), quiet) == speech.pesq_wb(voice(), quiet) > 4
    assert not speech.is_muted(quiet) and speech.is_muted(voice() * 1e-7)
    assert not speech.is_muted(np.array([0.0, np.nan]))


@pytest.mark.parametrize("clean, without", [
    (np.zeros(32000, np.float32), {"pesq_wb", "stoi", "segmental_snr_db", "si_sdr_db"}),
    (voice(0.1), {"pesq_wb", "stoi"})])  # Too short for both.
def test_what_no_metric_can_judge_of_the_clean_recording_has_no_score(clean, without):
    for result in (clean * 0.5, noise(0.1, len(clean)), clean * 0):
        assert {name for name in speech.METRICS
                if math.isnan(speech.score(name, clean, result))} == without
