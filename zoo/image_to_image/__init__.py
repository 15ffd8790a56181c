"""Family: a picture in, a picture out."""

from zoo.image_to_image.model import ImageToImageGAN
from zoo.image_to_image.patch_gan_networks import PatchGANDiscriminator
from zoo.image_to_image.residual_networks import ResidualGenerator
from zoo.image_to_image.unet_networks import UNetGenerator

__all__ = ["ImageToImageGAN", "PatchGANDiscriminator", "ResidualGenerator", "UNetGenerator"]
