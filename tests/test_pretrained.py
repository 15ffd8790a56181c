"""What is shipped under `pretrained/` loads, is whole, and does what it was trained for."""

import json
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.core import locate, networks
from zoo.datasets.moving_openmoji import motion, sprites
from zoo.datasets.openmoji import rendering, sources
from zoo.errors import RequestError
from zoo.image_to_image import inference
from zoo.speech_enhancement import enhancement
from zoo.video_prediction import rollout

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAMES = [shipped.name for shipped in zoo.list_pretrained()]
PART = "text_encoder_openmoji64"  # Without the picture encoder, which nobody needs.


def test_what_is_shipped_is_listed():
    assert NAMES == sorted(path.name for path in locate.PRETRAINED.iterdir() if path.is_dir())
    for shipped in zoo.list_pretrained():
        assert (ROOT / "zoo" / shipped.family).is_dir() and shipped.licence.startswith("CC-BY-SA-")
        assert 0 < shipped.size < 20e6 and shipped.metrics
    by_name = {shipped.name: shipped for shipped in zoo.list_pretrained()}
    stack = by_name["stage_two_openmoji128"]  # Files that it has in common with others count.
    assert stack.size > by_name["stage_one_openmoji64"].size


def test_all_is_small_enough_to_clone():
    files = [path for path in locate.PRETRAINED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 45e6


def test_a_part_of_a_model_is_used_where_it_is_asked_for():
    encoder = networks.load(locate.PRETRAINED / PART, "text_encoder")
    assert encoder(tf.constant([[2, 3]])).shape == (1, 256)
    with pytest.raises(RequestError, match="only a part.*without its image_encoder"):
        zoo.load_pretrained(PART)


def test_model_cards_have_the_head_that_hugging_face_reads():
    for name in NAMES:
        card = (locate.PRETRAINED / name / "model_card.md").read_text()
        head, body = card.removeprefix("---\n").split("\n---\n", 1)
        fields = {key: json.loads(value)  # Of YAML's kinds, JSON's.
                  for key, value in (line.split(": ", 1) for line in head.split("\n"))}
        assert fields["license"].startswith("cc-by-sa-") and fields["library_name"] == "keras"
        index, = fields["model-index"]
        assert index["name"] == name and index["results"][0]["metrics"][0]["value"] is not None
        assert f"# {name}\n" in body and "Intended use: " in body and "Limits: " in body


@pytest.mark.parametrize("name", [name for name in NAMES if name != PART])
def test_every_shipped_model_loads_and_was_measured(name):
    model = zoo.load_pretrained(name)  # Compares the checksum of every file.
    assert model.trainable_variables
    manifest = json.loads((locate.PRETRAINED / name / "manifest.json").read_text())
    assert manifest["minutes"] > 0 and manifest["evaluation"]["metrics"]
    assert int(model.step) == manifest["evaluation"]["step"] > 0


def test_loading_leaves_the_callers_precision_alone():
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = zoo.load_pretrained("mask_unet_asterisk")
    assert model.generator.compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "mixed_bfloat16"


def test_mask_unet_takes_noise_away_and_leaves_silence_silent():
    generator = zoo.load_pretrained("mask_unet_asterisk").ema_generator
    enhance = enhancement.make_enhance(generator)
    noise = tf.random.stateless_normal([1, 32000], [0, 1]) * 0.03
    left = enhance(noise).numpy().std() / noise.numpy().std()
    assert 20 * np.log10(left) < -10  # The shipped weights: -19 dB.
    np.testing.assert_array_equal(enhance(tf.zeros([1, 5000])), np.zeros([1, 5000]))


def test_pix2pix_gives_a_smiley_its_yellow_and_leaves_the_paper_white():
    generator = zoo.load_pretrained("pix2pix_openmoji128").ema_generator
    svg = sources.read_svgs()["1F600"]
    lines, truth = (rendering.render(each, 128).astype(np.float32) / 127.5 - 1
                    for each in (rendering.keep_line_layers(svg), svg))
    seed = tf.constant(0, tf.int64)
    result = inference.translate(
        generator, tf.constant(lines), seed, tf.constant(128)).numpy()
    forehead, corner = np.s_[38:42, 56:72], np.s_[:8, :8]
    # The lines alone differ there by 1.66, in blue; what the shipped weights make, by 0.05.
    assert np.abs(result[forehead] - truth[forehead]).max() < 0.2
    assert np.abs(result[corner] - 1).max() < 0.05


def test_dna_moves_sprites_that_it_has_never_seen():
    model = zoo.load_pretrained("dna_openmoji64")
    svgs = sources.read_svgs()
    path = [(8 + 2 * time, 16) for time in range(5)]  # Two pixels a frame to the right.
    clips = np.stack([
        motion.draw([sprites.render(svgs[code_point], 32)], [path], 64)
        for code_point in sprites.code_points("test")[:8]])
    predicted = rollout.roll_out_many(model, clips[:, :4], 1, seed=0)[:, 0]
    error, of_copy = (np.square(frame.astype(float) - clips[:, 4]).mean()
                      for frame in (predicted, clips[:, 3]))
    assert error < 0.02 * of_copy  # The shipped weights: 0.0002.
