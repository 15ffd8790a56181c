"""SEGAN and the masking U-Net pass the shared checks; without a discriminator, the L1 baseline."""

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance import AdversarialConformance, Conformance
from zoo.speech_enhancement import (
    MaskUNetGenerator, SEGANDiscriminator, SEGANGenerator, SpectrogramDiscriminator,
    SpeechEnhancementGAN)

SEGAN_SIZES = {"window": 64, "channels": (4, 6, 8), "kernel_size": 5}
MASK_SIZES = {"window": 256, "hop": 32}


def pair(random, size, window=64):
    clean = random.uniform(-0.3, 0.3, (size, window)).astype(np.float32)
    noise = random.normal(0, 0.1, (size, window)).astype(np.float32)
    return {"clean": clean, "noisy": clean + noise}


def mask_unet():
    return MaskUNetGenerator(**MASK_SIZES, channels=(4, 6), dilations=(1, 2))


class TestSEGAN(AdversarialConformance):
    """Fresh noise for G, batch normalisation in D, pre-emphasis."""

    terms = ("d_real", "d_fake", "g_adversarial", "g_l1")

    def build(self, **overrides):
        return SpeechEnhancementGAN(SEGANGenerator(**SEGAN_SIZES), SEGANDiscriminator(
            **SEGAN_SIZES), "least_squares", pre_emphasis=0.95, **overrides)

    def batch(self, random, size):
        return pair(random, size)


class TestMaskUNet(AdversarialConformance):
    """One forward pass of G for both updates, no noise, the spectral term."""

    terms = ("d_real", "d_fake", "g_adversarial", "g_l1", "g_spectral")

    def build(self, **overrides):
        judge = SpectrogramDiscriminator(**MASK_SIZES, channels=(4, 6))
        return SpeechEnhancementGAN(
            mask_unet(), judge, **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return pair(random, size, 256)


class TestL1Only(Conformance):
    """The baseline: no discriminator."""

    terms = ("g_l1",)

    def build(self, **overrides):
        return SpeechEnhancementGAN(mask_unet(), **overrides)

    def batch(self, random, size):
        return pair(random, size, 256)


def test_terms_are_what_their_names_say():
    model = SpeechEnhancementGAN(mask_unet(), pre_emphasis=0.5,
                                 loss_weights={"g_l1": 1.0, "g_spectral": 1.0})
    clean = np.zeros((2, 256), np.float32)
    fake = clean.copy()
    fake[1] = 0.2
    batch = {"noisy": np.full((2, 256), 0.1, np.float32), "clean": clean}
    terms = model.generator_losses(batch, tf.constant(fake))
    # Through y[n] = x[n] - x[n-1] / 2 the constant 0.2 becomes 0.2 once and then 0.1.
    np.testing.assert_allclose(terms["g_l1"], [0, (0.2 + 255 * 0.1) / 256], rtol=1e-5)
    assert float(terms["g_spectral"][0]) == pytest.approx(0, abs=1e-6)
    assert terms["g_spectral"][1] > 0.01


def test_equal_pairs_at_other_levels_have_equal_spectral_terms():
    model = SpeechEnhancementGAN(mask_unet(), loss_weights={"g_spectral": 1.0})
    one = pair(np.random.default_rng(0), 3, 512)
    quiet = {name: 0.01 * value for name, value in one.items()}
    terms = [model.generator_losses(batch, 0.5 * batch["noisy"])["g_spectral"]
             for batch in (one, quiet)]
    np.testing.assert_allclose(*terms, rtol=1e-3)
