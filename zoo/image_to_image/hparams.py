"""Hyperparameters of image-to-image GANs; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal

from zoo.core.hparams import AdamHParams

RESIDUAL_MULTIPLE = 4  # Pixels, of the sides of what the residual generator takes.


@dataclasses.dataclass(frozen=True)
class Pix2PixHParams(AdamHParams):
    """Isola et al. 2017, section 6, where nothing else is said."""

    image_height: int = 256  # Pixels, in training and evaluation; at inference any.
    image_width: int = 256
    direction: Literal["left_to_right", "right_to_left"] = "left_to_right"  # Source to target.
    source_channels: int = 3  # 1 (grey), 3 (RGB) or 4 (RGBA).
    target_channels: int = 3  # Likewise.
    target_bits: Literal["8", "16"] = "8"  # A channel, of the pictures made.
    jitter: int = 30  # Pixels by which a training pair is enlarged before it is cropped.
    flip: bool = True  # Half of the training pairs are mirrored.
    generator: Literal["unet", "residual"] = "unet"
    unet_depth: int = 8  # Halvings.
    upsampling: Literal["transposed", "resize"] = "transposed"  # In the U-Net, see there.
    num_residual_blocks: int = 9
    generator_base_channels: int = 64
    num_dropout_blocks: int = 3  # Blocks of G with dropout, the noise; 0: none.
    latent_dim: int = 0  # Length of the U-Net's noise vector, beside dropout; 0: none.
    encoder_base_channels: int = 0  # Of what says which noise a target stands for; 0: none.
    encoded_draws: int = 1  # Of the pictures of a source in a batch, those that start from targets.
    nearest_answers: int = 1  # Targets of equal sources that g_nearest_answer_l1 compares.
    packing: int = 1  # Targets of equal sources that D judges at once (PacGAN).
    discriminator_base_channels: int = 64
    patch_size: Literal["1", "16", "34", "70", "142", "286"] = "70"  # Pixels that one logit sees.
    conditional: bool = True  # D sees the source too.
    norm: Literal["batch", "instance", "none"] = "batch"
    inference_statistics: Literal["moving", "picture"] = "moving"  # Of batch norm, see zoo.layers.
    d_real_weight: float = 0.5  # The sum halved slows D down.
    d_fake_weight: float = 0.5
    g_l1_weight: float = 100.0  # Mean absolute difference to the target, range [-1, 1].
    g_l2_weight: float = 0.0  # Mean squared difference.
    g_feature_matching_weight: float = 0.0  # pix2pixHD, Wang et al. 2018, eq. 4; there 10.
    g_encoder_kl_weight: float = 0.0  # Mean over the noise's dimensions; see ImageToImageGAN.
    g_latent_l1_weight: float = 0.0  # Mean absolute difference of noises.
    g_nearest_answer_l1_weight: float = 0.0  # Mean absolute difference, range [-1, 1].
    g_mode_seeking_weight: float = 0.0
    ema_decay: float = 0.0  # Of the averaged G that samples, evaluation and export use.
    tile_size: int = 512  # Pixels; larger pictures are translated in overlapping tiles.
    evaluation_encoder: str = ""  # Shipped name or workdir of a matcher; empty: none.

    def __post_init__(self):
        for name in ("source_channels", "target_channels"):
            if getattr(self, name) not in (1, 3, 4):
                raise ValueError(f"{name}={getattr(self, name)}: must be 1 (grey), 3 (RGB) or "
                                 "4 (RGBA).")
        for name in ("jitter", "num_dropout_blocks", "latent_dim", "encoder_base_channels"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)}: must not be negative.")
        for name in ("packing", "nearest_answers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: must be at least 1.")
        if self.packing > 1 and not (self.num_dropout_blocks or self.latent_dim):
            raise ValueError(f"packing={self.packing}: without noise all pictures of a source are "
                             "one; set latent_dim.")
        if self.latent_dim and self.generator != "unet":
            raise ValueError(f"latent_dim={self.latent_dim}: only generator=unet has a noise "
                             "vector.")
        self._check_encoder()
        if self.generator == "unet" and self.unet_depth < 2:
            raise ValueError(f"unet_depth={self.unet_depth}: must be at least 2.")
        multiple = 2**self.unet_depth if self.generator == "unet" else RESIDUAL_MULTIPLE
        for name in ("image_height", "image_width"):
            if getattr(self, name) < 1 or getattr(self, name) % multiple:
                raise ValueError(f"{name}={getattr(self, name)}: must be a multiple of {multiple} "
                                 "for this generator (see unet_depth).")

    def _check_encoder(self):
        if self.encoder_base_channels and not self.latent_dim:
            raise ValueError("encoder_base_channels: there is no noise vector to say; set "
                             "latent_dim.")
        if not 1 <= self.encoded_draws <= self.packing:
            raise ValueError(f"encoded_draws={self.encoded_draws}: must be 1 to "
                             f"packing={self.packing}, the targets of a source in a batch.")
        for name, needed in (("g_encoder_kl_weight", "encoder_base_channels"),
                             ("g_latent_l1_weight", "encoder_base_channels"),
                             ("g_mode_seeking_weight", "latent_dim")):
            if getattr(self, name) and not getattr(self, needed):
                raise ValueError(f"{name}={getattr(self, name)}: needs {needed}.")
