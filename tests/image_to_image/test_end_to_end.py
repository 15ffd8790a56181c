"""Train, evaluate, sample, export and serve tiny image-to-image runs on every kind of data."""

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
from zoo.core import evaluator, export, locate, runs, shipping, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RequestError
from zoo.registry import REGISTRY

HPARAMS = {"image_height": "16", "image_width": "16", "unet_depth": "3", "jitter": "2",
           "generator_base_channels": "4", "discriminator_base_channels": "4",
           "patch_size": "16", "tile_size": "64",
           "evaluation_encoder": "evaluation_encoder_openmoji64"}


def settings_of(workdir, data_dir, dataset="openmoji/64", **hparams):
    return Settings(model="image_to_image/pix2pix", dataset=dataset, data_dir=str(data_dir),
                    workdir=str(workdir), batch_size=4, num_steps=4, log_every=2, sample_every=4,
                    checkpoint_every=4, hparams=HPARAMS | hparams)


@pytest.fixture(scope="module")
def run(tmp_path_factory, data_dir):
    workdir = tmp_path_factory.mktemp("runs") / "gan"
    trainer.train(settings_of(workdir, data_dir), REGISTRY)
    evaluator.evaluate(workdir, REGISTRY, "test", 24, seed=0, scratch=Workdir(workdir))
    return Workdir(workdir)


@pytest.fixture(scope="module")
def loaded(run):
    return runs.load_run(run.path, REGISTRY)


@pytest.fixture(scope="module")
def saved(loaded, tmp_path_factory):
    """Folder of the exported model."""
    module = loaded[0].serving_module(loaded[1])
    folder = tmp_path_factory.mktemp("exported") / "saved"
    export.export(module, folder, module.check_inputs())
    return folder


@pytest.fixture(scope="module")
def serve(saved):
    """Function from encoded sources to what the exported model answers."""
    served = tf.saved_model.load(str(saved))

    def answer(*sources, seed=3, signature="serving_default", **arguments):
        out = served.signatures[signature](
            source_bytes=tf.constant(list(sources), tf.string), seed=tf.constant(seed, tf.int64),
            **arguments)
        return {name: value.numpy() for name, value in out.items()}

    answer.model = served  # The signatures do not keep it alive.
    return answer


def encoded(array, kind="PNG", mode=None, **options):
    file = io.BytesIO()
    image = PIL.Image.fromarray(array)
    (image.convert(mode) if mode else image).save(file, kind, **options)
    return file.getvalue()


def noise(height, width, *channels, dtype=np.uint8):
    return np.random.default_rng(height + width).integers(
        0, np.iinfo(dtype).max, (height, width, *channels), dtype)


def pictures_of(png):
    return np.asarray(PIL.Image.open(io.BytesIO(png)))


def request(source, out="a.png", seed=0, num_samples=None, tile_size=0):
    return types.SimpleNamespace(source=str(source), out=out, seed=seed, num_samples=num_samples,
                                 tile_size=tile_size)


def test_run_leaves_all_that_the_design_lists(run):
    assert {path.name for path in run.path.iterdir()} >= {
        "resolved.flags", "checkpoints", "metrics.jsonl", "samples", "model_card.md", "report"}
    lines = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert lines[-1].keys() >= {
        "d_real", "d_fake", "d_loss", "g_adversarial", "g_l1", "g_loss"}
    sheet = PIL.Image.open(run.samples / "00000004.png")
    assert sheet.width > 2 * 5 * 64  # Source, target, two samples and D's map, in two columns.


def test_evaluation_writes_every_metric_with_its_interval(run):
    metrics = json.loads(run.evaluation_file.read_text())["metrics"]
    assert metrics.keys() >= {
        "l1", "psnr_db", "ssim", "palette_accuracy", "fake_probability", "sharpness_ratio",
        "colourfulness_ratio", "lightness_intersection", "a_intersection", "b_intersection",
        "frechet_distance", "kernel_distance", "real_against_real_frechet_distance",
        "real_against_real_kernel_distance", "diversity_fixed_source"}
    assert all(m["low"] <= m["value"] <= m["high"] for name, m in metrics.items()
               if "frechet_distance" not in name)
    for name in ("frechet_distance", "kernel_distance"):  # It was trained for four steps.
        assert metrics[f"real_against_real_{name}"]["value"] < metrics[name]["value"]
    assert 0 < metrics["l1"]["value"] < 1 and 0 < metrics["diversity_fixed_source"]["value"]


def test_sample_answers_at_the_source_s_size_by_the_seed(loaded, tmp_path):
    experiment, model = loaded
    source = tmp_path / "source.webp"
    PIL.Image.fromarray(noise(21, 34, 3)).save(source)
    first = experiment.sample(model, request(source))
    assert pictures_of(first).shape == (21, 34, 3)
    assert experiment.sample(model, request(source)) == first
    assert experiment.sample(model, request(source, seed=1)) != first
    both = pictures_of(experiment.sample(model, request(source, num_samples=2)))
    np.testing.assert_array_equal(both[:, :34], pictures_of(first))
    assert experiment.sample(model, request(source, tile_size=16)) != first


@pytest.mark.parametrize("content, flags, words", [
    (None, {}, "cannot be read"), (b"", {}, "is empty"), (b"text", {}, "is no PNG"),
    (encoded(noise(4, 4))[:-20], {}, "is damaged"),
    (encoded(noise(4, 4)), {"out": "a.jpg"}, "must end in .png")])
def test_wrong_samples_are_refused_before_the_networks_load(
        loaded, tmp_path, content, flags, words):
    source = tmp_path / "source.png"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(RequestError, match=words):
        loaded[0].check_sample(request(source, **flags))


def test_sample_needs_a_source(loaded):
    with pytest.raises(RequestError, match="--source is missing"):
        loaded[0].check_sample(request(""))


HARD = {
    "1000x37": (encoded(noise(37, 1000, 3)), (37, 1000)),
    "1x1": (encoded(noise(1, 1, 3)), (1, 1)),
    "16-bit grey": (encoded(noise(20, 30, dtype=np.uint16)), (20, 30)),
    "transparent": (encoded(noise(9, 40, 4)), (9, 40)),
    "palette GIF": (encoded(noise(31, 17, 3), "GIF", "P"), (31, 17)),
    "JPEG": (encoded(noise(18, 18, 3), "JPEG"), (18, 18)),
    # More than may be asked for by any file, and of several tiles.
    "2 million pixels": (encoded(noise(100, 200).repeat(10, 0).repeat(10, 1)), (1000, 2000)),
}


@pytest.mark.parametrize("name", HARD)
def test_every_picture_comes_back_at_its_own_size(serve, name):
    source, size = HARD[name]
    out = serve(source)
    assert out["image"].shape == (1, *size, 3) and out["size"].tolist() == [list(size)]
    np.testing.assert_array_equal(pictures_of(out["png_bytes"][0]), out["image"][0])


def test_pictures_of_different_sizes_in_one_call(serve):
    (one, _), (other, _) = HARD["transparent"], HARD["palette GIF"]
    out = serve(one, other)
    assert out["image"].shape == (2, 31, 40, 3) and out["size"].tolist() == [[9, 40], [31, 17]]
    for i, (height, width) in enumerate(out["size"]):
        np.testing.assert_array_equal(
            pictures_of(out["png_bytes"][i]), out["image"][i, :height, :width])
    assert (out["image"][0, 9:] == 0).all()


def test_no_text_file_stops_the_server(serve):
    good = HARD["JPEG"][0]
    before = serve(good)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"counted from 0:.*\[1\]"):
        serve(good, b"I am a text file renamed .png")
    with pytest.raises(tf.errors.InvalidArgumentError):
        serve(HARD["1000x37"][0][:-30])
    assert serve(good)["png_bytes"] == before["png_bytes"]


def test_alone_and_in_a_batch_live_and_exported_are_the_same_bits(loaded, serve):
    sources = [encoded(noise(16, 16 + i, 3)) for i in range(4)]
    module = loaded[0].serving_module(loaded[1])
    together = serve(*sources)["png_bytes"]
    live = module.translate(tf.constant(sources), tf.constant(3, tf.int64))["png_bytes"].numpy()
    assert together.tolist() == live.tolist()
    for source, png in zip(sources, together, strict=True):
        assert serve(source)["png_bytes"][0] == png
        alone = module.translate(tf.constant([source]), tf.constant(3, tf.int64))
        assert alone["png_bytes"].numpy()[0] == png


def test_the_size_of_tiles_can_be_chosen(serve):
    source = HARD["1000x37"][0]
    out = serve(source, signature="tiled", tile_size=tf.constant(16))
    assert out["image"].shape == (1, 37, 1000, 3)
    assert (out["image"] != serve(source)["image"]).any()


def test_exported_model_serves_with_tensorflow_alone(saved, serve, tmp_path):
    program = textwrap.dedent("""
        import sys, tensorflow as tf
        served = tf.saved_model.load(sys.argv[1])
        out = served.signatures["serving_default"](
            source_bytes=tf.constant([tf.io.read_file(sys.argv[2]).numpy()]),
            seed=tf.constant(3, tf.int64))
        assert "zoo" not in sys.modules
        tf.io.write_file(sys.argv[3], out["png_bytes"][0])
    """)
    source, result = tmp_path / "source.gif", tmp_path / "result.png"
    source.write_bytes(HARD["palette GIF"][0])
    subprocess.run([sys.executable, "-c", program, str(saved), source, result], check=True,
                   cwd=tmp_path)
    assert result.read_bytes() == serve(HARD["palette GIF"][0])["png_bytes"][0]


def folder_of(path, layout, count=8):
    path.mkdir()
    for i in range(count):
        source, target = noise(20, 24 + i, 3), 255 - noise(20, 24 + i, 3)
        if layout == "side_by_side":
            (path / f"{i}.png").write_bytes(encoded(np.concatenate([source, target], axis=1)))
            continue
        for side, array in (("source", source), ("target", target)):
            (path / side).mkdir(exist_ok=True)
            (path / side / f"{i}.png").write_bytes(encoded(array))
    return path


@pytest.mark.parametrize("layout, hparams", [
    ("side_by_side", {"direction": "right_to_left", "norm": "instance", "generator": "residual",
                      "num_residual_blocks": "1", "image_width": "24"}),
    ("apart", {"source_channels": "1", "target_channels": "4", "target_bits": "16",
               "inference_statistics": "picture", "d_real_weight": "0", "d_fake_weight": "0",
               "g_adversarial_weight": "0"})])
def test_from_a_folder_of_one_s_own_to_an_exported_model(layout, hparams, tmp_path):
    settings = settings_of(tmp_path / "w", tmp_path / "tfds",
                           str(folder_of(tmp_path / "mine", layout)),
                           **hparams, evaluation_encoder="")
    with helpers.without_graphs():
        trainer.train(settings, REGISTRY)
    workdir = Workdir(tmp_path / "w")
    results = evaluator.evaluate(workdir.path, REGISTRY, "test", None, 0, workdir)
    assert 0 < results["metrics"]["l1"]["value"] < 1
    experiment, model = runs.load_run(workdir.path, REGISTRY)
    source = tmp_path / "mine" / ("0.png" if layout == "side_by_side" else "source/0.png")
    sampled = tf.io.decode_png(experiment.sample(model, request(source)), dtype=tf.uint16)
    height, width, _ = pictures_of(source.read_bytes()).shape
    assert sampled.shape == (height, width, 4 if layout == "apart" else 3)
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "saved", module.check_inputs())
    served = tf.saved_model.load(str(tmp_path / "saved"))
    out = served.signatures["serving_default"](
        source_bytes=tf.constant([source.read_bytes()]), seed=tf.constant(0, tf.int64))
    assert out["image"].dtype == (tf.uint16 if layout == "apart" else tf.uint8)
    assert out["png_bytes"].numpy()[0] == experiment.sample(model, request(source))


def test_shipped_run_gives_the_same_pictures(run, loaded, tmp_path, monkeypatch):
    source = tmp_path / "source.png"
    source.write_bytes(HARD["JPEG"][0])
    before = pictures_of(loaded[0].sample(loaded[1], request(source))).astype(int)
    monkeypatch.setattr(locate, "PRETRAINED", tmp_path)
    shipping.publish(run.path, shipping.Facts(
        "tiny", "python …", 0.1, "CPU", "CC0-1.0", "Tests.", "Tiny."), REGISTRY)
    experiment, model = runs.load_run(locate.pretrained("tiny"), REGISTRY)
    after = pictures_of(experiment.sample(model, request(source))).astype(int)
    assert np.abs(after - before).max() <= 8  # The weights are float16 on disk.


@pytest.mark.parametrize("hparams, words", [
    ({"image_width": "20"}, "image_width=20.*multiple of 8"),
    ({"image_height": "0"}, "image_height=0"),
    ({"source_channels": "2"}, "source_channels=2.*1 .grey."),
    ({"jitter": "-1"}, "jitter=-1"),
    ({"unet_depth": "1"}, "unet_depth=1"),
    ({"patch_size": "71"}, "patch_size=71: no such choice")])
def test_wrong_hyperparameters_stop_before_any_data(hparams, words, tmp_path):
    with pytest.raises(RequestError, match=words):
        REGISTRY["image_to_image/pix2pix"](settings_of(tmp_path, tmp_path, **hparams))
