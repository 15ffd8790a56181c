"""Evaluations on the way are those of `tools/evaluate.py`, whatever the strategy."""

import json

import pytest

from zoo.core import evaluator, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.registry import REGISTRY


def test_replicas_are_evaluated_as_one_device(data_dir, tmp_path):
    workdir = Workdir(tmp_path / "run")
    trainer.train(Settings(
        model="text_image_matching/contrastive", data_dir=str(data_dir), workdir=str(workdir.path),
        batch_size=4, num_steps=1, eval_every=1, sample_every=0, strategy="mirrored",
        hparams={"image_size": "8", "image_channels": "3,4", "embedding_dim": "3", "units": "2",
                 "output_dim": "4"}), REGISTRY)
    line, = map(json.loads, workdir.evaluations_file.read_text().splitlines())
    results = evaluator.evaluate(workdir.path, REGISTRY, "validation", None, 0, workdir)
    assert results["metrics"]["text_to_image_r_at_1"]["value"] > 0
    assert line == pytest.approx({"step": 1} | {
        name: metric["value"] for name, metric in results["metrics"].items()})
