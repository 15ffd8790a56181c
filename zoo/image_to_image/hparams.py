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
    ema_decay: float = 0.0  # Of the averaged G that samples, evaluation and export use.
    tile_size: int = 512  # Pixels; larger pictures are translated in overlapping tiles.
    evaluation_encoder: str = ""  # Shipped name or workdir of a matcher; empty: none.

    def __post_init__(self):
        for name in ("source_channels", "target_channels"):
            if getattr(self, name) not in (1, 3, 4):
                raise ValueError(f"{name}={getattr(self, name)}: must be 1 (grey), 3 (RGB) or "
                                 "4 (RGBA).")
        for name in ("jitter", "num_dropout_blocks"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)}: must not be negative.")
        if self.generator == "unet" and self.unet_depth < 2:
            raise ValueError(f"unet_depth={self.unet_depth}: must be at least 2.")
        multiple = 2**self.unet_depth if self.generator == "unet" else RESIDUAL_MULTIPLE
        for name in ("image_height", "image_width"):
            if getattr(self, name) < 1 or getattr(self, name) % multiple:
                raise ValueError(f"{name}={getattr(self, name)}: must be a multiple of {multiple} "
                                 "for this generator (see unet_depth).")
