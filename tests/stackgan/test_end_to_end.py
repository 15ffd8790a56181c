"""Train, evaluate, sample, export, serve and ship tiny StackGANs on real pictures."""

import json
import subprocess
import sys
import textwrap
import types

import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.stackgan import small
from zoo import pretrained
from zoo.captioned import generation
from zoo.captioned.evaluation import Evaluation
from zoo.core import evaluator, export, locate, runs, shipping, trainer
from zoo.core.workdir import Workdir
from zoo.data import image
from zoo.data.text import Tokenizer
from zoo.registry import REGISTRY


@pytest.fixture(scope="module")
def multi_stage(tmp_path_factory, data_dir, stage_one):
    workdir = Workdir(tmp_path_factory.mktemp("stackgan") / "multi_stage")
    hparams = {"image_size": "32", "generator_channels": "8,6,6", "refinement_channels": "4",
               "num_residual_blocks": "1", "discriminator_base_channels": "4", "latent_dim": "4",
               "condition_dim": "6", "g_color_consistency_weight": "1", "mismatched": "caption",
               "text_encoder": str(stage_one.path / "text_encoder"),
               "evaluation_encoder": str(stage_one.path / "text_encoder")}
    trainer.train(small.settings(
        data_dir, workdir.path, "stackgan/multi_stage", hparams, sample_every=2), REGISTRY)
    return workdir


@pytest.fixture(scope="module")
def evaluated(stage_two):
    with helpers.without_graphs():
        evaluator.evaluate(stage_two.path, REGISTRY, "test", 24, seed=0, scratch=stage_two)
    return stage_two


@pytest.fixture(params=["stage_one", "stage_two", "multi_stage"])
def run(request):
    return request.getfixturevalue(request.param)


def request(*captions, **flags):
    return types.SimpleNamespace(**{
        "caption": list(captions), "seed": 0, "num_samples": 2, "caption_file": "",
        "out": "a.png", "truncation": 0.0, "interpolate": False, "neighbours": False, "right_answers": False}
        | flags)


def test_a_sheet_shows_the_stages_beside_the_truth(stage_two, multi_stage):
    # 32 rows in two columns, pictures of 32 pixels shown at 64: the true one, and two samples at
    # two stages.
    for run in (stage_two, multi_stage):
        sheet = tf.io.decode_png((run.samples / "00000002.png").read_bytes())
        assert sheet.shape == (16 * (12 + 64 + 4), 2 * (5 * 65 + 8), 3)


def test_metrics_hold_every_term(multi_stage, stage_two):
    def last(run):
        return json.loads(run.metrics_file.read_text().splitlines()[-1])
    assert last(stage_two).keys() >= {"d_real", "d_fake", "d_mismatched", "g_adversarial", "g_kl"}
    names = {f"{kind}_{score}_{size}" for kind in ("d_real", "d_fake", "g")
             for score in ("realism", "match") for size in (16, 32)}
    # By caption a wrong pair's picture is the right one's: its realism is judged already.
    names |= {"d_mismatched_match_16", "d_mismatched_match_32", "g_color_consistency"}
    assert last(multi_stage).keys() >= names
    assert "d_mismatched_realism_16" not in last(multi_stage)


def test_evaluation_compares_stage_two_with_stage_one_enlarged(evaluated):
    metrics = json.loads(evaluated.evaluation_file.read_text())["metrics"]
    for name in ("frechet_distance", "kernel_distance", "sharpness_ratio", "r_precision_at_1",
                 "pixel_r_precision_at_5"):
        assert np.isfinite([metrics[name]["value"], metrics[f"stage_one_{name}"]["value"]]).all()
    experiment, model = runs.load_run(evaluated.path, REGISTRY)
    evaluation = Evaluation(model, experiment.pictures("test"),
                            evaluated.path / "evaluation_encoder", 6, seed=0)
    enlarged = evaluation.earlier["stage_one"]
    assert enlarged.shape == evaluation.fake.shape == (6, 32, 32, 3)
    text = model.embed(Tokenizer(model.text_encoder.vocabulary)(
        tf.constant([captions[0] for captions in evaluation.pictures.captions[:6]])))
    small = model.stages(text, generation.noise(0, 6, model.noise_dim))[0]
    # Bicubic enlargement keeps the mean of smooth areas, within rounding and its overshoot.
    np.testing.assert_allclose(enlarged.mean(axis=(1, 2)), image.to_uint8(small).numpy().mean(
        axis=(1, 2)), atol=1.5)


@pytest.mark.parametrize("flags", [{}, {"interpolate": True, "num_samples": 3}])
def test_samples_are_the_last_stages_and_follow_caption_and_seed(run, flags):
    experiment, model = runs.load_run(run.path, REGISTRY)
    size = experiment.hparams.image_size
    first = experiment.sample(model, request("red heart", "cat", **flags))
    shape = (size, 3 * size, 3) if flags else (2 * size, 2 * size, 3)
    assert tf.io.decode_png(first).shape == shape
    assert experiment.sample(model, request("red heart", "cat", **flags)) == first
    assert experiment.sample(model, request("red heart", "cat", seed=1, **flags)) != first


def test_the_exported_stack_serves_without_zoo(stage_two, tmp_path):
    experiment, model = runs.load_run(stage_two.path, REGISTRY)
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "saved", module.check_inputs())
    program = textwrap.dedent("""
        import sys, tensorflow as tf, tensorflow_text
        served = tf.saved_model.load(sys.argv[1])
        captions = tf.constant(["red heart", "cat"])
        out = served.signatures["serving_default"](caption=captions, seed=tf.constant(3, tf.int64))
        score = served.signatures["score"](caption=captions, png_bytes=out["png_bytes"])["score"]
        assert "zoo" not in sys.modules
        for name in ("png_bytes", "png_stage_one_bytes"):
            tf.io.write_file(f"{sys.argv[1]}/{name}", out[name][1])
        tf.io.write_file(f"{sys.argv[1]}/score", tf.io.serialize_tensor(score))
    """)
    folder = tmp_path / "saved"
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, cwd=tmp_path)
    captions = tf.constant(["red heart", "cat"])
    live = module.generate(captions, tf.constant(3, tf.int64))
    for name, size in (("png_bytes", 32), ("png_stage_one_bytes", 16)):
        picture = tf.io.decode_png((folder / name).read_bytes()).numpy().astype(int)
        assert picture.shape == (size, size, 3)
        image = live[name.replace("png", "image").removesuffix("_bytes")][1].numpy()
        assert np.abs(image - picture).max() <= 1
    score = tf.io.parse_tensor((folder / "score").read_bytes(), tf.float32)
    np.testing.assert_allclose(module.score(captions, live["png_bytes"])["score"], score, atol=1e-4)


def test_the_signatures_of_each_model(run):
    experiment, model = runs.load_run(run.path, REGISTRY)
    module = experiment.serving_module(model)
    inputs = module.check_inputs()
    served = module.signatures["serving_default"](**inputs["serving_default"])
    earlier = {"image_stage_one", "png_stage_one_bytes"} if run.path.name != "stage_one" else set()
    assert served.keys() == {"image", "png_bytes"} | earlier
    judged = module.signatures["score"](**inputs["score"])
    if run.path.name == "multi_stage":
        assert judged.keys() == {"p_real", "p_match"}
        assert all(((0 < p) & (p < 1)).numpy().all() for p in judged.values())
    else:
        assert judged.keys() == {"score"}


def test_a_shipped_stack_gives_the_same_pictures(evaluated, tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "PRETRAINED", tmp_path)
    shipping.publish(evaluated.path, shipping.Facts(
        "tiny", "python …", 0.1, "CPU", "CC0-1.0", "Tests.", "Tiny."), REGISTRY)
    shipped, live = pretrained.load_pretrained("tiny"), runs.load_run(
        evaluated.path, REGISTRY)[1]
    text, noise = live.embed(tf.constant([[2, 3, 0, 0]])), tf.ones((1, live.noise_dim))
    for one, other in zip(shipped.stages(text, noise), live.stages(text, noise), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-2)  # The weights are float16 on disk.
