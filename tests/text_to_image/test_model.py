"""GAN-CLS and DF-GAN pass the shared checks in several settings; what only this family has."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.conformance import AdversarialConformance, Conformance
from tests.text_to_image.small import (
    LATE, TEXT_DIM, TWO_SCORE_TERMS, batch_of_8_pixels, df_gan, df_gan_networks,
    gan, pictures, tokens)
from zoo.losses.adversarial import matching_aware_gradient_penalty
from zoo.text_to_image import GANCLSDiscriminator, GANCLSGenerator, TwoScoreTextToImageGAN


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
    late = LATE

    def build(self, **overrides):
        return gan(df_gan_networks(), "hinge", ("translation", "cutout"), penalty_interval=2,
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_tokens": tokens(random, size)}


class TestGANINT(AdversarialConformance):
    """Interpolated captions, wrong pairs by exchanged picture, augmentation of colour."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_interpolated")
    late = LATE

    def build(self, **overrides):
        return gan(df_gan_networks(), "least_squares", ("color",), **overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_image": pictures(random, size, 8)}


class TestTwoScore(AdversarialConformance):
    """Two scores, wrong pairs by exchanged picture, DF-GAN's networks, gradient penalty."""

    terms = TWO_SCORE_TERMS
    late = LATE

    def build(self, **overrides):
        return gan(df_gan_networks(head="two_score"), "non_saturating", ("translation",),
                   model_class=TwoScoreTextToImageGAN, **overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_image": pictures(random, size, 8)}


class TestProjection(AdversarialConformance):
    """The projection discriminator, and the distance to the truth beside it."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_l1", "g_l2")
    late = LATE

    def build(self, **overrides):
        return gan(df_gan_networks(head="projection"), "hinge",
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 8),
                "mismatched_tokens": tokens(random, size)}


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
                loss_weights={term: 1.0 for term in TWO_SCORE_TERMS if "penalty" not in term})
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
