"""The two-score discriminator tells which went wrong: learned, calibrated, measured and served."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers, processes
from zoo.captioned import generation
from zoo.captioned.evaluation import Evaluation
from zoo.core import evaluator, export, runs, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import image
from zoo.data.captioned import CaptionedPictures
from zoo.errors import RequestError
from zoo.layers.text_encoder import TextEncoder
from zoo.registry import REGISTRY
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TwoScoreTextToImageGAN

SIZE, BATCH_SIZE = 16, 16
COLOURS = np.array([[1, -1, -1], [-1, -1, 1]], np.float32)  # Red, blue.
WORDS = ("red", "blue", "square", "disc")
CAPTIONS = np.array([[2, 4], [2, 5], [3, 4], [3, 5]], np.int32)  # Colour and shape.


def drawing(kind, random):
    """A square or a disc of one of two colours somewhere on grey."""
    image = np.zeros((SIZE, SIZE, 3), np.float32)
    top, left = random.integers(0, 5, 2)
    y, x = np.mgrid[:12, :12] - 5.5
    inside = np.hypot(y, x) < 6 if kind % 2 else np.ones((12, 12), bool)
    image[top:top + 12, left:left + 12][inside] = COLOURS[kind // 2]
    return image


def pairs(random, size):
    """Pictures with right and with wrong captions, of one of the three other kinds."""
    kinds = random.integers(0, 4, size)
    wrong = (kinds + random.integers(1, 4, size)) % 4
    return {"image": np.stack([drawing(kind, random) for kind in kinds]),
            "tokens": CAPTIONS[kinds], "mismatched_tokens": CAPTIONS[wrong]}


def auc(positive, negative):
    """The share of (positive, negative) pairs in the right order, ties by half."""
    difference = np.subtract.outer(np.asarray(positive), np.asarray(negative))
    return np.mean((difference > 0) + 0.5 * (difference == 0))


def test_each_score_learns_its_own_question():
    encoder = TextEncoder(WORDS, "convolution", 8, 8, output_dim=16)
    terms = ("d_real_realism", "d_real_match", "d_fake_realism", "d_fake_match",
             "d_mismatched_match", "g_realism", "g_match")
    model = TwoScoreTextToImageGAN(
        DFGANGenerator((16, 16, 8), latent_dim=8, text_dim=16, seed_from_text=True),
        DFGANDiscriminator((32, 16, 16), 16, initial_gain=1.0, head="two_score"), encoder,
        adversarial_loss="non_saturating", loss_weights=dict.fromkeys(terms, 1.0),
        fresh_generator_batch=False)
    model.compile(generator_optimizer=keras.optimizers.Adam(1e-3, 0.0, 0.9),
                  discriminator_optimizer=keras.optimizers.Adam(2e-3, 0.5, 0.99))
    random = np.random.default_rng(0)
    helpers.train(model, [pairs(random, BATCH_SIZE) for _ in range(400)])

    held_out = pairs(random, 128)
    noise = random.uniform(-1, 1, held_out["image"].shape).astype(np.float32)
    right = model.probabilities(held_out["image"], held_out["tokens"])
    wrong = model.probabilities(held_out["image"], held_out["mismatched_tokens"])
    of_noise = model.probabilities(noise, held_out["tokens"])
    assert auc(right[1], wrong[1]) > 0.9
    assert auc(right[0], wrong[0]) == pytest.approx(0.5, abs=0.15)
    assert auc(right[0], of_noise[0]) > 0.9


def weights(**hparams):
    """Loss weights of text_to_image/df_gan with two scores, those of 0 left out."""
    experiment = REGISTRY["text_to_image/df_gan"](Settings(
        model="text_to_image/df_gan", hparams={"discriminator": "two_score"} | hparams))
    return {name: weight for name, weight in experiment.loss_weights().items() if weight}


def test_two_scores_together_weigh_what_the_joint_one_does():
    defaults = {"d_gradient_penalty": 2.0}
    assert weights() == defaults | {
        "d_real_realism": 0.25, "d_fake_realism": 0.25,  # Realism: real as much as generated.
        "d_real_match": 0.75, "d_fake_match": 0.25, "d_mismatched_match": 0.5,
        "g_realism": 0.5, "g_match": 0.5}
    # Right to wrong 2 : 3 + 1, in each score: 0.75 : 1.5 and 1.25 : 1.5 + 1.
    assert weights(d_real_weight="2", d_fake_weight="3", d_mismatched_weight="1",
                   g_adversarial_weight="4", mismatched="picture") == defaults | {
        "d_real_realism": 0.75, "d_fake_realism": 1.5,
        "d_real_match": 1.25, "d_fake_match": 1.5, "d_mismatched_match": 1.0,
        "g_realism": 2.0, "g_match": 2.0}
    assert weights(d_mismatched_weight="0") == defaults | {
        "d_real_realism": 0.5, "d_fake_realism": 0.25, "d_real_match": 0.5, "d_fake_match": 0.25,
        "g_realism": 0.5, "g_match": 0.5}
    assert not weights(d_real_weight="0", d_fake_weight="0", d_mismatched_weight="0",
                       d_gradient_penalty_weight="0", g_adversarial_weight="0")


@pytest.fixture(scope="module")
def run(tmp_path_factory, data_dir):
    """Two steps of training; an untrained encoder reads and measures."""
    root = tmp_path_factory.mktemp("two_score")
    encoder = str(processes.save_text_encoder(root / "encoder"))
    settings = Settings(
        model="text_to_image/df_gan", data_dir=str(data_dir), batch_size=8, num_steps=2,
        workdir=str(root / "gan"), sample_every=0, hparams={
            "image_size": "16", "generator_channels": "16,16,8", "latent_dim": "4",
            "discriminator_channels": "16,16,8", "discriminator": "two_score",
            "text_encoder": encoder, "evaluation_encoder": encoder})
    trainer.train(settings, REGISTRY)
    return Workdir(settings.workdir)


def test_training_ends_with_the_calibration(run):
    calibration = json.loads((run.path / "calibration.json").read_text())
    assert calibration.keys() == {"realism", "match"}
    assert runs.load_run(run.path, REGISTRY)[1].calibration == calibration


def test_evaluation_says_which_score_is_right_how_often(run):
    evaluator.evaluate(run.path, REGISTRY, "test", 24, seed=0, scratch=run)
    metrics = json.loads(run.evaluation_file.read_text())["metrics"]
    kinds = ("real_matching", "real_mismatched", "generated_matching", "generated_mismatched")
    assert metrics.keys() >= {
        "realism_accuracy", "match_accuracy", "realism_calibration_error",
        "match_calibration_error", "best_of_8_r_precision_at_1", "mean_of_8_r_precision_at_1",
        *(f"called_{name}_of_{kind}" for name in ("real", "matching") for kind in kinds)}
    shares = [metrics[f"called_real_of_{kind}"]["value"] for kind in kinds]
    assert shares[0] == shares[1] and shares[2] == shares[3]  # Realism does not see the caption.
    accuracy = (shares[0] + 1 - shares[2]) / 2
    assert metrics["realism_accuracy"]["value"] == pytest.approx(accuracy)
    sheet = tf.io.decode_png((run.path / "worst_samples.png").read_bytes())
    assert sheet.shape[2] == 3


def test_captions_that_read_alike_leave_the_scores_unjudged_and_say_so(
        run, tmp_path, monkeypatch, capsys):
    experiment, model = runs.load_run(run.path, REGISTRY)
    alike = CaptionedPictures(experiment.pictures("test").read, [("heart",)] * 3)
    monkeypatch.setattr(experiment, "pictures", lambda split: alike)
    model.calibration = plain = {
        score: {"temperature": 1.0, "threshold": 0.0} for score in model.scores}
    experiment.publish(model, tmp_path)
    assert json.loads((tmp_path / "calibration.json").read_text()) == plain
    assert "two scores stay uncalibrated" in (told := capsys.readouterr().out) and "'heart'" in told
    monkeypatch.setattr(Evaluation, "results", lambda self, training: {"others": 1})
    assert experiment.evaluate(model, tmp_path, "test", None, seed=0) == {"others": 1}
    assert "is not measured: no wrong partner found for 'heart'" in capsys.readouterr().out
    assert not (tmp_path / "worst_samples.png").exists()


def test_a_validation_split_that_cannot_be_read_is_no_uncalibrated_score(
        run, tmp_path, monkeypatch):
    experiment, model = runs.load_run(run.path, REGISTRY)

    def missing(split):
        raise RequestError(f"no split {split!r}")

    monkeypatch.setattr(experiment, "pictures", missing)
    with pytest.raises(RequestError, match="no split 'validation'"):
        experiment.publish(model, tmp_path)
    assert not (tmp_path / "calibration.json").exists()


def test_the_best_of_several_candidates_is_served_with_both_probabilities(run, tmp_path):
    experiment, model = runs.load_run(run.path, REGISTRY)
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "saved", module.check_inputs())
    served = tf.saved_model.load(tmp_path / "saved").signatures
    captions = tf.constant(["red heart", "cat"])

    def serve(num_candidates):
        return served["serving_default"](caption=captions, seed=tf.constant(3, tf.int64),
                                         num_candidates=tf.constant(num_candidates))
    best = serve(4)
    assert best["image"].shape == (2, 16, 16, 3)
    product = best["p_real"] * best["p_match"]
    again = served["score"](caption=captions, png_bytes=best["png_bytes"])
    np.testing.assert_allclose(again["p_real"], best["p_real"], atol=1e-5)
    np.testing.assert_allclose(again["p_match"], best["p_match"], atol=1e-5)
    # By hand: of the four candidates of each caption the one with the largest product.
    tokens = tf.repeat(module.tokenizer(captions), 4, axis=0)
    candidates = serve_all(model, tokens)
    np.testing.assert_allclose(product, candidates.reshape(2, 4).max(axis=1), atol=1e-4)


def serve_all(model, tokens):
    """p_real · p_match of each candidate, float32 `(n,)`."""
    pictures = generation.generate(model, tokens, generation.noise(3, len(tokens), 4))
    return np.prod(model.probabilities(image.to_float(pictures), tokens), axis=0)
