"""Hyperparameters of text-to-image GANs; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
import math
from typing import Literal

from zoo.captioned.hparams import CaptionedHParams
from zoo.core.hparams import AdversarialLossName

# A relativistic loss has the right pairs in its other terms: no weight of d_real.
CaptionLossName = Literal[AdversarialLossName, "relativistic"]


@dataclasses.dataclass(frozen=True)
class HParams(CaptionedHParams):
    """Hyperparameters of every text-to-image GAN."""

    discriminator: Literal["joint", "two_score", "projection"] = "joint"  # Its last layers.
    adversarial_loss: CaptionLossName = "hinge"
    d_gradient_penalty_weight: float = 0.0  # Matching-aware gradient penalty, DF-GAN eq. 1.
    d_r1_weight: float = 0.0  # Gamma of the squared gradient, halved, at true pictures.
    d_r2_weight: float = 0.0  # At generated ones; Huang et al. 2024 take the same for both.
    penalty_sigma: float = 0.0  # Above 0: R1 and R2 by noise so large, pictures in [-1, 1].
    gradient_penalty_interval: int = 1  # Steps between these penalties.
    g_interpolated_weight: float = 0.0  # GAN-INT, Reed et al. 2016, eq. 5.

    def __post_init__(self):
        super().__post_init__()
        if not 0 <= self.penalty_sigma < math.inf:
            raise ValueError(f"penalty_sigma={self.penalty_sigma}: must be a number from 0 on.")
        if self.adversarial_loss != "relativistic":
            return
        if self.generator_batch == "fresh":
            raise ValueError("adversarial_loss=relativistic compares with the true picture, which "
                             "fresh captions do not have; set generator_batch=shared.")
        if self.g_interpolated_weight:
            raise ValueError("adversarial_loss=relativistic compares with the true picture, which "
                             "captions in between do not have; set g_interpolated_weight=0.")
        if self.discriminator == "two_score":
            raise ValueError("adversarial_loss=relativistic compares pairs by one score; set "
                             "discriminator=joint or projection.")


@dataclasses.dataclass(frozen=True)
class GANCLSHParams(HParams):
    """Reed et al. 2016, section 5, and the released code."""

    text_projection_dim: int = 128
    generator_base_channels: int = 128
    discriminator_base_channels: int = 64
    adversarial_loss: CaptionLossName = "non_saturating"


@dataclasses.dataclass(frozen=True)
class DFGANHParams(HParams):
    """Tao et al. 2022, section 4, and the released code."""

    generator_channels: tuple[int, ...] = (256, 256, 128, 64, 32)  # At 4x4, 8x8, …
    discriminator_channels: tuple[int, ...] = (256, 256, 128, 64, 32)
    generator_seed_from_text: bool = False  # The 4x4 seed sees the text, not the noise alone.
    generator_smooth_shortcuts: bool = False  # 3x3 means of what is enlarged: no blocks.
    discriminator_initial_gain: float = 0.0  # Of its residual branches.
    # For captions with several right answers, an encoder of pictures beside G (BicycleGAN's E):
    encoder_channels: tuple[int, ...] = ()  # At 4x4, 8x8, …; empty: none.
    encoded_draws: int = 1  # Draws for a caption whose noise is what a true picture encodes to.
    g_reconstruction_l2_weight: float = 0.0  # Squared distance of such a draw to that picture.
    g_encoder_kl_weight: float = 0.0  # Keeps the encoder's noise near the standard normal one.
    d_gradient_penalty_weight: float = 2.0
    generator_batch: Literal["fresh", "shared"] = "shared"
    mismatched: Literal["picture", "caption"] = "caption"
    generator_learning_rate: float = 1e-4
    discriminator_learning_rate: float = 4e-4
    adam_beta_1: float = 0.0
    adam_beta_2: float = 0.9

    def __post_init__(self):
        super().__post_init__()
        if bool(self.encoder_channels) != bool(self.g_reconstruction_l2_weight):
            raise ValueError("encoder_channels and g_reconstruction_l2_weight: one needs the "
                             "other; set both, or none.")
        if not 1 <= self.encoded_draws <= self.packing:
            raise ValueError(f"encoded_draws={self.encoded_draws}: must be between 1 and "
                             f"packing={self.packing}, the true pictures of a caption in a batch.")
        if self.encoder_channels and self.generator_batch == "fresh":
            raise ValueError("encoder_channels: fresh captions have no true picture to encode; "
                             "set generator_batch=shared.")
