"""Every model by its name: "family/variant" -> the `Experiment` that trains and serves it."""

from zoo.image_to_image.experiment import Pix2PixExperiment
from zoo.speech_enhancement.experiment import MaskUNetExperiment, SEGANExperiment
from zoo.stackgan.experiment import (
    MultiStageExperiment, StageOneExperiment, StageTwoExperiment)
from zoo.text_image_matching.experiment import MatchingExperiment
from zoo.text_to_image.experiment import DFGANExperiment, GANCLSExperiment
from zoo.video_prediction.experiment import DNAExperiment, MultiScaleExperiment

REGISTRY = {
    "image_to_image/pix2pix": Pix2PixExperiment,
    "speech_enhancement/segan": SEGANExperiment,
    "speech_enhancement/mask_unet": MaskUNetExperiment,
    "stackgan/stage_one": StageOneExperiment,
    "stackgan/stage_two": StageTwoExperiment,
    "stackgan/multi_stage": MultiStageExperiment,
    "text_image_matching/contrastive": MatchingExperiment,
    "text_to_image/gan_cls": GANCLSExperiment,
    "text_to_image/df_gan": DFGANExperiment,
    "video_prediction/multi_scale": MultiScaleExperiment,
    "video_prediction/dna": DNAExperiment,
}
