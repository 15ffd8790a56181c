"""Hyperparameters of StackGANs; without TensorFlow, so that wrong ones are told at once."""

import dataclasses

from zoo.captioned.hparams import CaptionedHParams
from zoo.core.hparams import AdversarialLossName


@dataclasses.dataclass(frozen=True)
class HParams(CaptionedHParams):
    """What all StackGANs share: Zhang et al. 2017, section 4, and the released code."""

    condition_dim: int = 128  # Length of the condition made from the text embedding.
    conditioning_noise: bool = True  # False, with g_kl_weight=0: no conditioning augmentation.
    g_kl_weight: float = 2.0  # Of the mean over dimensions, as released; 1 and a sum in the paper.
    adversarial_loss: AdversarialLossName = "non_saturating"


@dataclasses.dataclass(frozen=True)
class StageOneHParams(HParams):
    """Widths as released for birds."""

    generator_channels: tuple[int, ...] = (1024, 512, 256, 128)  # At 4x4, 8x8, …
    discriminator_channels: tuple[int, ...] = (64, 128, 256, 512)  # At a half, a quarter, …, 4x4.


@dataclasses.dataclass(frozen=True)
class StageTwoHParams(HParams):
    """Widths as released for birds."""

    image_size: int = 256
    stage_one: str = ""  # Workdir or shipped name of a Stage I; empty: trained first.
    stage_one_size: int = 64  # Pixels of its pictures.
    stage_one_generator_channels: tuple[int, ...] = (1024, 512, 256, 128)  # If trained first.
    stage_one_discriminator_channels: tuple[int, ...] = (64, 128, 256, 512)  # Likewise.
    stage_one_batch_size: int = 64  # Likewise.
    stage_one_steps: int = 83_400  # Likewise; 600 epochs of birds.
    stage_one_g_l1_weight: float = 0.0  # Likewise.
    stage_one_g_l2_weight: float = 0.0  # Likewise.
    encoder_channels: tuple[int, ...] = (128, 256, 512)  # At Stage I's size, a half, a quarter.
    num_residual_blocks: int = 4  # The paper has 2 for 128x128.
    upsampling_channels: tuple[int, ...] = (256, 128, 64, 32)  # After each doubling.
    discriminator_channels: tuple[int, ...] = (64, 128, 256, 512, 1024, 2048)
    discriminator_reduction_channels: tuple[int, ...] = (1024, 512)  # 1x1, at 4x4.


@dataclasses.dataclass(frozen=True)
class MultiStageHParams(HParams):
    """StackGAN++: Zhang et al. 2018, section 5, and the released code for birds."""

    image_size: int = 256
    d_fake_weight: float = 1.0  # As released: all adversarial weights are of each score and size.
    d_mismatched_weight: float = 1.0
    realism_weight: float = 1.0  # Of the scores for "real?" beside those for "does it match?".
    g_color_consistency_weight: float = 0.0  # The paper: 0 with text, 50 without.
    generator_channels: tuple[int, ...] = (1024, 512, 256, 128, 64)  # At 4x4, 8x8, …
    refinement_channels: tuple[int, ...] = (32, 16)  # At each further size.
    num_residual_blocks: int = 2  # At each further size.
    discriminator_base_channels: int = 64
