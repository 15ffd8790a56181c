"""Evaluations on the way are those of `tools/evaluate.py`, whatever the strategy."""

import json

import pytest

from tests import processes
from zoo.core import evaluator, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.registry import REGISTRY


def test_replicas_are_evaluated_as_one_device(data_dir, tmp_path):
    # Their evaluation encoder is trained first, by both, and evaluates alone.
    workdir = Workdir(tmp_path / "run")
    encoder = processes.save_text_encoder(tmp_path / "encoder")
    trainer.train(Settings(
        model="text_to_image/df_gan", data_dir=str(data_dir), workdir=str(workdir.path),
        batch_size=4, num_steps=1, eval_every=1, sample_every=0, strategy="mirrored",
        hparams={"text_encoder": str(encoder), "text_encoder_steps": "2", "image_size": "16",
                 "generator_channels": "6,5,4", "discriminator_channels": "6,5,4",
                 "latent_dim": "3"}), REGISTRY)
    assert (workdir.path / "evaluation_encoder" / "image_encoder.npz").exists()
    line, = map(json.loads, workdir.evaluations_file.read_text().splitlines())
    results = evaluator.evaluate(workdir.path, REGISTRY, "validation", None, 0, workdir)
    assert "true_r_precision_at_1" in results["metrics"]  # By that encoder.
    assert line == pytest.approx({"step": 1} | {
        name: metric["value"] for name, metric in results["metrics"].items()})
