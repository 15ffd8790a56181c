"""GAN-CLS and DF-GAN pass the shared checks in several settings; what only this family has."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.conformance import AdversarialConformance, Conformance
from zoo.core.hparams import parse
from zoo.errors import RequestError
from zoo.layers.text_encoder import TextEncoder
from zoo.losses.adversarial import matching_aware_gradient_penalty
from zoo.text_to_image import (
    DFGANDiscriminator, DFGANGenerator, GANCLSDiscriminator, GANCLSGenerator, TextToImageGAN,
    TwoScoreTextToImageGAN)
from zoo.text_to_image.hparams import DFGANHParams

WORDS = ("a", "red", "blue", "square", "disc")
TEXT_DIM = 5


def tokens(random, size):
    return random.integers(1, len(WORDS) + 2, (size, 4)).astype(np.int32)


def pictures(random, size, image_size):
    return random.uniform(-1, 1, (size, image_size, image_size, 3)).astype(np.float32)


def gan(networks, *args, model_class=TextToImageGAN, **kwargs):
    encoder = TextEncoder(WORDS, "convolution", embedding_dim=4, units=3, output_dim=TEXT_DIM)
    return model_class(*networks, encoder, *args, **kwargs)


def df_gan_networks(channels=(8, 6), head="joint"):
    return (DFGANGenerator(channels, latent_dim=3, text_dim=TEXT_DIM),
            DFGANDiscriminator(channels, text_dim=TEXT_DIM, head=head))


def df_gan(*terms, **kwargs):
    return gan(df_gan_networks(), **{"loss_weights": dict.fromkeys(terms, 1.0)} | kwargs)


def batch_of_8_pixels(size=4, seed=0):
    random = np.random.default_rng(seed)
    return {name: tf.constant(value) for name, value in {
        "tokens": tokens(random, size), "image": pictures(random, size, 8),
        "mismatched_image": pictures(random, size, 8),
        "mismatched_tokens": tokens(random, size), "fresh_tokens": tokens(random, size)}.items()}


class TestGANCLS(AdversarialConformance):
    """Fresh noise and captions for G, batch normalisation, wrong pairs by exchanged caption."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial")
    diagnostics = ("mismatch_rejections",)
    replica_steps = 1  # Batch norm over four rows amplifies rounding.

    def build(self, **overrides):
        sizes = {"text_dim": TEXT_DIM, "text_projection_dim": 4, "base_channels": 4}
        networks = GANCLSGenerator(32, latent_dim=3, **sizes), GANCLSDiscriminator(32, **sizes)
        return gan(networks, "non_saturating", **overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 32),
                "mismatched_tokens": tokens(random, size), "fresh_tokens": tokens(random, size),
                "mismatch_rejections": random.integers(0, 3, size).astype(np.float32)}


class TestDFGAN(AdversarialConformance):
    """One forward pass of G for both updates, a lazy gradient penalty, augmentation."""

    terms = ("d_real", "d_fake", "d_mismatched", "d_gradient_penalty", "g_adversarial")
    # The last kernels of the affine layers and the gains of D's residuals start at zero.
    late = ("gamma/dense", "beta/dense", "discriminator/block/down", "discriminator/block/conv")

    def build(self, **overrides):
        return gan(df_gan_networks(), "hinge", ("translation", "cutout"), penalty_interval=2,
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_tokens": tokens(random, size)}


class TestGANINT(AdversarialConformance):
    """Interpolated captions, wrong pairs by exchanged picture, augmentation of colour."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_interpolated")
    late = TestDFGAN.late

    def build(self, **overrides):
        return gan(df_gan_networks(), "least_squares", ("color",), **overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_image": pictures(random, size, 8)}


class TestTwoScore(AdversarialConformance):
    """Two scores, wrong pairs by exchanged picture, DF-GAN's networks, gradient penalty."""

    terms = ("d_real_realism", "d_real_match", "d_fake_realism", "d_fake_match",
             "d_mismatched_realism", "d_mismatched_match", "d_gradient_penalty", "g_realism",
             "g_match", "g_interpolated")
    late = TestDFGAN.late

    def build(self, **overrides):
        return gan(df_gan_networks(head="two_score"), "non_saturating", ("translation",),
                   model_class=TwoScoreTextToImageGAN, **overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_image": pictures(random, size, 8)}


class TestProjection(AdversarialConformance):
    """The projection discriminator, and the distance to the truth beside it."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_l1", "g_l2")
    late = TestDFGAN.late

    def build(self, **overrides):
        return gan(df_gan_networks(head="projection"), "hinge",
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_tokens": tokens(random, size)}


class TestPacks(AdversarialConformance):
    """D judges two pictures of a caption at once; the nearest of three draws; mode seeking."""

    terms = ("d_real", "d_fake", "d_mismatched", "d_gradient_penalty", "g_adversarial",
             "g_interpolated", "g_l1", "g_nearest_l2", "g_nearest_answer_l2", "g_mode_seeking")
    late = TestDFGAN.late

    def weights_of_terms(self):
        return super().weights_of_terms() | {"g_mode_seeking": 0.01}  # At first draws are alike.

    def build(self, **overrides):
        networks = (DFGANGenerator((8, 6), latent_dim=3, text_dim=TEXT_DIM),
                    DFGANDiscriminator((8, 6), text_dim=TEXT_DIM, image_channels=6))
        return gan(networks, "hinge", ("translation", "color"), packing=2, nearest_draws=3,
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        two = [pictures(random, size, 8) for _ in range(2)]
        return {"tokens": tokens(random, size), "image": np.concatenate(two, axis=-1),
                "mismatched_tokens": tokens(random, size)}


class TestPacksOfTwoScores(AdversarialConformance):
    """Packs for two scores, wrong ones by exchanged pictures, fresh noise for G."""

    terms = TestTwoScore.terms
    late = TestDFGAN.late

    def build(self, **overrides):
        networks = (DFGANGenerator((8, 6), latent_dim=3, text_dim=TEXT_DIM),
                    DFGANDiscriminator((8, 6), text_dim=TEXT_DIM, image_channels=6,
                                       head="two_score"))
        return gan(networks, "non_saturating", ("translation",),
                   model_class=TwoScoreTextToImageGAN, packing=2, **overrides)

    def batch(self, random, size):
        packs = [pictures(random, size, 8) for _ in range(4)]
        return {"tokens": tokens(random, size), "image": np.concatenate(packs[:2], axis=-1),
                "mismatched_image": np.concatenate(packs[2:], axis=-1)}


class TestRelativistic(AdversarialConformance):
    """Each pair is set against the right one of its row; R1 and R2 by differences, of packs."""

    terms = ("d_fake", "d_mismatched", "d_r1", "d_r2", "g_adversarial")
    late = TestDFGAN.late

    def build(self, **overrides):
        networks = (DFGANGenerator((8, 6), latent_dim=3, text_dim=TEXT_DIM),
                    DFGANDiscriminator((8, 6), text_dim=TEXT_DIM, image_channels=6))
        return gan(networks, "relativistic", ("translation",), packing=2, penalty_sigma=0.1,
                   **overrides)

    batch = TestPacks.batch


class TestSupervised(Conformance):
    """The baseline: no discriminator, the distance to the truth alone."""

    terms = ("g_l2",)
    late = ("gamma/dense", "beta/dense")

    def weights_of_terms(self):
        return {"g_l2": 100.0}  # So that late weights move by more than rounding.

    def build(self, **overrides):
        generator, _ = df_gan_networks()
        return gan((generator, None), **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8)}


@pytest.mark.parametrize("fresh", [True, False])
def test_fresh_captions_are_for_the_update_of_g_alone(monkeypatch, fresh):
    model = helpers.compiled(df_gan("d_real", "g_adversarial", fresh_generator_batch=fresh))
    batch = batch_of_8_pixels()
    seen = {}
    for method in ("discriminator_losses", "generator_losses"):
        original = getattr(model, method)

        def spy(batch, fake, method=method, original=original):
            seen[method] = batch["tokens"].numpy()
            return original(batch, fake)
        monkeypatch.setattr(model, method, spy)
    model.train_step(batch)
    np.testing.assert_array_equal(seen["discriminator_losses"], batch["tokens"])
    np.testing.assert_array_equal(
        seen["generator_losses"], batch["fresh_tokens" if fresh else "tokens"])


def relativistic(*terms, **kwargs):
    return df_gan(*terms, adversarial_loss="relativistic", **kwargs)


def test_a_relativistic_loss_sets_every_pair_against_the_right_one_of_its_row():
    model = relativistic("d_real", "d_fake", "d_mismatched", "g_adversarial")
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    fake = tf.constant(pictures(np.random.default_rng(1), 4, 8))
    text, judge = model.embed(batch["tokens"]), model.discriminator
    true, made, wrong = (judge(each, text) for each in (
        batch["image"], fake, batch["mismatched_image"]))
    expected = {"d_fake": tf.nn.softplus(made - true), "d_mismatched": tf.nn.softplus(wrong - true)}
    found = model.discriminator_losses(batch, fake)
    assert found.keys() == expected.keys()  # No d_real: right pairs are in both.
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)
    np.testing.assert_allclose(model.generator_losses(batch, fake)["g_adversarial"],
                               tf.nn.softplus(true - made), rtol=1e-5)
    # Only these captions have a right pair.
    assert model.generator_batch(batch)["tokens"] is batch["tokens"]


def slopes(model, batch, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = model.discriminator(images, model.embed(batch["tokens"]))
    return np.square(tape.gradient(logits, images)).sum(axis=(1, 2, 3))


@pytest.mark.parametrize("interval", [1, 2])
def test_r1_is_of_true_and_r2_of_generated_pictures(interval):
    model = relativistic("d_r1", "d_r2", "g_adversarial", penalty_interval=interval)
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    fake = tf.constant(pictures(np.random.default_rng(1), 4, 8))
    found = model.discriminator_losses(batch, fake)
    assert found.keys() == {"d_r1", "d_r2"}
    for name, images in (("d_r1", batch["image"]), ("d_r2", fake)):
        np.testing.assert_allclose(
            found[name], interval * 0.5 * slopes(model, batch, images), rtol=1e-4)
    model.step.assign(1)
    assert np.all(model.discriminator_losses(batch, fake)["d_r1"].numpy() == 0) == (interval == 2)


@pytest.mark.parametrize("loss", ["relativistic", "hinge"])
def test_r1_and_r2_without_a_second_derivative_are_near_the_exact_ones(loss):
    """Of many noises; with and without the logits that D has given already."""
    batch = {name: tf.repeat(value[:1], 500, axis=0) for name, value in
             batch_of_8_pixels().items()} | {"seed": tf.constant([3, 4])}
    fake = tf.repeat(tf.constant(pictures(np.random.default_rng(1), 1, 8)), 500, axis=0)
    model = df_gan("d_r1", "d_r2", "g_adversarial", adversarial_loss=loss, penalty_sigma=1e-3)
    found = model.discriminator_losses(batch, fake)
    for name, images in (("d_r1", batch["image"]), ("d_r2", fake)):
        exact = 0.5 * slopes(model, batch, images)[0]
        assert np.mean(found[name]) == pytest.approx(exact, rel=4 * (2 / 500) ** 0.5)
        assert len(set(found[name].numpy().round(9))) > 100  # Each row has a noise of its own.


def test_what_has_no_right_pair_of_its_own_is_refused():
    with pytest.raises(RequestError, match="captions in between have none"):
        relativistic("g_interpolated", "g_adversarial")
    with pytest.raises(RequestError, match="compares pairs by one score"):
        gan(df_gan_networks(head="two_score"), "relativistic", model_class=TwoScoreTextToImageGAN)


@pytest.mark.parametrize("hparams, advice", [
    ({"generator_batch": "fresh"}, "set generator_batch=shared"),
    ({"g_interpolated_weight": "1"}, "set g_interpolated_weight=0"),
    ({"discriminator": "two_score"}, "set discriminator=joint or projection"),
    ({"penalty_sigma": "-1"}, "must be a number from 0 on"),
    ({"penalty_sigma": "nan"}, "must be a number from 0 on")])
def test_requests_that_a_relativistic_loss_can_not_fulfil_are_told(hparams, advice):
    good = {"adversarial_loss": "relativistic"}
    assert parse(DFGANHParams, good).adversarial_loss == "relativistic"
    with pytest.raises(RequestError, match=advice):
        parse(DFGANHParams, good | hparams)


@pytest.mark.parametrize("fresh", [True, False])
def test_noise_is_shared_between_the_updates_unless_fresh(monkeypatch, fresh):
    model = helpers.compiled(df_gan("d_fake", "g_adversarial", fresh_generator_batch=fresh))
    batch = batch_of_8_pixels() | {"fresh_tokens": batch_of_8_pixels()["tokens"]}
    fakes = {}
    for method in ("discriminator_losses", "generator_losses"):
        original = getattr(model, method)

        def spy(batch, fake, method=method, original=original):
            fakes[method] = fake.numpy()
            return original(batch, fake)
        monkeypatch.setattr(model, method, spy)
    model.train_step(batch)
    assert np.array_equal(*fakes.values()) == (not fresh)


def test_the_picture_or_the_caption_of_a_wrong_pair_is_exchanged():
    model = df_gan("d_mismatched")
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    judge = model.discriminator
    by_picture = model.discriminator_losses(batch, None)["d_mismatched"]
    np.testing.assert_allclose(by_picture, tf.nn.relu(1 + judge(
        batch["mismatched_image"], model.embed(batch["tokens"]))), rtol=1e-5)
    del batch["mismatched_image"]
    by_caption = model.discriminator_losses(batch, None)["d_mismatched"]
    np.testing.assert_allclose(by_caption, tf.nn.relu(1 + judge(
        batch["image"], model.embed(batch["mismatched_tokens"]))), rtol=1e-5)


def test_two_scores_label_a_real_picture_with_a_wrong_text_as_real_and_not_matching():
    scores = {"realism": tf.constant([0.5, 3.0]), "match": tf.constant([0.25, -2.0])}
    model = gan(df_gan_networks(head="two_score"), model_class=TwoScoreTextToImageGAN,
                loss_weights={term: 1.0 for term in TestTwoScore.terms if "penalty" not in term})
    model.discriminator.score = lambda *args, **kwargs: scores
    batch = batch_of_8_pixels(2) | {"seed": tf.constant([0, 0])}
    terms = model.discriminator_losses(batch, batch["image"])
    # Hinge: max(0, 1 - realism), max(0, 1 + match).
    np.testing.assert_allclose(terms["d_mismatched_realism"], [0.5, 0.0])
    np.testing.assert_allclose(terms["d_mismatched_match"], [1.25, 0.0])
    np.testing.assert_allclose(terms["d_fake_realism"], [1.5, 4.0])
    np.testing.assert_allclose(terms["d_fake_match"], [1.25, 0.0])
    del batch["mismatched_image"]  # By caption: the picture's realism is judged already.
    assert terms.keys() - model.discriminator_losses(batch, batch["image"]).keys() == {
        "d_mismatched_realism"}


def test_gan_int_asks_for_pictures_of_the_mean_of_two_embeddings(monkeypatch):
    model = df_gan("g_interpolated")
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    texts = []
    score = model.discriminator.score

    def spy(features, text, training=None):
        texts.append(text.numpy())
        return score(features, text, training=training)
    monkeypatch.setattr(model.discriminator, "score", spy)
    terms = model.generator_losses(batch, None)
    text = model.embed(batch["tokens"]).numpy()
    assert terms.keys() == {"g_interpolated"}
    np.testing.assert_allclose(texts, [(text + text[[-1, 0, 1, 2]]) / 2], rtol=1e-6)


def test_gan_int_weighs_two_scores_as_much_as_one():
    model = gan(df_gan_networks(head="two_score"), model_class=TwoScoreTextToImageGAN,
                loss_weights={"g_interpolated": 1.0})
    model.discriminator.score = lambda *args, **kwargs: {
        "realism": tf.constant([0.5, 3.0]), "match": tf.constant([0.25, -2.0])}
    terms = model.generator_losses(batch_of_8_pixels(2) | {"seed": tf.constant([0, 0])}, None)
    np.testing.assert_allclose(terms["g_interpolated"], [-0.375, -0.5])  # Hinge: -mean.


def test_a_lazy_gradient_penalty_comes_every_other_step_at_twice_the_weight():
    weights = dict.fromkeys(("d_real", "d_gradient_penalty", "g_adversarial"), 1.0)
    model = helpers.compiled(df_gan(penalty_interval=2, loss_weights=weights))
    batch = batch_of_8_pixels()
    expected = tf.reduce_mean(matching_aware_gradient_penalty(
        lambda image, text: model.discriminator(image, text),
        batch["image"], model.embed(batch["tokens"])))
    values = [float(model.train_step(batch)["d_gradient_penalty"]) for _ in range(3)]
    assert values[0] == pytest.approx(2 * float(expected), rel=1e-4)
    assert values[1] == 0.0 and values[2] > 0.0


def test_the_gradient_penalty_is_computed_in_float32_in_any_precision():
    plain = df_gan("d_gradient_penalty")
    keras.config.set_dtype_policy("mixed_bfloat16")
    mixed = df_gan("d_gradient_penalty")
    mixed.set_weights(plain.get_weights())
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    policies = [layer.dtype_policy.name for layer in mixed.discriminator._flatten_layers()]
    assert "mixed_bfloat16" in policies
    values = []
    for model in (plain, mixed):
        # The same text: the encoders differ by their precision.
        model.embed = lambda tokens: plain.text_encoder(tokens)
        values.append(model.discriminator_losses(batch, None)["d_gradient_penalty"])
    np.testing.assert_allclose(*values, rtol=1e-4)
    assert policies == [
        layer.dtype_policy.name for layer in mixed.discriminator._flatten_layers()]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_it_trains_in_half_precision(precision):
    keras.config.set_dtype_policy(precision)
    model = helpers.compiled(df_gan(*TestDFGAN.terms))
    before = helpers.trainable_weights(model)
    for _ in range(2):
        logs = model.train_step(batch_of_8_pixels())
    assert all(value.dtype == tf.float32 and np.isfinite(value) for value in logs.values())
    assert len(helpers.unchanged(before, helpers.trainable_weights(model))) < len(before) / 2


def test_a_pack_holds_draws_of_one_caption_each_with_its_own_noise():
    model = df_gan("g_adversarial", packing=2)
    batch = batch_of_8_pixels(2)
    noise = model.training_noise(tf.constant([1, 2]), 2)
    assert noise.shape == (2, 2, 3)
    made = model.generate(batch, noise, training=True)
    assert made.shape == (2, 8, 8, 6)
    text = model.embed(batch["tokens"])
    for draw in range(2):
        np.testing.assert_allclose(
            made[..., 3 * draw:3 * draw + 3],
            model.draw(text, noise[:, draw], training=True), atol=1e-5)
    assert model(["red square"]).shape == (1, 8, 8, 3)  # Those who ask for a picture get one.


def test_the_nearest_draw_is_pulled_to_the_true_picture_and_the_others_are_free():
    model = df_gan("g_nearest_l2", nearest_draws=3, fresh_generator_batch=False)
    true = tf.zeros((1, 8, 8, 3))
    draws = tf.Variable(tf.concat([true + 0.5, true - 0.25, true + 1.0], axis=-1))
    batch = {"tokens": batch_of_8_pixels(1)["tokens"], "image": true}
    with tf.GradientTape() as tape:
        terms = model.generator_losses(batch, draws)
    np.testing.assert_allclose(terms["g_nearest_l2"], [0.0625])
    moved = tf.reduce_any(tape.gradient(terms["g_nearest_l2"], draws) != 0, axis=(0, 1, 2))
    assert moved.numpy().tolist() == 3 * [False] + 3 * [True] + 3 * [False]


def test_every_true_picture_of_a_pack_pulls_the_draw_that_is_nearest_to_it():
    model = df_gan("g_nearest_l2", packing=2, nearest_draws=2, fresh_generator_batch=False)
    true = tf.zeros((1, 8, 8, 3))
    batch = {"tokens": batch_of_8_pixels(1)["tokens"],
             "image": tf.concat([true, true + 1.0], axis=-1)}
    draws = tf.concat([true + 0.9, true + 0.5], axis=-1)
    # To 0 the nearest is 0.5, to 1 it is 0.9.
    np.testing.assert_allclose(model.generator_losses(batch, draws)["g_nearest_l2"],
                               [(0.25 + 0.01) / 2], rtol=1e-5)


def test_every_draw_is_pulled_to_the_true_picture_of_the_pack_that_is_nearest_to_it():
    model = df_gan("g_nearest_answer_l2", packing=2, nearest_draws=3, fresh_generator_batch=False)
    true = tf.zeros((1, 8, 8, 3))
    batch = {"tokens": batch_of_8_pixels(1)["tokens"],
             "image": tf.concat([true, true + 1.0], axis=-1)}
    draws = tf.concat([true + 0.9, true + 0.25, true + 2.0], axis=-1)
    np.testing.assert_allclose(model.generator_losses(batch, draws)["g_nearest_answer_l2"],
                               [(0.01 + 0.0625 + 1.0) / 3], rtol=1e-5)


def test_augmentation_leaves_equal_pictures_of_a_pack_equal():
    model = df_gan("d_real", packing=2, augment=("translation", "color", "cutout"))
    one = batch_of_8_pixels(4)["image"]
    batch = {"tokens": batch_of_8_pixels(4)["tokens"], "seed": tf.constant([3, 4])}
    changed = model.augmented(batch, tf.concat([one, one], axis=-1)).numpy()
    np.testing.assert_array_equal(changed[..., :3], changed[..., 3:])
    single = df_gan("d_real", augment=("translation", "color", "cutout"))
    np.testing.assert_allclose(changed[..., :3], single.augmented(batch, one), atol=1e-6)
