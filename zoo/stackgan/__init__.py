"""Family: a small picture from a caption, then larger ones from both."""

from zoo.stackgan.discriminators import MultiStageDiscriminator, StageDiscriminator
from zoo.stackgan.model import MultiStageGAN, StageIGAN, StageIIGAN
from zoo.stackgan.multi_stage_networks import MultiStageGenerator
from zoo.stackgan.stage_one_networks import StageIGenerator
from zoo.stackgan.stage_two_networks import StageIIGenerator

__all__ = ["MultiStageDiscriminator", "MultiStageGAN", "MultiStageGenerator",
           "StageDiscriminator", "StageIGAN", "StageIGenerator", "StageIIGAN",
           "StageIIGenerator"]
