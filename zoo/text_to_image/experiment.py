"""Training, sampling, measuring and serving text-to-image GANs."""

import json
import pathlib

import tensorflow as tf

from zoo.captioned.experiment import TEXT_ENCODER, CaptionedExperiment
from zoo.captioned.two_scores import share_out
from zoo.core import networks
from zoo.errors import RequestError
from zoo.text_to_image import evaluation, judgement, serving
from zoo.text_to_image.df_gan_networks import DFGANDiscriminator, DFGANGenerator
from zoo.text_to_image.gan_cls_networks import GANCLSDiscriminator, GANCLSGenerator
from zoo.text_to_image.hparams import DFGANHParams, GANCLSHParams, HParams
from zoo.text_to_image.model import TextToImageGAN
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

CALIBRATION = "calibration.json"  # Of a two-score discriminator.
WORST_SHEET = "worst_samples.png"


class TextToImageExperiment(CaptionedExperiment):
    """What GAN-CLS and DF-GAN share: all but the networks."""

    hparams_class = HParams

    def build_networks(self, text_dim):
        """Returns (generator, discriminator)."""
        raise NotImplementedError

    def check_request(self):
        super().check_request()
        if self._has_two_scores:
            self.pictures("validation")

    def build_model(self, folder):
        text_encoder = networks.load(folder, TEXT_ENCODER)
        generator, discriminator = self.build_networks(text_encoder.output_dim)
        return self.model_class(
            generator, discriminator if self.needs_discriminator() else None, text_encoder,
            penalty_interval=self.hparams.gradient_penalty_interval,
            penalty_sigma=self.hparams.penalty_sigma, **self.model_arguments(),
            **self._calibration(folder))

    @property
    def model_class(self):
        return TwoScoreTextToImageGAN if self._has_two_scores else TextToImageGAN

    @property
    def _has_two_scores(self):
        return self.hparams.discriminator == "two_score"

    def _calibration(self, folder):
        file = pathlib.Path(folder) / CALIBRATION
        return {"calibration": json.loads(file.read_text())} if file.exists() else {}

    def publish(self, model, folder):
        if self._has_two_scores:
            pictures = self.pictures("validation")
            try:
                calibration = judgement.calibrate(model, pictures)
            except RequestError as error:
                print("the two scores stay uncalibrated, their probabilities are those of the bare "
                      f"logits; validation split: {error}", flush=True)
                calibration = model.calibration
            (pathlib.Path(folder) / CALIBRATION).write_text(json.dumps(calibration) + "\n")

    def shipped_files(self):
        return (CALIBRATION,) if self._has_two_scores else ()

    def loss_weights(self):
        weights = super().loss_weights() | {
            name: getattr(self.hparams, f"{name}_weight")
            for name in ("d_gradient_penalty", "d_r1", "d_r2", "g_interpolated")}
        if not self._has_two_scores:
            return weights
        return weights | share_out(**{name: weights.pop(name) for name in (
            "d_real", "d_fake", "d_mismatched", "g_adversarial")})

    def evaluate(self, model, folder, split, max_examples, seed):
        results, worst = evaluation.evaluate(
            model, self.pictures(split), self.pictures("train"),
            self.evaluation_encoder_folder(folder), max_examples, seed)
        if worst is not None:
            (pathlib.Path(folder) / WORST_SHEET).write_bytes(tf.io.encode_png(worst).numpy())
        return results | self.of_classes(model, folder, split, max_examples, seed)

    def serving_module(self, model):
        return serving.serving_module(model)


class GANCLSExperiment(TextToImageExperiment):
    """`text_to_image/gan_cls`."""

    hparams_class = GANCLSHParams

    def build_networks(self, text_dim):
        h = self.hparams
        return (
            GANCLSGenerator(h.image_size, h.latent_dim, text_dim, h.text_projection_dim,
                            h.generator_base_channels),
            GANCLSDiscriminator(h.image_size, text_dim, h.text_projection_dim,
                                h.discriminator_base_channels, self.judged_channels(),
                                head=h.discriminator))


class DFGANExperiment(TextToImageExperiment):
    """`text_to_image/df_gan`."""

    hparams_class = DFGANHParams

    def build_networks(self, text_dim):
        h = self.hparams
        for name in ("generator_channels", "discriminator_channels", "encoder_channels"):
            if not getattr(h, name):
                continue  # Only the encoder can be left away.
            size = 4 * 2 ** (len(getattr(h, name)) - 1)
            if size != h.image_size:
                raise RequestError(f"--hparam={name}: {len(getattr(h, name))} widths make "
                                   f"{size}x{size} pictures, but image_size is {h.image_size}.")
        return (DFGANGenerator(h.generator_channels, h.latent_dim, text_dim,
                               seed_from_text=h.generator_seed_from_text,
                               smooth_shortcuts=h.generator_smooth_shortcuts,
                               encoder_channels=h.encoder_channels),
                DFGANDiscriminator(h.discriminator_channels, text_dim, self.judged_channels(),
                                   initial_gain=h.discriminator_initial_gain,
                                   head=h.discriminator))

    def loss_weights(self):
        return super().loss_weights() | {
            name: getattr(self.hparams, f"{name}_weight")
            for name in ("g_reconstruction_l2", "g_encoder_kl")}

    def model_arguments(self):
        return super().model_arguments() | {"encoded_draws": self.hparams.encoded_draws}
