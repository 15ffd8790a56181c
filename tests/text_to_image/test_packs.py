"""Captions with several right answers: packs, the nearest draw, mode seeking."""

import numpy as np
import tensorflow as tf

from tests.conformance import AdversarialConformance
from tests.text_to_image.small import (
    LATE, TEXT_DIM, TWO_SCORE_TERMS, batch_of_8_pixels, df_gan, gan,
    packs_of_two, pictures, tokens)
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TwoScoreTextToImageGAN


class TestPacks(AdversarialConformance):
    """D judges two pictures of a caption at once; the nearest of three draws; mode seeking."""

    terms = ("d_real", "d_fake", "d_mismatched", "d_gradient_penalty", "g_adversarial",
             "g_interpolated", "g_l1", "g_nearest_l2", "g_nearest_answer_l2", "g_mode_seeking")
    late = LATE

    def weights_of_terms(self):
        return super().weights_of_terms() | {"g_mode_seeking": 0.01}  # At first draws are alike.

    def build(self, **overrides):
        networks = (DFGANGenerator((8, 6), latent_dim=3, text_dim=TEXT_DIM),
                    DFGANDiscriminator((8, 6), text_dim=TEXT_DIM, image_channels=6))
        return gan(networks, "hinge", ("translation", "color"), packing=2, nearest_draws=3,
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return packs_of_two(random, size)


class TestPacksOfTwoScores(AdversarialConformance):
    """Packs for two scores, wrong ones by exchanged pictures, fresh noise for G."""

    terms = TWO_SCORE_TERMS
    late = LATE

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
