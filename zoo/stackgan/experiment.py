"""Training, sampling, measuring and serving StackGANs."""

import dataclasses
import pathlib

from zoo.captioned.experiment import TEXT_ENCODER, CaptionedExperiment
from zoo.core import networks
from zoo.errors import RequestError
from zoo.stackgan import serving, stage_one
from zoo.stackgan.discriminators import MultiStageDiscriminator, StageDiscriminator
from zoo.stackgan.hparams import (
    HParams, MultiStageHParams, StageOneHParams, StageTwoHParams)
from zoo.stackgan.model import MultiStageGAN, StageIGAN, StageIIGAN
from zoo.stackgan.multi_stage_networks import MultiStageGenerator
from zoo.stackgan.stage_one_networks import StageIGenerator
from zoo.stackgan.stage_two_networks import StageIIGenerator


class StackGANExperiment(CaptionedExperiment):
    """What the three models share."""

    hparams_class = HParams

    def built_sizes(self):
        """Returns `{widths' name: (pixels that they make, name of what must be as many)}`."""
        raise NotImplementedError

    def check_request(self):
        h = self.hparams
        if h.g_kl_weight and not h.conditioning_noise:
            raise RequestError("--hparam=conditioning_noise=false: without noise there is no "
                               "divergence; set --hparam=g_kl_weight=0 too.")
        for name, (size, wanted) in self.built_sizes().items():
            if size != getattr(h, wanted):
                raise RequestError(f"--hparam={name}: {len(getattr(h, name))} widths make "
                                   f"{size}x{size} pictures, but {wanted} is "
                                   f"{getattr(h, wanted)}; change one of them.")
        super().check_request()

    def condition_arguments(self, text_encoder):
        """Returns the arguments of a generator for its conditioning augmentation."""
        return {"text_dim": text_encoder.output_dim, "condition_dim": self.hparams.condition_dim,
                "conditioning_noise": self.hparams.conditioning_noise}

    def stage_discriminator(self, text_encoder, reduction_channels=()):
        """Returns the `StageDiscriminator`, or None where no term needs it."""
        h = self.hparams
        return StageDiscriminator(
            h.discriminator_channels, reduction_channels, text_encoder.output_dim,
            h.condition_dim, self.judged_channels()) if self.needs_discriminator() else None

    def loss_weights(self):
        return super().loss_weights() | {"g_kl": self.hparams.g_kl_weight}

    def serving_module(self, model):
        return serving.serving_module(model)


class StageOneExperiment(StackGANExperiment):
    """`stackgan/stage_one`."""

    hparams_class = StageOneHParams
    model_class = StageIGAN

    def built_sizes(self):
        h = self.hparams
        return {"generator_channels": (4 * 2 ** len(h.generator_channels), "image_size"),
                "discriminator_channels": (4 * 2 ** len(h.discriminator_channels), "image_size")}

    def build_model(self, folder):
        h = self.hparams
        text_encoder = networks.load(folder, TEXT_ENCODER)
        generator = StageIGenerator(
            h.generator_channels, h.latent_dim, **self.condition_arguments(text_encoder))
        return self.model_class(generator, self.stage_discriminator(text_encoder), text_encoder,
                                **self.model_arguments())

    def publish(self, model, folder):
        networks.save(model.ema_generator, folder, stage_one.GENERATOR)


class StageTwoExperiment(StackGANExperiment):
    """`stackgan/stage_two`."""

    hparams_class = StageTwoHParams
    model_class = StageIIGAN
    runs_named = ("text_encoder", "evaluation_encoder", "stage_one")

    def built_sizes(self):
        h = self.hparams
        smallest = h.stage_one_size // 2 ** (len(h.encoder_channels) - 1)
        sizes = {"upsampling_channels": (smallest * 2 ** len(h.upsampling_channels), "image_size"),
                 "discriminator_channels": (4 * 2 ** len(h.discriminator_channels), "image_size")}
        if not h.stage_one:
            sizes |= {name: (4 * 2 ** len(getattr(h, name)), "stage_one_size") for name in (
                "stage_one_generator_channels", "stage_one_discriminator_channels")}
        return sizes

    def check_request(self):
        super().check_request()
        h = self.hparams
        if not h.stage_one:
            StageOneExperiment(self._stage_one_settings()).check_request()
            return
        stage_one.check(h.stage_one, h.stage_one_size)
        stage_one.check_vocabulary(h.stage_one, self.pictures("train").all_captions())
        if h.text_encoder:
            stage_one.check_text_encoder(h.stage_one, self.text_encoder_folder(h.text_encoder))

    def training_prerequisites(self):
        return {} if self.hparams.stage_one else {"stage_one": self._stage_one_settings()}

    def _stage_one_settings(self):
        """Returns the settings of the Stage I to be trained first: like these, where it can be."""
        h = self.hparams
        shared = {field.name: self.settings.hparams[field.name]
                  for field in dataclasses.fields(HParams)}
        own = {"image_size": h.stage_one_size, "g_l1_weight": h.stage_one_g_l1_weight,
               "g_l2_weight": h.stage_one_g_l2_weight} | {
            name: ",".join(map(str, getattr(h, f"stage_one_{name}")))
            for name in ("generator_channels", "discriminator_channels")}
        return dataclasses.replace(
            self.settings, model="stackgan/stage_one", batch_size=h.stage_one_batch_size,
            num_steps=h.stage_one_steps, init_from="", overwrite=False,
            hparams=shared | {name: str(value) for name, value in own.items()})

    def prepare(self, folder):
        if not networks.exists(folder, stage_one.STAGE_ONE):
            source = self.hparams.stage_one or pathlib.Path(folder) / "stage_one"
            stage_one.copy(source, folder, self.hparams.max_words)

    def build_model(self, folder):
        h = self.hparams
        text_encoder = networks.load(folder, TEXT_ENCODER)
        generator = StageIIGenerator(
            h.stage_one_size, h.encoder_channels, h.num_residual_blocks, h.upsampling_channels,
            **self.condition_arguments(text_encoder))
        discriminator = self.stage_discriminator(
            text_encoder, h.discriminator_reduction_channels)
        return self.model_class(
            generator, discriminator, text_encoder,
            stage_one=networks.load(folder, stage_one.STAGE_ONE), **self.model_arguments())


class MultiStageExperiment(StackGANExperiment):
    """`stackgan/multi_stage`."""

    hparams_class = MultiStageHParams
    model_class = MultiStageGAN

    def built_sizes(self):
        h = self.hparams
        smallest = 4 * 2 ** (len(h.generator_channels) - 1)
        return {"refinement_channels": (
            smallest * 2 ** len(h.refinement_channels), "image_size")}

    def check_request(self):
        if len(self.hparams.generator_channels) < 3:
            raise RequestError("--hparam=generator_channels: needs at least 3 widths; "
                               "discriminators judge pictures from 16x16 on.")
        super().check_request()

    def build_model(self, folder):
        h = self.hparams
        text_encoder = networks.load(folder, TEXT_ENCODER)
        generator = MultiStageGenerator(
            h.generator_channels, h.refinement_channels, h.num_residual_blocks, h.latent_dim,
            **self.condition_arguments(text_encoder))
        discriminator = MultiStageDiscriminator(
            generator.image_sizes, h.discriminator_base_channels, text_encoder.output_dim,
            h.condition_dim, self.judged_channels()) if self.needs_discriminator() else None
        return self.model_class(generator, discriminator, text_encoder, **self.model_arguments())

    def loss_weights(self):
        h, weights = self.hparams, super().loss_weights()
        smallest = 4 * 2 ** (len(h.generator_channels) - 1)
        sizes = [smallest * 2**i for i in range(len(h.refinement_channels) + 1)]
        pairs = {name: weights.pop(name) for name in ("d_real", "d_fake", "d_mismatched")}
        pairs["g"] = weights.pop("g_adversarial")
        return weights | {"g_color_consistency": h.g_color_consistency_weight} | {
            f"{name}_{score}_{size}": weight * factor for name, weight in pairs.items()
            for score, factor in (("realism", h.realism_weight), ("match", 1.0))
            for size in sizes}
