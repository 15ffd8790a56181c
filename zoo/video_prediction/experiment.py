"""Training, sampling, measuring and serving predictors of the next frame."""

import pathlib

import tensorflow as tf

from zoo.core import networks
from zoo.core.experiment import Experiment
from zoo.core.optimizers import adam_pair
from zoo.core.workdir import Workdir
from zoo.data import video
from zoo.data.next_frame import NextFrameBatches
from zoo.video_prediction import evaluation, requests, samples
from zoo.video_prediction.dna_networks import DNAGenerator, FramePatchDiscriminator
from zoo.video_prediction.hparams import DNAHParams, HParams, MultiScaleHParams
from zoo.video_prediction.model import VideoPredictionGAN
from zoo.video_prediction.multi_scale_networks import (
    MultiScaleDiscriminator, MultiScaleGenerator)
from zoo.video_prediction.serving import VideoPredictionServing

# What `evaluate` leaves beside `eval.json`; the animation also lies beside each sample sheet.
HORIZONS, SHEET, ANIMATION = "horizons.csv", "predictions.png", "predictions.gif"


class VideoPredictionExperiment(Experiment):
    """What the variants share: all but the networks."""

    hparams_class = HParams
    runs_named = ("evaluation_encoder",)

    def build_networks(self):
        """Returns (generator, discriminator)."""
        raise NotImplementedError

    def check_request(self):
        settings, h = self.settings, self.hparams
        self._encoder_folder()
        video.check_inputs(settings.dataset, settings.data_dir, h.image_size, self._num_frames,
                           settings.on_bad_input, Workdir(settings.workdir).bad_inputs)
        self.training_data(settings.workdir)

    def data_fingerprint(self):
        return self.videos("train").fingerprint

    @property
    def _num_frames(self):
        return self.hparams.context_frames + 1

    def _encoder_folder(self):
        reference = self.hparams.evaluation_encoder
        return networks.find(
            reference, "image_encoder", "--hparam=evaluation_encoder") if reference else None

    def videos(self, split):
        """Returns the `Videos` of a split."""
        return video.load_once(self.settings.dataset, split, self.settings.data_dir,
                               self.hparams.image_size, self._num_frames)

    def build_model(self, folder):
        h = self.hparams
        generator, discriminator = self.build_networks()
        weights = {name: getattr(h, f"{name}_weight") for name in (
            "d_real", "d_fake", "d_mismatched", "g_adversarial", "g_lp",
            "g_gradient_difference")}
        if not h.g_adversarial_weight:
            discriminator = None
            weights = {name: weight for name, weight in weights.items() if name[0] == "g"}
        return VideoPredictionGAN(
            generator, discriminator, h.adversarial_loss, h.lp_power, loss_weights=weights,
            # Fresh clips for G would have to come with their next frames.
            fresh_generator_batch=False, ema_decay=h.ema_decay, seed=self.settings.seed)

    def build_optimizers(self):
        return adam_pair(self.hparams)

    def training_data(self, folder):
        h = self.hparams
        has_wrong_pairs = bool(h.g_adversarial_weight and h.d_mismatched_weight)
        return NextFrameBatches(
            self.videos("train"), h.image_size, h.patch_size, h.context_frames,
            self.settings.seed, self.settings.batch_size, has_wrong_pairs)

    def sample_sheet(self, model):
        return samples.sheet(model, {name: self.videos(name) for name in ("train", "test")},
                             self.hparams.image_size)

    def sample_files(self, model):
        return {ANIMATION: samples.animation(
            model, self.videos("test"), self.hparams.image_size)}

    def check_sample(self, request):
        self._past_frames(requests.read(request))

    def _past_frames(self, request):
        return requests.past_frames(
            request, self.hparams.context_frames, self.hparams.image_size)

    def sample(self, model, request):
        request = requests.read(request)
        return samples.requested(model, request, self._past_frames(request))

    def evaluate(self, model, folder, split, max_examples, seed):
        folder, size, videos = pathlib.Path(folder), self.hparams.image_size, self.videos(split)
        results = evaluation.evaluate(
            model, videos, self.videos("train"), size, self._encoder_folder(), max_examples, seed)
        evaluation.write_horizons(results, folder / HORIZONS)
        sheet = samples.sheet(model, {split: videos}, size, count=4)
        (folder / SHEET).write_bytes(tf.io.encode_png(sheet).numpy())
        (folder / ANIMATION).write_bytes(samples.animation(model, videos, size))
        return evaluation.of_table(results)

    def serving_module(self, model):
        return VideoPredictionServing(model)


class MultiScaleExperiment(VideoPredictionExperiment):
    """`video_prediction/multi_scale`."""

    hparams_class = MultiScaleHParams

    def build_networks(self):
        h = self.hparams
        return (MultiScaleGenerator(h.context_frames, h.generator_width),
                MultiScaleDiscriminator(h.context_frames, h.discriminator_width))


class DNAExperiment(VideoPredictionExperiment):
    """`video_prediction/dna`."""

    hparams_class = DNAHParams

    def build_networks(self):
        h = self.hparams
        return (DNAGenerator(h.context_frames, h.latent_dim, h.generator_channels, h.reach),
                FramePatchDiscriminator(h.context_frames, h.discriminator_channels))
