"""Train, resume, evaluate, sample, export and serve tiny runs, by name and on one's own videos."""

import csv
import dataclasses
import io
import json
import subprocess
import sys
import textwrap
import types

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from tests import helpers
from zoo.core import evaluator, export, runs, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import video
from zoo.datasets.moving_openmoji import moving_openmoji_dataset_builder
from zoo.errors import RequestError
from zoo.registry import REGISTRY
from zoo.video_prediction import rollout

HPARAMS = {"image_size": "32", "patch_size": "32", "generator_channels": "4,6,8",
           "discriminator_channels": "4,6", "latent_dim": "2",
           "evaluation_encoder": "evaluation_encoder_openmoji64"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(moving_openmoji_dataset_builder, "NUM_CLIPS",
                            {"train": 6, "validation": 2, "test": 4})
        video.load("moving_openmoji", "train", str(data_dir))
    return Settings(model="video_prediction/dna", dataset="moving_openmoji",
                    data_dir=str(data_dir), batch_size=4, num_steps=4, log_every=2,
                    sample_every=4, checkpoint_every=2, hparams=HPARAMS)


@pytest.fixture(scope="module")
def run(settings, tmp_path_factory):
    workdir = Workdir(tmp_path_factory.mktemp("runs") / "dna")
    own = dataclasses.replace(settings, workdir=str(workdir.path))
    with helpers.without_graphs():
        trainer.train(dataclasses.replace(own, num_steps=2), REGISTRY)
    trainer.train(own, REGISTRY)  # Resumes.
    return workdir


@pytest.fixture(scope="module")
def loaded(run):
    return runs.load_run(run.path, REGISTRY)


def frames_on_disk(folder, count=6):
    folder.mkdir()
    for i in range(count):
        picture = np.full((30, 41, 3), 255, np.uint8)
        picture[5:15, 3 * i:3 * i + 10] = (200, 40, 40)
        PIL.Image.fromarray(picture).save(folder / f"{i}.png")
    return folder


def request(frames, out="next.gif", num_frames=None, seed=0):
    return types.SimpleNamespace(frames=str(frames), out=out, num_frames=num_frames, seed=seed)


def test_the_run_resumes_and_leaves_all_that_the_design_lists(run):
    lines = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4]
    assert lines[-1].keys() >= {"d_real", "d_fake", "d_mismatched", "d_loss", "g_adversarial",
                                "g_lp", "g_gradient_difference", "g_loss"}
    assert {path.name for path in run.samples.iterdir()} == {
        f"{step:08d}{end}" for step in (2, 4) for end in (".png", "_predictions.gif")}
    assert run.model_card.exists()


def test_evaluation_has_the_copy_beside_the_prediction_at_every_horizon(run):
    evaluator.evaluate(run.path, REGISTRY, "test", None, seed=0, scratch=run)
    metrics = json.loads(run.evaluation_file.read_text())["metrics"]
    for name in ("psnr_db", "ssim", "sharpness_difference_db", "sharpness_ratio"):
        for ahead in (1, 8, 16):
            for area in ("moving", "whole"):
                for prefix in ("", "copy_"):
                    value = metrics[f"{prefix}{name}_{area}_{ahead}"]
                    assert value["low"] <= value["value"] <= value["high"]
    assert metrics["copy_psnr_db_moving_1"]["value"] < metrics["copy_psnr_db_whole_1"]["value"]
    assert 0 <= metrics["history_swap_auc"]["value"] <= 1
    assert 0 <= metrics["copy_frechet_distance"]["value"] <= 4
    assert metrics.keys() >= {f"{kind}{name}" for name in ("frechet_distance", "kernel_distance")
                              for kind in ("", "copy_", "real_against_real_")}
    rows = list(csv.DictReader((run.path / "horizons.csv").open()))
    assert len(rows) == 16 * 4 * 2
    [row] = [row for row in rows if row["metric"] == "ssim_moving" and row["frames_ahead"] == "8"]
    assert float(row["value"]) == pytest.approx(metrics["ssim_moving_8"]["value"], abs=1e-4)
    assert float(row["last_frame_copy"]) == pytest.approx(
        metrics["copy_ssim_moving_8"]["value"], abs=1e-4)
    with PIL.Image.open(run.path / "predictions.gif") as animation:
        assert animation.n_frames >= 20
    assert (run.path / "predictions.png").exists()


def test_sample_writes_the_predicted_frames(loaded, tmp_path):
    experiment, model = loaded
    folder = frames_on_disk(tmp_path / "frames")
    strip = tf.io.decode_png(experiment.sample(
        model, request(folder, "next.png", num_frames=3))).numpy()
    assert strip.shape == (32, 3 * 32, 3)
    with PIL.Image.open(io.BytesIO(experiment.sample(model, request(folder)))) as animation:
        assert animation.size == (32, 32) and animation.n_frames == 16
    again = experiment.sample(model, request(folder, "next.png", num_frames=3))
    assert (tf.io.decode_png(again) == strip).numpy().all()
    first = PIL.Image.open(folder / "0.png")
    others = [PIL.Image.open(folder / f"{i}.png") for i in range(1, 6)]
    first.save(tmp_path / "same.webp", save_all=True, append_images=others, lossless=True)
    of_file = experiment.sample(model, request(tmp_path / "same.webp", "next.png", 3))
    assert (tf.io.decode_png(of_file) == strip).numpy().all()


@pytest.mark.parametrize("name, out, message", [
    ("", "a.gif", "--frames is missing"), ("nowhere", "a.gif", "no such file or folder"),
    ("hollow", "a.gif", "holds no frames"), ("short", "a.gif", "has 3 of the 4 frames needed"),
    ("broken.mp4", "a.gif", "is no MP4, MOV"), ("short", "a.mp4", "must end in .gif")])
def test_wrong_samples_are_refused_in_one_line(loaded, tmp_path, name, out, message):
    (tmp_path / "hollow").mkdir()
    frames_on_disk(tmp_path / "short", 3)
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    with pytest.raises(RequestError, match=message) as error:
        loaded[0].check_sample(request(tmp_path / name if name else "", out))
    assert "\n" not in str(error.value)


def test_roll_out_feeds_predictions_back(loaded):
    _, model = loaded
    frames = np.random.default_rng(0).integers(0, 256, (2, 5, 32, 32, 3), np.uint8)
    three = rollout.roll_out(model, tf.constant(frames), 3, 7).numpy()
    assert three.shape == (2, 3, 32, 32, 3) and three.dtype == np.uint8
    np.testing.assert_array_equal(rollout.roll_out(model, tf.constant(frames), 1, 7), three[:, :1])
    np.testing.assert_array_equal(
        rollout.roll_out(model, tf.constant(frames[:, 1:]), 3, 7), three)
    # Each frame is made from the four before it, predicted ones too; rounding is a level or so.
    for time in range(1, 3):
        known = np.concatenate([frames, three[:, :time]], axis=1).astype(np.float32) / 127.5 - 1
        noise = tf.random.stateless_normal((2, 2), tf.constant([7, time], tf.int64), alg="philox")
        frame = model.generate({"context": known[:, -4:]}, noise, training=False)[-1]
        assert np.abs((frame + 1) * 127.5 - three[:, time]).max() < 3


def test_the_exported_model_answers_alone_as_the_live_one(loaded, tmp_path):
    experiment, model = loaded
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "saved", module.check_inputs())
    frames = np.random.default_rng(0).integers(0, 256, (2, 4, 21, 34, 3), np.uint8)
    np.save(tmp_path / "frames.npy", frames)
    script = f"""
        import numpy as np, sys, tensorflow as tf
        served = tf.saved_model.load({str(tmp_path / "saved")!r}).signatures["serving_default"]
        frames = tf.constant(np.load({str(tmp_path / "frames.npy")!r}))
        out = served(frames=frames, num_frames=tf.constant(3), seed=tf.constant(5, tf.int64))
        np.save({str(tmp_path / "served.npy")!r}, out["frames"])
        try:
            served(frames=frames[:, :3], num_frames=tf.constant(3), seed=tf.constant(5, tf.int64))
        except tf.errors.InvalidArgumentError as error:
            assert "frames: number of past ones: must be at least 4" in str(error)
        else:
            raise SystemExit("too few frames were accepted")
        assert "zoo" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, cwd=tmp_path)
    live = rollout.roll_out(model, tf.constant(frames), 3, 5).numpy()
    served = np.load(tmp_path / "served.npy")
    assert served.shape == (2, 3, 21, 34, 3)
    assert np.abs(live.astype(int) - served).max() <= 1


def own_videos(folder, count=8):
    folder.mkdir()
    for seed in range(count):
        random = np.random.default_rng(seed)
        colour, row = random.integers(0, 200, 3), int(random.integers(0, 20))
        frames = np.full((9, 40, 50, 3), 255, np.uint8)
        for time in range(9):
            frames[time, row:row + 12, 4 + 3 * time:16 + 3 * time] = colour
        pictures = [PIL.Image.fromarray(frame) for frame in frames]
        pictures[0].save(folder / f"{seed}.gif", save_all=True, append_images=pictures[1:],
                         duration=40)
    return folder


def test_ones_own_videos_with_a_bad_one_among_them(settings, tmp_path):
    folder = own_videos(tmp_path / "videos")
    (folder / "bad.mp4").write_bytes(b"no video")
    own = dataclasses.replace(
        settings, model="video_prediction/multi_scale", dataset=str(folder), num_steps=2,
        workdir=str(tmp_path / "run"), sample_every=0,
        hparams={"image_size": "32", "generator_width": "0.02", "discriminator_width": "0.02"})
    with pytest.raises(RequestError, match="1 bad input, listed in"):
        trainer.train(own, REGISTRY)
    assert not Workdir(own.workdir).exists()
    with helpers.without_graphs():
        trainer.train(dataclasses.replace(own, on_bad_input="skip"), REGISTRY)
    run = Workdir(own.workdir)
    assert "bad.mp4" in run.bad_inputs.read_text()
    results = evaluator.evaluate(run.path, REGISTRY, "test", None, seed=0, scratch=run)
    assert results["metrics"].keys() >= {"psnr_db_moving_1", "history_swap_auc"}
    assert "frechet_distance" not in results["metrics"]
    (folder / "1.gif").unlink()
    (folder / "bad.mp4").unlink()
    with pytest.raises(RequestError, match="have changed"):
        trainer.train(dataclasses.replace(own, num_steps=3), REGISTRY)


@pytest.mark.parametrize("hparam, value, message", [
    ("patch_size", "128", "must be at most image_size, 32"), ("image_size", "30", "multiple of 8"),
    ("lp_power", "3", "must be 1 or 2"), ("context_frames", "1", "at least 2"),
    ("latent_dim", "0", "at least 1"), ("generator_channels", "8,8", "three widths")])
def test_wrong_hyperparameters_are_refused(settings, tmp_path, hparam, value, message):
    wrong = dataclasses.replace(settings, workdir=str(tmp_path / "run"),
                                hparams={**HPARAMS, hparam: value})
    with pytest.raises(RequestError, match=message):
        trainer.train(wrong, REGISTRY)
    assert not (tmp_path / "run").exists()
