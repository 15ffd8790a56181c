"""Train and evaluate a tiny matcher of pairs, and measure pix2pix by it."""

import dataclasses
import json

import numpy as np
import pytest

from tests import helpers
from tests.image_to_image.test_end_to_end import folder_of
from zoo.core import evaluator, networks, runs, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import decoding
from zoo.data.image_pairs import batches
from zoo.errors import RequestError
from zoo.metrics.distances import distances, others
from zoo.metrics.encoder import window_features
from zoo.registry import REGISTRY

HPARAMS = {"image_size": "16", "window_size": "8", "channels": "3,4", "output_dim": "5"}
PIX2PIX = {"image_height": "16", "image_width": "16", "unet_depth": "3", "jitter": "0",
           "generator_base_channels": "4", "d_real_weight": "0", "d_fake_weight": "0",
           "g_adversarial_weight": "0"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    root = tmp_path_factory.mktemp("pairs")
    return Settings(model="image_pair_matching/contrastive", data_dir=str(root / "tfds"),
                    dataset=str(folder_of(root / "mine", "apart", 30)), workdir=str(root / "w"),
                    batch_size=4, num_steps=2, log_every=1, sample_every=0, hparams=HPARAMS)


@pytest.fixture(scope="module")
def run(settings):
    with helpers.without_graphs():
        trainer.train(settings, REGISTRY)
    return Workdir(settings.workdir)


def pix2pix(settings, workdir, **hparams):
    return dataclasses.replace(settings, model="image_to_image/pix2pix", workdir=str(workdir),
                               hparams=PIX2PIX | hparams)


def test_evaluation_writes_recalls_of_windows(run):
    evaluator.evaluate(run.path, REGISTRY, "train", 6, seed=0, scratch=run)
    metrics = json.loads(run.evaluation_file.read_text())["metrics"]
    assert metrics.keys() == {f"{way}_r_at_{k}" for k in (1, 5, 10)
                              for way in ("source_to_target", "target_to_source")}
    for name, metric in metrics.items():  # Six pictures of four windows.
        assert 24 * metric["value"] == pytest.approx(round(24 * metric["value"])), name
        assert 0 <= metric["low"] <= metric["value"] <= metric["high"] <= 1


def test_pix2pix_is_measured_on_windows_at_their_own_scale(run, settings, tmp_path):
    with helpers.without_graphs():
        trainer.train(pix2pix(settings, tmp_path / "w", evaluation_encoder=str(run.path)),
                      REGISTRY)
    experiment, model = runs.load_run(tmp_path / "w", REGISTRY)
    found = experiment.evaluate(model, tmp_path / "w", "test", None, seed=1)
    encoder = networks.load(run.path, "window_encoder")
    test, train = experiment.pairs("test"), experiment.pairs("train")
    real, other = (
        window_features(encoder, decoding.to_integers(
            batches.plain(pairs, experiment.form, indices)[1], 8).numpy(), stride=4)
        for pairs, indices in ((test, range(len(test))), (train, others(len(train), len(test), 1))))
    # 3x3 windows a picture, which are drawn together.
    expected = distances(real, other, 1, clusters=np.arange(len(test)).repeat(9), scale=1.0)
    for name, result in expected.items():
        assert found[f"real_against_real_{name}"] == pytest.approx(result)
        assert found[name].keys() == {"value", "low", "high"}


def test_a_run_that_has_neither_encoder_is_no_evaluation_encoder(settings, tmp_path):
    with pytest.raises(RequestError, match="evaluation_encoder=.*holds no image encoder"):
        experiment = REGISTRY["image_to_image/pix2pix"](
            pix2pix(settings, tmp_path / "w", evaluation_encoder=settings.dataset))
        experiment.check_request()


def test_windows_larger_than_the_pictures_are_refused_before_training(run, settings, tmp_path):
    experiment = REGISTRY["image_to_image/pix2pix"](pix2pix(
        settings, tmp_path / "w", evaluation_encoder=str(run.path), image_height="4",
        unet_depth="2"))
    with pytest.raises(RequestError, match="windows of 8x8 pixels, and pictures here have 16x4"):
        experiment.check_request()


@pytest.mark.parametrize("hparams, words", [
    ({"window_size": "10"}, "window_size=10: must be a multiple of 4"),
    ({"image_size": "4"}, "image_size=4: must be at least window_size")])
def test_wrong_sizes_stop_before_any_data(hparams, words, settings):
    with pytest.raises(RequestError, match=words):
        REGISTRY[settings.model](
            dataclasses.replace(settings, hparams=HPARAMS | hparams))
