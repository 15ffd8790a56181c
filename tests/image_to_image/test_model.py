"""pix2pix passes the shared checks in several settings; what only this family has."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.conformance import AdversarialConformance, Conformance
from zoo.image_to_image import (
    ImageToImageGAN, PatchGANDiscriminator, ResidualGenerator, UNetGenerator)

SIZE = 8


def pair(random, size, source_channels=3, target_channels=3, side=SIZE):
    return {name: random.uniform(-1, 1, (size, side, side, channels)).astype(np.float32)
            for name, channels in (("source", source_channels), ("target", target_channels))}


def unet(**kwargs):
    return UNetGenerator(**{"depth": 2, "base_channels": 4, "num_dropout_blocks": 1} | kwargs)


def patch_gan(**kwargs):
    return PatchGANDiscriminator(**{"patch_size": 16, "base_channels": 4} | kwargs)


class TestPix2Pix(AdversarialConformance):
    """U-Net, batch norm, one forward pass of G for both updates."""

    terms = ("d_real", "d_fake", "g_adversarial", "g_l1")

    def build(self, **overrides):
        return ImageToImageGAN(unet(), patch_gan(), **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return pair(random, size)


class TestUnconditional(AdversarialConformance):
    """Every other term; D sees the candidate alone; grey to RGBA; fresh noise for G; pictures' own
    statistics at inference."""

    terms = ("d_real", "d_fake", "g_adversarial", "g_l2", "g_feature_matching")

    def build(self, **overrides):
        channels = {"source_channels": 1, "target_channels": 4}
        return ImageToImageGAN(
            unet(inference_statistics="picture", **channels),
            patch_gan(patch_size=1, conditional=False, inference_statistics="picture", **channels),
            "least_squares", **overrides)

    def batch(self, random, size):
        return pair(random, size, 1, 4)


class TestSeveralAnswers(AdversarialConformance):
    """Packs of two of three targets, of three draws the last starts from one; every term of the
    noise."""

    terms = ("d_real", "d_fake", "g_adversarial", "g_l1", "g_encoder_kl", "g_latent_l1",
             "g_nearest_answer_l1", "g_mode_seeking")
    late = ("modulation",)  # They start at 1 and 0.

    def weights_of_terms(self):
        return super().weights_of_terms() | {"g_mode_seeking": 0.01}  # At first draws are alike.

    def build(self, **overrides):
        return ImageToImageGAN(
            unet(latent_dim=3, encoder_base_channels=4), patch_gan(target_channels=6), packing=2,
            nearest_answers=3, **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return pair(random, size, target_channels=9)


class TestSupervised(Conformance):
    """The baseline: no discriminator; the residual generator, instance norm."""

    terms = ("g_l1",)

    def weights_of_terms(self):
        return {"g_l1": 10.0}  # So that all moves by more than rounding.

    def build(self, **overrides):
        generator = ResidualGenerator(base_channels=3, num_blocks=1, norm="instance")
        return ImageToImageGAN(generator, **overrides)

    def batch(self, random, size):
        return pair(random, size, side=16)  # 4x4 where instance norm divides by least.


def test_an_unconditional_discriminator_does_not_see_the_source():
    source, other = (tf.constant(pair(np.random.default_rng(i), 1)["source"]) for i in range(2))
    candidate = tf.zeros((1, SIZE, SIZE, 3)) + 0.3
    for conditional in (True, False):
        judge = patch_gan(norm="none", conditional=conditional)
        same = np.array_equal(judge(source, candidate), judge(other, candidate))
        assert same == (not conditional)


def test_a_generator_without_dropout_has_no_noise():
    model = ImageToImageGAN(unet(num_dropout_blocks=0))
    assert model.sample_noise(tf.constant([1, 2]), 4) is None


def test_every_row_of_a_step_has_noise_of_its_own():
    seeds = ImageToImageGAN(unet()).sample_noise(tf.constant([1, 2]), 64).numpy()
    assert seeds.dtype == np.int32 and len({tuple(row) for row in seeds}) == 64


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("statistics", ["moving", "picture"])
def test_it_trains_in_half_precision(precision, statistics):
    keras.config.set_dtype_policy(precision)
    model = helpers.compiled(ImageToImageGAN(
        unet(inference_statistics=statistics), patch_gan(inference_statistics=statistics),
        loss_weights=dict.fromkeys((*TestPix2Pix.terms, "g_feature_matching"), 1.0)))
    before = helpers.trainable_weights(model)
    batch = {name: tf.constant(value) for name, value in pair(np.random.default_rng(0), 2).items()}
    for _ in range(2):
        logs = model.train_step(batch)
    assert all(value.dtype == tf.float32 and np.isfinite(value) for value in logs.values())
    assert len(helpers.unchanged(before, helpers.trainable_weights(model))) < len(before) / 2
