"""GAN-CLS and DF-GAN pass the shared checks in several settings; what only this family has."""

import numpy as np

from tests.conformance import AdversarialConformance
from zoo.layers.text_encoder import TextEncoder
from zoo.text_to_image import (
    DFGANDiscriminator, DFGANGenerator, GANCLSDiscriminator, GANCLSGenerator, TextToImageGAN)

WORDS = ("a", "red", "blue", "square", "disc")
TEXT_DIM = 5


def text_encoder():
    return TextEncoder(WORDS, "convolution", embedding_dim=4, units=3, output_dim=TEXT_DIM)


def tokens(random, size):
    return random.integers(1, len(WORDS) + 2, (size, 4)).astype(np.int32)


def pictures(random, size, image_size):
    return random.uniform(-1, 1, (size, image_size, image_size, 3)).astype(np.float32)


class TestGANCLS(AdversarialConformance):
    """Fresh batches for G, wrong pairs by exchanging the picture, GAN-INT, augmentation."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_interpolated")
    diagnostics = ("mismatch_rejections",)

    def build(self, **overrides):
        return TextToImageGAN(
            GANCLSGenerator(32, latent_dim=3, text_dim=TEXT_DIM, text_projection_dim=4,
                            base_channels=2),
            GANCLSDiscriminator(32, text_dim=TEXT_DIM, text_projection_dim=4, base_channels=2),
            text_encoder(), "non_saturating", augment=("color", "translation"),
            **{"loss_weights": dict.fromkeys(self.terms, 1.0)} | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 32),
                "mismatched_image": pictures(random, size, 32),
                "fresh_tokens": tokens(random, size),
                "mismatch_rejections": random.integers(0, 3, size).astype(np.float32)}


class TestDFGAN(AdversarialConformance):
    """One forward pass of G shared, wrong pairs by exchanging the caption, lazy gradient penalty."""

    terms = ("d_real", "d_fake", "d_mismatched", "d_gradient_penalty", "g_adversarial")
    # The affine layers' last kernels and the gains of D's residuals start at zero.
    late = ("gamma/dense", "beta/dense", "down/kernel", "conv/kernel")

    def build(self, **overrides):
        arguments = {"loss_weights": dict.fromkeys(self.terms, 1.0),
                     "fresh_generator_batch": False}
        return TextToImageGAN(
            DFGANGenerator((6, 5, 4), latent_dim=3, text_dim=TEXT_DIM),
            DFGANDiscriminator((6, 5, 4), text_dim=TEXT_DIM),
            text_encoder(), "hinge", augment=("translation", "cutout"), penalty_interval=2,
            **arguments | overrides)

    def batch(self, random, size):
        return {"tokens": tokens(random, size), "image": pictures(random, size, 16),
                "mismatched_tokens": tokens(random, size)}
