"""Hyperparameters of predictors of the next frame; without TensorFlow, so that wrong ones are told at once."""

import dataclasses

from zoo.core.hparams import AdamHParams

PATCH_SIZE = 32  # Pixels: where the scores of multi_scale's finest D are single numbers.


@dataclasses.dataclass(frozen=True)
class HParams(AdamHParams):
    """Hyperparameters of every predictor of the next frame."""

    image_size: int = 64  # Pixels, height and width to which frames are cut and scaled.
    patch_size: int = 64  # Pixels, height and width of the moving patches trained on.
    context_frames: int = 4  # Past frames that G and D see; Mathieu et al. 2016, section 4.
    # With d_fake_weight as much as right pairs.
    d_mismatched_weight: float = 0.5  # Real frames after another clip's past; 0: never shown.
    g_adversarial_weight: float = 0.05  # This and the next two: Mathieu et al. 2016, section 4.
    g_lp_weight: float = 1.0
    g_gradient_difference_weight: float = 1.0
    lp_power: int = 1  # p of Lp, 1 or 2.
    generator_learning_rate: float = 5e-4
    evaluation_encoder: str = ""  # Workdir or shipped name of a matcher; empty: not measured.

    def __post_init__(self):
        if self.lp_power not in (1, 2):
            raise ValueError(f"lp_power={self.lp_power} must be 1 or 2.")
        if self.context_frames < 2:
            raise ValueError(f"context_frames={self.context_frames} must be at least 2.")
        for name in ("image_size", "patch_size"):
            if getattr(self, name) < 8 or getattr(self, name) % 8:
                raise ValueError(f"{name}={getattr(self, name)} must be a multiple of 8.")
        if self.patch_size > self.image_size:
            raise ValueError(f"patch_size={self.patch_size} must be at most image_size, "
                             f"{self.image_size}.")


@dataclasses.dataclass(frozen=True)
class MultiScaleHParams(HParams):
    """Mathieu et al. 2016, sections 3 and 4; Adam in the place of plain gradient descent."""

    patch_size: int = PATCH_SIZE
    generator_width: float = 1.0  # Share of the paper's widths.
    discriminator_width: float = 1.0  # Likewise.

    def __post_init__(self):
        super().__post_init__()
        if self.patch_size < PATCH_SIZE:
            raise ValueError(f"patch_size={self.patch_size} must be at least {PATCH_SIZE}, which "
                             "D needs.")


@dataclasses.dataclass(frozen=True)
class DNAHParams(HParams):
    """Finn et al. 2016, and a D of Isola et al. 2017."""

    latent_dim: int = 8  # Length of the noise vector.
    generator_channels: tuple[int, ...] = (32, 48, 64)  # At the full, half and quarter size.
    discriminator_channels: tuple[int, ...] = (32, 64, 128)  # Each halves the size.
    reach: int = 4  # Pixels that a pixel may move from one frame to the next.

    def __post_init__(self):
        super().__post_init__()
        if len(self.generator_channels) != 3:
            raise ValueError("generator_channels must be three widths.")
        for name in ("latent_dim", "reach"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} must be at least 1.")
