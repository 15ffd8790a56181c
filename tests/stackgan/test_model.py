"""StackGAN's three models pass the shared checks; what only this family has."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.conformance import AdversarialConformance
from zoo.layers.text_encoder import TextEncoder
from zoo.losses.adversarial import log_loss_fake, log_loss_real
from zoo.stackgan import (
    MultiStageDiscriminator, MultiStageGAN, MultiStageGenerator, StageDiscriminator, StageIGAN,
    StageIGenerator, StageIIGAN, StageIIGenerator)

WORDS = ("a", "red", "blue", "square", "disc")
TEXT = {"text_dim": 5, "condition_dim": 3}


def text_encoder():
    return TextEncoder(WORDS, "convolution", embedding_dim=4, units=3, output_dim=5)


def tokens(random, size):
    return random.integers(1, len(WORDS) + 2, (size, 4)).astype(np.int32)


def pictures(random, size, image_size):
    return random.uniform(-1, 1, (size, image_size, image_size, 3)).astype(np.float32)


def awake(network):
    """Starts every kernel where a layer keeps the size of what it is given.

    From the released N(0, 0.02), in layers this narrow, one step moves a kernel by a quarter, and
    rounding errors become differences that can be seen.
    """
    for seed, weight in enumerate(network.trainable_variables):
        if len(weight.shape) > 1:
            weight.assign(keras.initializers.HeNormal(seed)(weight.shape))
    return network


def stage_one_gan(**kwargs):
    return StageIGAN(
        awake(StageIGenerator((8, 8), 3, **TEXT)), awake(StageDiscriminator((6, 8), **TEXT)),
        text_encoder(), **kwargs)


def stage_two_gan(**kwargs):
    return StageIIGAN(
        awake(StageIIGenerator(16, (6, 8), 1, (8, 6), **TEXT)),
        awake(StageDiscriminator((6, 8, 8), (8,), **TEXT)), text_encoder(),
        awake(StageIGenerator((8, 8), 3, **TEXT)), **kwargs)


def multi_stage_gan(**kwargs):
    return MultiStageGAN(
        awake(MultiStageGenerator((8, 6, 4), (3,), 1, 3, **TEXT)),
        awake(MultiStageDiscriminator((16, 32), 2, **TEXT)), text_encoder(), **kwargs)


class StackConformance(AdversarialConformance):
    """Every layer of these networks is followed by batch norm, here over four rows."""

    replica_steps = 1


class TestStageI(StackConformance):
    """Fresh noise and captions for G, wrong pairs by exchanged picture, as released."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_kl")
    diagnostics = ("mismatch_rejections",)

    def build(self, **overrides):
        return stage_one_gan(**{"adversarial_loss": "non_saturating"} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 16),
                "mismatched_image": pictures(random, size, 16),
                "fresh_tokens": tokens(random, size),
                "mismatch_rejections": random.integers(0, 3, size).astype(np.float32)}


class TestStageII(StackConformance):
    """A frozen Stage I below, wrong pairs by exchanged caption, augmentation, both distances."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_kl", "g_l1", "g_l2")

    def build(self, **overrides):
        return stage_two_gan(**{"augment": ("translation",), "fresh_generator_batch": False}
                             | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 32),
                "mismatched_tokens": tokens(random, size)}


class TestMultiStage(StackConformance):
    """Pictures of two sizes, four scores of each pair, augmentation, colour consistency."""

    terms = (*(f"{kind}_{score}_{size}" for kind in ("d_real", "d_fake", "d_mismatched", "g")
               for score in ("realism", "match") for size in (16, 32)),
             "g_kl", "g_l2", "g_color_consistency")

    def weights_of_terms(self):
        return {term: 0.25 + 0.1 * i for i, term in enumerate(self.terms)}

    def build(self, **overrides):
        return multi_stage_gan(**{
            "adversarial_loss": "non_saturating", "augment": ("translation", "color"),
            "fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 32),
                "mismatched_image": pictures(random, size, 32)}


class TestPacksOfTwoSizes(StackConformance):
    """As above, two pictures of a caption at once, and the nearest of two draws."""

    terms = (*(term for term in TestMultiStage.terms if term != "g_l2"), "g_nearest_l2")
    weights_of_terms = TestMultiStage.weights_of_terms

    def build(self, **overrides):
        return MultiStageGAN(
            awake(MultiStageGenerator((8, 6, 4), (3,), 1, 3, **TEXT)),
            awake(MultiStageDiscriminator((16, 32), 2, image_channels=6, **TEXT)), text_encoder(),
            **{"adversarial_loss": "non_saturating", "augment": ("translation",), "packing": 2,
               "nearest_draws": 2, "fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        packs = [pictures(random, size, 32) for _ in range(4)]
        return {"tokens": tokens(random, size), "image": np.concatenate(packs[:2], axis=-1),
                "mismatched_image": np.concatenate(packs[2:], axis=-1)}


def test_stage_one_does_not_move_while_stage_two_trains():
    model = helpers.compiled(stage_two_gan(
        loss_weights=dict.fromkeys(TestStageII.terms, 1.0), ema_decay=0.5))
    random = np.random.default_rng(0)
    before = helpers.named("stage_one", model.stage_one.variables)
    trained = helpers.trainable_weights(model)
    helpers.train(model, [TestStageII().batch(random, 4) for _ in range(3)])
    after = helpers.named("stage_one", model.stage_one.variables)
    assert len(before) > 20 and helpers.unchanged(before, after) == set(before)
    assert helpers.unchanged(trained, helpers.trainable_weights(model)) == set()
    assert not model.stage_one.trainable_variables


def test_stage_two_starts_from_what_stage_one_makes_of_the_same_text_and_its_own_noise():
    model = stage_two_gan()
    text = model.embed(tokens(np.random.default_rng(0), 2))
    noise = model.sample_noise(tf.constant([1, 2]), 2)
    assert noise.shape == (2, 3 + 3 + 3) and model.noise_dim == 9
    small, large = model.stages(text, noise)
    np.testing.assert_array_equal(small, model.stage_one(noise[:, :6], text, training=False))
    np.testing.assert_array_equal(
        large, model.ema_generator(noise[:, 6:], text, small, training=False))
    assert (small.shape, large.shape) == ((2, 16, 16, 3), (2, 32, 32, 3))


def test_a_real_picture_with_a_wrong_text_is_real_and_does_not_match_at_each_size():
    model = multi_stage_gan(adversarial_loss="non_saturating",
                            loss_weights=dict.fromkeys(TestMultiStage.terms, 1.0))
    logits = {"realism_16": 0.5, "match_16": -1.0, "realism_32": 2.0, "match_32": 3.0}
    scores = {name: tf.constant([value, 0.0]) for name, value in logits.items()}
    model.discriminator.score = lambda *args, **kwargs: scores
    batch = TestMultiStage().batch(np.random.default_rng(0), 2) | {"seed": tf.constant([0, 0])}
    terms = model.discriminator_losses(batch, model.seen(batch["image"]))
    for size in (16, 32):
        realism, match = scores[f"realism_{size}"], scores[f"match_{size}"]
        for kind, of_realism, of_match in (("d_real", log_loss_real, log_loss_real),
                                           ("d_mismatched", log_loss_real, log_loss_fake),
                                           ("d_fake", log_loss_fake, log_loss_fake)):
            np.testing.assert_allclose(terms[f"{kind}_realism_{size}"], of_realism(realism))
            np.testing.assert_allclose(terms[f"{kind}_match_{size}"], of_match(match))


def test_the_smaller_picture_is_a_constant_of_colour_consistency():
    model = multi_stage_gan(loss_weights={"g_color_consistency": 1.0})
    batch = TestMultiStage().batch(np.random.default_rng(0), 2)
    fake = tuple(map(tf.constant, model.seen(batch["image"][::-1] * 0.5)))
    fake = (fake[0] * 0.2, fake[1])
    with tf.GradientTape() as tape:
        tape.watch(fake)
        terms = model.generator_losses(batch, fake)
    smaller, larger = tape.gradient(terms["g_color_consistency"], fake)
    assert terms.keys() == {"g_color_consistency"}
    assert smaller is None and np.abs(larger).max() > 0


def test_the_divergence_is_that_of_the_conditioning_augmentation():
    model = stage_one_gan(loss_weights={"g_kl": 1.0})
    batch = {"tokens": tokens(np.random.default_rng(0), 3)}
    mean, log_sigma = map(
        np.asarray, model.generator.condition.statistics(model.embed(batch["tokens"])))
    expected = (0.5 * (np.exp(2 * log_sigma) + np.square(mean) - 1) - log_sigma).mean(axis=1)
    np.testing.assert_allclose(
        model.generator_losses(batch, None)["g_kl"], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("make, conformance", [
    (stage_one_gan, TestStageI), (stage_two_gan, TestStageII), (multi_stage_gan, TestMultiStage)])
def test_it_trains_in_half_precision(make, conformance):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = helpers.compiled(make(loss_weights=dict.fromkeys(conformance.terms, 1.0)))
    before = helpers.trainable_weights(model)
    logs = model.train_step({
        name: tf.constant(value)
        for name, value in conformance().batch(np.random.default_rng(0), 4).items()})
    assert all(value.dtype == tf.float32 and np.isfinite(value) for value in logs.values())
    assert len(helpers.unchanged(before, helpers.trainable_weights(model))) < len(before) / 4
