"""Training, sampling, measuring and serving image-to-image GANs."""

import pathlib

import numpy as np
import tensorflow as tf

from zoo.core import locate, networks
from zoo.core.experiment import Experiment
from zoo.core.optimizers import adam_pair
from zoo.core.workdir import Workdir
from zoo.data.image_pairs import pairs
from zoo.data.image_pairs.batches import ImagePairBatches
from zoo.data.image_pairs.form import Form
from zoo.errors import RequestError
from zoo.image_to_image import evaluation, report, samples, serving
from zoo.image_to_image.hparams import Pix2PixHParams
from zoo.image_to_image.model import ImageToImageGAN
from zoo.image_to_image.patch_gan_networks import PatchGANDiscriminator
from zoo.image_to_image.residual_networks import ResidualGenerator
from zoo.image_to_image.unet_networks import UNetGenerator

class Pix2PixExperiment(Experiment):
    """`image_to_image/pix2pix`."""

    hparams_class = Pix2PixHParams
    runs_named = ("evaluation_encoder",)

    def __init__(self, settings):
        super().__init__(settings)
        h = self.hparams
        self.form = Form(h.image_height, h.image_width, h.source_channels, h.target_channels,
                         h.direction, h.jitter, h.flip)

    def check_request(self):
        self._encoder_folder()
        pairs.check_inputs(self.settings.dataset, self.settings.data_dir, self.form,
                           self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        self.pairs("train")

    def data_fingerprint(self):
        return self.pairs("train").fingerprint

    def build_model(self, folder):
        h = self.hparams
        weights = {name: getattr(h, f"{name}_weight")
                   for name in ImageToImageGAN.default_loss_weights}
        has_judge = any(weights[name] for name in weights
                        if name not in ImageToImageGAN.terms_without_discriminator)
        return ImageToImageGAN(
            self._generator(), self._discriminator() if has_judge else None, h.adversarial_loss,
            h.packing, h.encoded_draws, h.nearest_answers, loss_weights=weights,
            ema_decay=h.ema_decay, fresh_generator_batch=False, seed=self.settings.seed)

    def _generator(self):
        h = self.hparams
        shared = {"source_channels": h.source_channels, "target_channels": h.target_channels,
                  "base_channels": h.generator_base_channels, "norm": h.norm,
                  "inference_statistics": h.inference_statistics,
                  "num_dropout_blocks": h.num_dropout_blocks}
        if h.generator == "unet":
            return UNetGenerator(
                depth=h.unet_depth, upsampling=h.upsampling, latent_dim=h.latent_dim,
                encoder_base_channels=h.encoder_base_channels, **shared)
        return ResidualGenerator(num_blocks=h.num_residual_blocks, **shared)

    def _discriminator(self):
        h = self.hparams
        return PatchGANDiscriminator(
            int(h.patch_size), h.source_channels, h.packing * h.target_channels,
            h.discriminator_base_channels, h.norm, h.inference_statistics, h.conditional)

    def build_optimizers(self):
        return adam_pair(self.hparams)

    def pairs(self, split):
        """Returns the `ImagePairs` of a split."""
        return pairs.load_once(self.settings.dataset, split, self.settings.data_dir, self.form,
                               self.settings.image_feature)

    def training_data(self, folder):
        return ImagePairBatches(
            self.pairs("train"), self.form, self.settings.seed, self.settings.batch_size,
            max(self.hparams.packing, self.hparams.nearest_answers))

    def sample_sheet(self, model):
        return samples.sheet(
            model, self.form, {name: self.pairs(name) for name in ("train", "test")})

    def check_sample(self, request):
        samples.read_request(request)

    def sample(self, model, request):
        return samples.requested(self.serving_module(model), samples.read_request(request))

    def evaluate(self, model, folder, split, max_examples, seed):
        report.check_place(pathlib.Path(folder))
        measured = evaluation.evaluate(
            model, self.form, self.pairs(split), self.pairs("train"), self._encoder_folder(),
            max_examples, seed)
        title = f"{self.settings.model} on {split} of {self.settings.dataset}"
        page = report.write(pathlib.Path(folder), title, measured)
        print(f"pictures and numbers of each: {page}", flush=True)
        return measured.results

    def _encoder_folder(self):
        reference, flag = self.hparams.evaluation_encoder, "--hparam=evaluation_encoder"
        if not reference:
            return None
        folder = locate.run_folder(reference, flag)
        if not networks.exists(folder, "window_encoder"):
            return networks.find(reference, "image_encoder", flag)
        size = networks.arguments(folder, "window_encoder")["image_size"]
        if size > min(self.form.height, self.form.width):
            raise RequestError(f"{flag}={reference}: looks at windows of {size}x{size} pixels, and "
                               f"pictures here have {self.form.width}x{self.form.height}.")
        return folder

    def serving_module(self, model):
        return serving.ImageToImageServing(
            model, int(self.hparams.target_bits), self.hparams.tile_size)

    def typical_inputs(self, module):
        picture = np.random.default_rng(0).integers(
            0, 256, (self.hparams.image_height, self.hparams.image_width, 3), np.uint8)
        return {"source": tf.io.encode_png(picture)[None], "seed": tf.constant(0, tf.int64)}
