"""What each family exports, of tiny networks that nobody has trained."""

import functools

from zoo import image_to_image, speech_enhancement, stackgan, text_to_image, video_prediction
from zoo.image_to_image.serving import ImageToImageServing
from zoo.layers.text_encoder import TextEncoder
from zoo.speech_enhancement.serving import SpeechEnhancementServing
from zoo.stackgan import serving as stackgan_serving
from zoo.text_to_image import serving as text_to_image_serving
from zoo.video_prediction.serving import VideoPredictionServing

WORDS = ("red", "blue", "heart", "cat")


def _encoder(architecture="convolution"):
    return TextEncoder(WORDS, architecture, 8, 8, output_dim=16)


def _df_gan(kind=text_to_image.TextToImageGAN, encoder="gru", **discriminator):
    model = kind(
        text_to_image.DFGANGenerator((8, 8, 8), latent_dim=4, text_dim=16),
        text_to_image.DFGANDiscriminator((8, 8, 8), 16, **discriminator), _encoder(encoder))
    return text_to_image_serving.serving_module(model)


def _two_scores():
    return _df_gan(text_to_image.TwoScoreTextToImageGAN, "convolution", head="two_score")


def _multi_stage():
    model = stackgan.MultiStageGAN(
        stackgan.MultiStageGenerator((8, 8, 8), (4,), 1, latent_dim=4, text_dim=16,
                                     condition_dim=4),
        stackgan.MultiStageDiscriminator((16, 32), 4, text_dim=16, condition_dim=4), _encoder())
    return stackgan_serving.serving_module(model)


def _pix2pix():
    generator = image_to_image.UNetGenerator(depth=3, base_channels=4, num_dropout_blocks=2)
    return ImageToImageServing(image_to_image.ImageToImageGAN(
        generator, loss_weights={"g_l1": 1.0}), target_bits=8, tile_size=16)


def _mask_unet():
    generator = speech_enhancement.MaskUNetGenerator(
        window=512, hop=32, channels=(4, 6), dilations=(1,))
    return SpeechEnhancementServing(speech_enhancement.SpeechEnhancementGAN(
        generator, loss_weights={"g_l1": 1.0}))


def _dna():
    generator = video_prediction.DNAGenerator(2, latent_dim=2, channels=(4, 4, 4), reach=1)
    return VideoPredictionServing(video_prediction.VideoPredictionGAN(
        generator, loss_weights={"g_lp": 1.0}))


_MAKERS = {"df_gan": _df_gan, "two_scores": _two_scores, "multi_stage": _multi_stage,
           "pix2pix": _pix2pix, "mask_unet": _mask_unet, "dna": _dna}
NAMES = tuple(_MAKERS)


@functools.cache
def module(name):
    """Returns the `ServingModule` of one of `NAMES`, the same one at each call."""
    return _MAKERS[name]()


@functools.cache
def inputs(name):
    """Returns good arguments of each of its signatures."""
    return module(name).check_inputs()
