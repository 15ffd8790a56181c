"""What `import zoo` does for Keras, without importing it: `load_model` finds zoo's classes."""

import importlib
import json
import os
import pathlib

import wrapt

# Every class that a saved model may hold, by the module that registers it with Keras.
CLASSES = {
    "zoo.core.optimizers": ("FusedAdam", "FusedRMSprop"),
    "zoo.image_pair_matching.model": ("ImagePairMatcher",),
    "zoo.image_pair_matching.networks": ("ImagePairEncoder",),
    "zoo.image_to_image.encoder_networks": ("TargetEncoder",),
    "zoo.image_to_image.model": ("ImageToImageGAN",),
    "zoo.image_to_image.patch_gan_networks": ("PatchGANDiscriminator",),
    "zoo.image_to_image.residual_networks": ("ResidualGenerator",),
    "zoo.image_to_image.unet_networks": ("UNetGenerator",),
    "zoo.layers.conditioning": ("AffineModulation", "ConditioningAugmentation"),
    "zoo.layers.heads": ("ProjectionHead", "TwoScoreHead"),
    "zoo.layers.image_encoder": ("ImageEncoder",),
    "zoo.layers.moments": ("Moments",),
    "zoo.layers.normalization": ("PictureNormalization",),
    "zoo.layers.one_channel": ("OneChannelConv2D",),
    "zoo.layers.recurrent": ("ConvLSTM",),
    "zoo.layers.residual": ("BottleneckResidualBlock",),
    "zoo.layers.seeded": ("SeededDropout", "SeededNormal"),
    "zoo.layers.text_encoder": ("TextEncoder",),
    "zoo.layers.upsampling": ("UpsampleConv2D",),
    "zoo.speech_enhancement.mask_unet_networks": (
        "DilatedBlock", "MaskUNetGenerator", "SpectrogramDiscriminator"),
    "zoo.speech_enhancement.model": ("SpeechEnhancementGAN",),
    "zoo.speech_enhancement.segan_networks": ("SEGANDiscriminator", "SEGANGenerator"),
    "zoo.stackgan.discriminators": ("MultiStageDiscriminator", "StageDiscriminator"),
    "zoo.stackgan.model": ("MultiStageGAN", "StageIGAN", "StageIIGAN"),
    "zoo.stackgan.multi_stage_networks": ("MultiStageGenerator",),
    "zoo.stackgan.stage_one_networks": ("StageIGenerator",),
    "zoo.stackgan.stage_two_networks": ("StageIIGenerator",),
    "zoo.text_image_matching.model": ("TextImageMatcher",),
    "zoo.text_image_matching.networks": ("DualEncoder",),
    "zoo.text_to_image.df_gan_networks": (
        "DFGANDiscriminator", "DFGANDiscriminatorBlock", "DFGANEncoder", "DFGANGenerator",
        "DFGANGeneratorBlock"),
    "zoo.text_to_image.gan_cls_networks": ("GANCLSDiscriminator", "GANCLSGenerator"),
    "zoo.text_to_image.model": ("TextToImageGAN",),
    "zoo.text_to_image.two_score": ("TwoScoreTextToImageGAN",),
    "zoo.video_prediction.dna_networks": ("DNAGenerator", "FramePatchDiscriminator"),
    "zoo.video_prediction.model": ("VideoPredictionGAN",),
    "zoo.video_prediction.multi_scale_networks": (
        "MultiScaleDiscriminator", "MultiScaleGenerator"),
}


class _Named:
    """Stands for a class until it is asked for; its module then registers the class itself."""

    def __init__(self, module, name):
        self._module, self._name = module, name

    def from_config(self, config):
        return getattr(importlib.import_module(self._module), self._name).from_config(config)


def set_up():
    """Names zoo's classes to Keras, as soon as somebody imports it.

    Raises:
        ImportError: Keras is to run on something else than TensorFlow.
    """
    file = pathlib.Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "keras.json"
    try:
        asked = json.loads(file.read_text()).get("backend", "tensorflow")
    except (OSError, ValueError):  # Keras too goes on without.
        asked = "tensorflow"
    asked = os.environ.get("KERAS_BACKEND") or asked
    if asked != "tensorflow":
        raise ImportError(f"zoo needs Keras on TensorFlow, and KERAS_BACKEND or {file} asks for "
                          f"{asked}; set KERAS_BACKEND=tensorflow before Keras is imported.")
    wrapt.register_post_import_hook(_register, "keras")


def _register(keras):
    objects = keras.saving.get_custom_objects()
    for module, names in CLASSES.items():
        for name in names:
            objects.setdefault(f"zoo>{name}", _Named(module, name))
