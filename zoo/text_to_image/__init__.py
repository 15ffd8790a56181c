"""Family: a caption in, a picture out."""

from zoo.text_to_image.df_gan_networks import DFGANDiscriminator, DFGANGenerator
from zoo.text_to_image.gan_cls_networks import GANCLSDiscriminator, GANCLSGenerator
from zoo.text_to_image.model import TextToImageGAN
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

__all__ = ["DFGANDiscriminator", "DFGANGenerator", "GANCLSDiscriminator", "GANCLSGenerator",
           "TextToImageGAN", "TwoScoreTextToImageGAN"]
