"""Every model by its name, "family/variant", imported only when it is asked for."""

import importlib
import importlib.resources
import runpy
from collections.abc import Mapping

from zoo.core import experiment, hparams


class Registry(Mapping):
    """Names of models -> the `Experiment` that trains and serves each.

    Args:
        targets: `{"family/variant": "package.experiment:NameExperiment"}`; its hyperparameters are
            `NameHParams` in `package/hparams.py`, which needs no TensorFlow.
    """

    def __init__(self, targets):
        self._targets = dict(targets)

    def __getitem__(self, name):
        module, _, experiment_class = self._targets[name].partition(":")
        return getattr(importlib.import_module(module), experiment_class)

    def __contains__(self, name):  # A Mapping would import the class to see.
        return name in self._targets

    def __iter__(self):
        return iter(self._targets)

    def __len__(self):
        return len(self._targets)

    def check(self, name, overrides):
        """Checks a model's name and its hyperparameters without loading TensorFlow.

        Args:
            name: "family/variant".
            overrides: mapping of hyperparameter to text.

        Raises:
            RequestError: one of them does not exist (the nearest is named), or a wrong value.
        """
        experiment.check_name(name, self)
        module, _, experiment_class = self._targets[name].partition(":")
        top, *inner = module.split(".")[:-1]
        # By its file, since to import the package would load its networks.
        file = importlib.resources.files(top).joinpath(*inner, "hparams.py")
        hparams_class = experiment_class.removesuffix("Experiment") + "HParams"
        hparams.parse(runpy.run_path(str(file))[hparams_class], overrides)


REGISTRY = Registry({
    "image_pair_matching/contrastive":
        "zoo.image_pair_matching.experiment:ImagePairMatchingExperiment",
    "image_to_image/pix2pix": "zoo.image_to_image.experiment:Pix2PixExperiment",
    "speech_enhancement/segan": "zoo.speech_enhancement.experiment:SEGANExperiment",
    "speech_enhancement/mask_unet": "zoo.speech_enhancement.experiment:MaskUNetExperiment",
    "stackgan/stage_one": "zoo.stackgan.experiment:StageOneExperiment",
    "stackgan/stage_two": "zoo.stackgan.experiment:StageTwoExperiment",
    "stackgan/multi_stage": "zoo.stackgan.experiment:MultiStageExperiment",
    "text_image_matching/contrastive": "zoo.text_image_matching.experiment:MatchingExperiment",
    "text_to_image/gan_cls": "zoo.text_to_image.experiment:GANCLSExperiment",
    "text_to_image/df_gan": "zoo.text_to_image.experiment:DFGANExperiment",
    "video_prediction/multi_scale": "zoo.video_prediction.experiment:MultiScaleExperiment",
    "video_prediction/dna": "zoo.video_prediction.experiment:DNAExperiment",
})
