"""Every model by its name: "family/variant" -> the `Experiment` that trains and serves it."""

from zoo.text_image_matching.experiment import MatchingExperiment
from zoo.text_to_image.experiment import DFGANExperiment, GANCLSExperiment

REGISTRY = {
    "text_image_matching/contrastive": MatchingExperiment,
    "text_to_image/gan_cls": GANCLSExperiment,
    "text_to_image/df_gan": DFGANExperiment,
}
