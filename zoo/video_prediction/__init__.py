"""Family: past frames in, the next frame out."""

from zoo.video_prediction.dna_networks import DNAGenerator, FramePatchDiscriminator
from zoo.video_prediction.model import VideoPredictionGAN
from zoo.video_prediction.multi_scale_networks import MultiScaleDiscriminator, MultiScaleGenerator

__all__ = ["DNAGenerator", "FramePatchDiscriminator", "MultiScaleDiscriminator",
           "MultiScaleGenerator", "VideoPredictionGAN"]
