"""Family: noisy speech in, clean speech out."""

from zoo.speech_enhancement.mask_unet_networks import MaskUNetGenerator, SpectrogramDiscriminator
from zoo.speech_enhancement.model import SpeechEnhancementGAN
from zoo.speech_enhancement.segan_networks import SEGANDiscriminator, SEGANGenerator

__all__ = ["MaskUNetGenerator", "SEGANDiscriminator", "SEGANGenerator", "SpectrogramDiscriminator",
           "SpeechEnhancementGAN"]
