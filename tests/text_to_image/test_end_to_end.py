"""Train, evaluate, sample, export, serve and ship a tiny text-to-image run on real pictures."""

import io
import json
import subprocess
import sys
import textwrap
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests import helpers
from zoo import pretrained
from zoo.captioned import nearest
from zoo.core import evaluator, export, locate, runs, shipping, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import captioned, image, text
from zoo.data.text_image import TextImageBatches
from zoo.errors import RequestError, RunFailed
from zoo.registry import REGISTRY

HPARAMS = {
    "image_size": "16",
    "generator_channels": "16,16,8",
    "discriminator_channels": "16,16,8",
    "text_encoder_steps": "2",
    "augment": "translation",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory, data_dir):
    """A run of four steps; its text encoder is trained first, since none is given."""
    workdir = tmp_path_factory.mktemp("runs") / "gan"
    settings = Settings(model="text_to_image/df_gan", data_dir=str(data_dir), batch_size=8,
                        workdir=str(workdir), num_steps=4, log_every=2, sample_every=4,
                        checkpoint_every=2, hparams=HPARAMS)
    trainer.train(settings, REGISTRY)
    return Workdir(workdir)


@pytest.fixture(scope="module")
def evaluated(run):
    with helpers.without_graphs():
        evaluator.evaluate(run.path, REGISTRY, "test", 24, seed=0, scratch=run)
    return run


@pytest.fixture(scope="module")
def loaded(run):
    return runs.load_run(run.path, REGISTRY)


def request(*captions, seed=0, num_samples=2, caption_file="", out="a.png", truncation=0.0,
            interpolate=False, neighbours=False, right_answers=False):
    return types.SimpleNamespace(caption=list(captions), seed=seed, num_samples=num_samples,
                                 caption_file=str(caption_file), out=out, truncation=truncation,
                                 interpolate=interpolate, neighbours=neighbours,
                                 right_answers=right_answers)


def sampled(loaded, *captions, **flags):
    """Returns the pictures on the sampled grid or strip, int `(rows, columns, 16, 16, 3)`."""
    grid = tf.io.decode_png(loaded[0].sample(loaded[1], request(*captions, **flags))).numpy()
    rows, columns = grid.shape[0] // 16, grid.shape[1] // 16
    return grid.reshape(rows, 16, columns, 16, 3).transpose(0, 2, 1, 3, 4).astype(int)


def test_run_leaves_all_that_the_design_lists(run):
    assert {path.name for path in run.path.iterdir()} >= {
        "resolved.flags", "checkpoints", "metrics.jsonl", "tensorboard", "samples",
        "model_card.md"}
    lines = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4]
    assert lines[-1].keys() >= {"epoch", "d_real", "d_fake", "d_mismatched", "d_gradient_penalty",
                                "d_loss", "g_adversarial", "g_loss", "mismatch_rejections",
                                "examples_per_second"}


def test_text_encoder_was_trained_first(run):
    assert Workdir(run.path / "text_encoder").settings().model == "text_image_matching/contrastive"


def test_evaluation_writes_every_metric_with_its_interval(evaluated):
    metrics = json.loads(evaluated.evaluation_file.read_text())["metrics"]
    names = {f"{kind}_at_{k}" for kind in ("r_precision", "true_r_precision", "pixel_r_precision")
             for k in (1, 5, 10)}
    assert metrics.keys() >= names | {"frechet_distance", "kernel_distance", "sharpness_ratio",
                                      "real_against_real_frechet_distance",
                                      "real_against_real_kernel_distance",
                                      "diversity_fixed_caption", "diversity_over_captions",
                                      "permuted_r_precision_at_1", "manifold_density",
                                      "real_against_real_manifold_coverage",
                                      "one_picture_manifold_coverage"}
    assert all(m["low"] <= m["high"] for m in metrics.values())
    assert "r_precision_at_1" in evaluated.model_card.read_text()


def test_sample_is_a_function_of_caption_and_seed(loaded):
    experiment, model = loaded
    first = experiment.sample(model, request("red heart", "cat"))
    assert tf.io.decode_png(first).shape == (32, 32, 3)  # Two captions by two samples of 16.
    assert experiment.sample(model, request("red heart", "cat")) == first
    assert experiment.sample(model, request("red heart", "cat", seed=1)) != first


@pytest.mark.parametrize("captions", [(), ("",), ("cat", "  ")])
def test_empty_caption_is_a_wrong_request(loaded, captions):
    with pytest.raises(RequestError, match="--caption"):
        loaded[0].sample(loaded[1], request(*captions))


def test_captions_come_from_a_file_too(loaded, tmp_path):
    file = tmp_path / "captions.txt"
    file.write_text("cat\n")
    assert loaded[0].sample(loaded[1], request("red heart", caption_file=file)) == (
        loaded[0].sample(loaded[1], request("red heart", "cat")))


@pytest.mark.parametrize("content", [b"", b"cat\n\ndog\n", b"\xff\xfe"])
def test_bad_caption_file_is_a_wrong_request(loaded, tmp_path, content):
    file = tmp_path / "captions.txt"
    file.write_bytes(content)
    with pytest.raises(RequestError, match="--caption"):
        loaded[0].sample(loaded[1], request(caption_file=file))


def test_unknown_words_are_named_once(loaded, capsys):
    for captions in [("red qwertyuiop", "Qwertyuiop heart"), ("qwertyuiop asdfgh",)]:
        loaded[0].sample(loaded[1], request(*captions))
    told = capsys.readouterr().out
    assert told.count("qwertyuiop") == told.count("asdfgh") == 1


def test_two_captions_are_interpolated_from_sample_to_sample(loaded):
    plain = sampled(loaded, "red heart", "cat", num_samples=1)
    steps = sampled(loaded, "red heart", "cat", num_samples=3, interpolate=True)[0]
    np.testing.assert_allclose(steps[0], plain[0, 0], atol=1)
    np.testing.assert_allclose(steps[-1], plain[1, 0], atol=1)
    assert (steps[1] != steps[0]).any() and (steps[1] != steps[2]).any()


def test_one_caption_is_interpolated_from_noise_to_noise(loaded):
    plain = sampled(loaded, "red heart", num_samples=2)[0]
    steps = sampled(loaded, "red heart", num_samples=3, interpolate=True)[0]
    np.testing.assert_allclose(steps[[0, -1]], plain, atol=1)
    assert (steps[1] != steps[0]).any() and (steps[1] != steps[2]).any()


def test_interpolation_as_an_animation_goes_there_and_back(loaded):
    encoded = loaded[0].sample(loaded[1], request(
        "red heart", num_samples=3, interpolate=True, out="a.GIF"))
    animation = Image.open(io.BytesIO(encoded))
    assert (animation.format, animation.n_frames, animation.size) == ("GIF", 4, (16, 16))
    assert animation.info["loop"] == 0


def test_truncation_moves_samples_towards_the_noiseless_one(loaded):
    def spread(truncation):
        pictures = sampled(loaded, "red heart", num_samples=4, truncation=truncation)[0]
        return pictures.std(axis=0).mean()
    assert spread(1e-6) < 0.1 < spread(0.5) < spread(0.0)
    np.testing.assert_allclose(sampled(loaded, "cat", truncation=100.0), sampled(loaded, "cat"),
                               atol=1)


def test_right_answers_stand_above_the_samples(loaded):
    png = loaded[0].sample(loaded[1], request("red heart", "no such thing", right_answers=True))
    shown = tf.io.decode_png(png).numpy()
    # Two captions, two rows each: label, 64 pixels, gap; two pictures of 64 pixels and a line.
    assert shown.shape == (2 * 2 * (12 + 64 + 4), 2 * (64 + 1) + 2 * 4, 3)
    top, bottom = 12, 2 * (12 + 64 + 4) + 12
    red_heart = shown[top:top + 64, 4:68]
    assert (red_heart[..., 0] > red_heart[..., 1] + 50).mean() > 0.2
    assert (shown[bottom:bottom + 64] == 255).all()  # It has none.


def test_neighbours_stand_beside_each_sample(loaded, capsys):
    sheet = tf.io.decode_png(
        loaded[0].sample(loaded[1], request("red heart", "cat", neighbours=True)))
    # Two samples of two captions; each and three neighbours at 12 times 16 pixels, labelled.
    assert sheet.shape == (4 * (12 + 192 + 4), 4 * (193 + 8), 3)
    assert "true pictures never trained on" in capsys.readouterr().out


def test_a_copy_is_found_at_distance_0(data_dir):
    training = captioned.load("openmoji/64", "train", str(data_dir))
    copies = image.to_uint8(image.decode(tf.constant(training.pictures([40, 7])), 32)).numpy()
    places, distances = nearest.training_neighbours(copies, training)
    assert places.shape == distances.shape == (2, 3)
    assert places[:, 0].tolist() == [40, 7]
    np.testing.assert_allclose(distances[:, 0], 0, atol=1e-6)
    assert (distances[:, 1] > 0.001).all() and (np.diff(distances) >= 0).all()


def test_contradictions_are_found_without_the_networks(loaded):
    with pytest.raises(RequestError, match="--interpolate: 3 captions"):
        loaded[0].check_sample(request("a", "b", "c", interpolate=True))
    loaded[0].check_sample(request("a", "b", interpolate=True))


def test_exported_model_serves_without_zoo(loaded, tmp_path):
    experiment, model = loaded
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "saved", module.check_inputs())
    program = textwrap.dedent("""
        import sys, tensorflow as tf, tensorflow_text
        served = tf.saved_model.load(sys.argv[1])
        out = served.signatures["serving_default"](
            caption=tf.constant(["red heart", "cat"]), seed=tf.constant(3, tf.int64))
        score = served.signatures["score"](
            caption=tf.constant(["red heart", "cat"]), png_bytes=out["png_bytes"])
        assert "zoo" not in sys.modules and "keras" not in dir()
        tf.io.write_file(sys.argv[2], tf.io.serialize_tensor(out["image"]))
        tf.io.write_file(sys.argv[3], tf.io.serialize_tensor(score["score"]))
    """)
    files = [str(tmp_path / name) for name in ("image", "score")]
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "saved"), *files], check=True,
                   cwd=tmp_path)
    image = tf.io.parse_tensor(tf.io.read_file(files[0]), tf.uint8)
    score = tf.io.parse_tensor(tf.io.read_file(files[1]), tf.float32)
    captions = tf.constant(["red heart", "cat"])
    live = module.generate(captions, tf.constant(3, tf.int64))
    assert np.abs(live["image"].numpy().astype(int) - image.numpy()).max() <= 1
    np.testing.assert_allclose(module.score(captions, live["png_bytes"])["score"], score, atol=1e-4)


def test_export_refuses_a_model_that_differs(loaded, tmp_path, monkeypatch):
    experiment, model = loaded
    module = experiment.serving_module(model)
    inputs = module.check_inputs()
    save = tf.saved_model.save

    def save_then_change(module, *arguments, **keywords):
        save(module, *arguments, **keywords)
        bias = model.ema_generator.to_image.bias
        bias.assign(bias + 0.5)

    monkeypatch.setattr(tf.saved_model, "save", save_then_change)
    before = model.ema_generator.to_image.bias.numpy()
    with pytest.raises(RunFailed, match="differs"):
        export.export(module, tmp_path / "saved", inputs)
    model.ema_generator.to_image.bias.assign(before)
    assert not list(tmp_path.iterdir())


def test_export_does_not_overwrite(loaded, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RequestError, match="exists"):
        export.export(loaded[0].serving_module(loaded[1]), tmp_path, {})


def test_shipped_run_gives_the_same_pictures_and_is_verified(
        evaluated, loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "PRETRAINED", tmp_path)
    folder = shipping.publish(evaluated.path, shipping.Facts(
        "tiny", "python …", 0.1, "CPU", "CC0-1.0", "Tests.", "Tiny."), REGISTRY)
    shipped = pretrained.load_pretrained("tiny")
    tokens, noise = tf.constant([[2, 3, 0, 0]]), tf.ones((1, 100))
    np.testing.assert_allclose(  # The weights are float16 on disk.
        shipped.generate({"tokens": tokens}, noise, training=False),
        loaded[1].generate({"tokens": tokens}, noise, training=False), atol=2e-2)
    with pytest.raises(RequestError, match="Did you mean 'tiny'"):
        pretrained.load_pretrained("tinny")
    with (folder / "generator.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(RequestError, match="SHA-256"):
        pretrained.load_pretrained("tiny")


def test_fine_tuning_starts_from_the_given_weights(run, loaded, tmp_path):
    settings = run.settings()
    tuned = Settings(**{**vars(settings), "workdir": str(tmp_path / "tuned"), "num_steps": 1,
                        "init_from": str(run.path), "hparams": {
                            **settings.hparams, "generator_learning_rate": "0",
                            "text_encoder": str(run.path / "text_encoder")}})
    with helpers.without_graphs():
        trainer.train(tuned, REGISTRY)
    model = runs.load_run(tuned.workdir, REGISTRY)[1]
    np.testing.assert_array_equal(model.generator.to_image.kernel,
                                  loaded[1].generator.to_image.kernel)


def test_a_script_can_fit_save_and_load(run, data_dir, tmp_path):
    model = runs.load_run(run.path, REGISTRY)[1]
    batches = TextImageBatches(
        captioned.load("openmoji/64", "train", str(data_dir)),
        text.Tokenizer(model.text_encoder.vocabulary), image_size=16, seed=0, batch_size=4,
        mismatched="caption")
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    history = model.fit(batches.dataset(), steps_per_epoch=1, epochs=2, verbose=0).history
    assert len(history["g_loss"]) == 2 and np.isfinite(history["d_loss"]).all()
    model.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert int(loaded.generator_optimizer.iterations) == 2
    np.testing.assert_array_equal(loaded.generator.to_image.kernel, model.generator.to_image.kernel)
