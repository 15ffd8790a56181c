"""Hyperparameters of text-to-image GANs; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal

from zoo.captioned.hparams import CaptionedHParams
from zoo.core.hparams import AdversarialLossName


@dataclasses.dataclass(frozen=True)
class HParams(CaptionedHParams):
    """Hyperparameters of every text-to-image GAN."""

    discriminator: Literal["joint", "two_score", "projection"] = "joint"  # Its last layers.
    d_gradient_penalty_weight: float = 0.0  # Matching-aware gradient penalty, DF-GAN eq. 1.
    gradient_penalty_interval: int = 1  # Steps between gradient penalties.
    g_interpolated_weight: float = 0.0  # GAN-INT, Reed et al. 2016, eq. 5.


@dataclasses.dataclass(frozen=True)
class GANCLSHParams(HParams):
    """Reed et al. 2016, section 5, and the released code."""

    text_projection_dim: int = 128
    generator_base_channels: int = 128
    discriminator_base_channels: int = 64
    adversarial_loss: AdversarialLossName = "non_saturating"


@dataclasses.dataclass(frozen=True)
class DFGANHParams(HParams):
    """Tao et al. 2022, section 4, and the released code."""

    generator_channels: tuple[int, ...] = (256, 256, 128, 64, 32)  # At 4x4, 8x8, …
    discriminator_channels: tuple[int, ...] = (256, 256, 128, 64, 32)
    generator_seed_from_text: bool = False  # The 4x4 seed sees the text, not the noise alone.
    discriminator_initial_gain: float = 0.0  # Of its residual branches.
    d_gradient_penalty_weight: float = 2.0
    generator_batch: Literal["fresh", "shared"] = "shared"
    mismatched: Literal["picture", "caption"] = "caption"
    generator_learning_rate: float = 1e-4
    discriminator_learning_rate: float = 4e-4
    adam_beta_1: float = 0.0
    adam_beta_2: float = 0.9
