"""Training, sampling, measuring and serving text-to-image GANs."""

import dataclasses
import json
import pathlib
from typing import Literal

import keras
import tensorflow as tf

from zoo.core import locate, networks
from zoo.core.experiment import Experiment
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import captioned, text
from zoo.data.text_image import TextImageBatches
from zoo.errors import RequestError
from zoo.text_to_image import evaluation, judgement, requests, samples, serving
from zoo.text_to_image.df_gan_networks import DFGANDiscriminator, DFGANGenerator
from zoo.text_to_image.gan_cls_networks import GANCLSDiscriminator, GANCLSGenerator
from zoo.text_to_image.model import TextToImageGAN
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

TEXT_ENCODER = "text_encoder"
CALIBRATION = "calibration.json"  # Temperatures of a two-score discriminator.
WORST_SHEET = "worst_samples.png"


Augmentation = Literal["color", "translation", "cutout"]


@dataclasses.dataclass(frozen=True)
class HParams:
    """Hyperparameters of every text-to-image GAN."""

    image_size: int = 64  # Pixels, height and width.
    latent_dim: int = 100  # Length of the noise vector.
    adversarial_loss: Literal["minimax", "non_saturating", "least_squares", "hinge"] = "hinge"
    discriminator: Literal["joint", "two_score", "projection"] = "joint"  # Its last layers.
    d_real_weight: float = 1.0  # Of each score, as the next two.
    d_fake_weight: float = 0.5  # With the next: wrong pairs together weigh as much as right ones.
    d_mismatched_weight: float = 0.5  # Real pictures with wrong text; 0: never shown.
    d_gradient_penalty_weight: float = 0.0  # Matching-aware gradient penalty, DF-GAN eq. 1.
    gradient_penalty_interval: int = 1  # Steps between gradient penalties.
    g_adversarial_weight: float = 1.0
    g_interpolated_weight: float = 0.0  # GAN-INT, Reed et al. 2016, eq. 5.
    g_l1_weight: float = 0.0  # Mean absolute difference to the true picture, range [-1, 1].
    g_l2_weight: float = 0.0  # Mean squared difference; the supervised baseline's only term.
    generator_batch: Literal["fresh", "shared"] = "fresh"  # Fresh: the lecture's algorithm.
    mismatched: Literal["picture", "caption"] = "picture"  # What is exchanged in a wrong pair.
    max_caption_similarity: float = 1.0  # Of a wrong pair: shared words over all words, [0, 1].
    near_mismatched_share: float = 0.0  # Of wrong pairs whose captions differ in a word or two.
    main_caption_share: float = 0.5  # Of the draws that take a picture's first caption, not any.
    ignored_words: tuple[str, ...] = ()  # Taken out of all captions: what is left is ambiguous.
    variant_words: tuple[str, ...] = ()  # k pictures that differ only in these: drawn sqrt(k) times.
    augment: tuple[Augmentation, ...] = ()  # Any of color, translation, cutout.
    generator_learning_rate: float = 2e-4
    discriminator_learning_rate: float = 2e-4
    halve_learning_rates_every: int = 0  # Steps; 0: constant.
    adam_beta_1: float = 0.5
    adam_beta_2: float = 0.999
    ema_decay: float = 0.999  # Of the averaged G that samples, evaluation and export use.
    text_encoder: str = ""  # Workdir or shipped name of a matcher; empty: trained first.
    text_encoder_steps: int = 900  # Of 128 captions, where it is trained first.
    evaluation_encoder: str = ""  # Likewise, never seen in training; empty: trained to evaluate.


@dataclasses.dataclass(frozen=True)
class GANCLSHParams(HParams):
    """Reed et al. 2016, section 5, and the released code."""

    text_projection_dim: int = 128
    generator_base_channels: int = 128
    discriminator_base_channels: int = 64
    adversarial_loss: Literal["minimax", "non_saturating", "least_squares", "hinge"] = (
        "non_saturating")


@dataclasses.dataclass(frozen=True)
class DFGANHParams(HParams):
    """Tao et al. 2022, section 4, and the released code."""

    generator_channels: tuple[int, ...] = (256, 256, 128, 64, 32)  # At 4x4, 8x8, …
    discriminator_channels: tuple[int, ...] = (256, 256, 128, 64, 32)
    generator_seed_from_text: bool = False  # The 4x4 seed sees the text, not the noise alone.
    discriminator_initial_gain: float = 0.0  # Of its residual branches.
    d_gradient_penalty_weight: float = 2.0
    generator_batch: Literal["fresh", "shared"] = "shared"
    mismatched: Literal["picture", "caption"] = "caption"
    generator_learning_rate: float = 1e-4
    discriminator_learning_rate: float = 4e-4
    adam_beta_1: float = 0.0
    adam_beta_2: float = 0.9


class TextToImageExperiment(Experiment):
    """What GAN-CLS and DF-GAN share: all but the networks."""

    hparams_class = HParams

    def build_networks(self, text_dim):
        """Returns (generator, discriminator)."""
        raise NotImplementedError

    def check_request(self):
        h = self.hparams
        if (h.g_l1_weight or h.g_l2_weight) and h.generator_batch == "fresh":
            raise RequestError("--hparam=g_l1_weight, g_l2_weight: fresh captions have no true "
                               "picture beside them; set --hparam=generator_batch=shared.")
        captioned.check_inputs(
            self.settings.dataset, self.settings.data_dir, self.hparams.image_size,
            self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        for split in ("train", "validation") if self._has_two_scores else ("train",):
            self.pictures(split)
        if self.hparams.text_encoder:
            self._text_encoder_folder(self.hparams.text_encoder)

    def data_fingerprint(self):
        return self.pictures("train").fingerprint

    @staticmethod
    def _text_encoder_folder(reference):
        folder = locate.run_folder(reference, "--hparam=text_encoder")
        if not networks.exists(folder, TEXT_ENCODER):
            raise RequestError(f"--hparam=text_encoder={reference}: holds no text encoder; it is "
                               "no run of text_image_matching, or has not finished.")
        return folder

    def training_prerequisites(self):
        return {} if self.hparams.text_encoder else {
            "text_encoder": self._matching("gru", "plain")}

    def evaluation_prerequisites(self):
        return {} if self.hparams.evaluation_encoder else {
            "evaluation_encoder": self._matching("convolution", "residual", seed=1001)}

    def _matching(self, text_architecture, image_architecture, seed=0):
        return Settings(
            model="text_image_matching/contrastive", dataset=self.settings.dataset,
            data_dir=self.settings.data_dir, image_feature=self.settings.image_feature,
            text_feature=self.settings.text_feature, on_bad_input=self.settings.on_bad_input,
            seed=self.settings.seed + seed, batch_size=128,
            num_steps=self.hparams.text_encoder_steps, strategy=self.settings.strategy,
            precision=self.settings.precision, deterministic=self.settings.deterministic,
            sample_every=0,
            hparams={"image_size": str(self.hparams.image_size),
                     "text_architecture": text_architecture,
                     "image_architecture": image_architecture})

    def prepare(self, folder):
        if networks.exists(folder, TEXT_ENCODER):
            return
        source = self._text_encoder_folder(
            self.hparams.text_encoder or pathlib.Path(folder) / "text_encoder")
        networks.save(networks.load(source, TEXT_ENCODER), folder, TEXT_ENCODER)

    def build_model(self, folder):
        h = self.hparams
        text_encoder = networks.load(folder, TEXT_ENCODER)
        generator, discriminator = self.build_networks(text_encoder.output_dim)
        weights = self._loss_weights()
        if not any(weights[name] for name in weights if name not in ("g_l1", "g_l2")):
            discriminator = None
        model_class = TwoScoreTextToImageGAN if self._has_two_scores else TextToImageGAN
        return model_class(
            generator, discriminator, text_encoder, h.adversarial_loss, h.augment,
            h.gradient_penalty_interval, loss_weights=weights, ema_decay=h.ema_decay,
            fresh_generator_batch=h.generator_batch == "fresh", seed=self.settings.seed,
            **self._calibration(folder))

    @property
    def _has_two_scores(self):
        return self.hparams.discriminator == "two_score"

    def _calibration(self, folder):
        file = pathlib.Path(folder) / CALIBRATION
        return {"temperatures": json.loads(file.read_text())} if file.exists() else {}

    def publish(self, model, folder):
        if self._has_two_scores:
            temperatures = judgement.calibrate(model, self.pictures("validation"))
            (pathlib.Path(folder) / CALIBRATION).write_text(json.dumps(temperatures) + "\n")

    def shipped_files(self):
        return (CALIBRATION,) if self._has_two_scores else ()

    def _loss_weights(self):
        h = self.hparams
        weights = {name: getattr(h, f"{name}_weight") for name in (
            "d_gradient_penalty", "g_interpolated", "g_l1", "g_l2")}
        pairs = {"d_real": h.d_real_weight, "d_fake": h.d_fake_weight,
                 "d_mismatched": h.d_mismatched_weight}
        if self._has_two_scores:
            scores = TwoScoreTextToImageGAN.scores
            return weights | {f"{name}_{score}": weight for score in scores
                              for name, weight in {**pairs, "g": h.g_adversarial_weight}.items()}
        return weights | pairs | {"g_adversarial": h.g_adversarial_weight}

    def build_optimizers(self):
        h = self.hparams

        def adam(rate):
            if h.halve_learning_rates_every:
                rate = keras.optimizers.schedules.ExponentialDecay(
                    rate, h.halve_learning_rates_every, decay_rate=0.5, staircase=True)
            return keras.optimizers.Adam(rate, h.adam_beta_1, h.adam_beta_2)

        return {"generator_optimizer": adam(h.generator_learning_rate),
                "discriminator_optimizer": adam(h.discriminator_learning_rate)}

    def pictures(self, split):
        """Returns the `CaptionedPictures` of a split."""
        pictures = captioned.load_once(
            self.settings.dataset, split, self.settings.data_dir, self.hparams.image_size,
            self.settings.image_feature, self.settings.text_feature)
        return captioned.without_words(pictures, self.hparams.ignored_words)

    def training_data(self, folder):
        h = self.hparams
        vocabulary = networks.load(folder, TEXT_ENCODER).vocabulary
        pictures = self.pictures("train")
        weights = captioned.variant_weights(pictures, h.variant_words) if h.variant_words else None
        return TextImageBatches(
            pictures, text.Tokenizer(vocabulary), h.image_size, self.settings.seed,
            self.settings.batch_size, h.mismatched if h.d_mismatched_weight else "none",
            h.max_caption_similarity, h.near_mismatched_share, h.generator_batch == "fresh",
            h.main_caption_share, weights)

    def sample_sheet(self, model):
        return samples.sheet(model, {name: self.pictures(name) for name in ("train", "test")})

    def check_sample(self, request):
        if requests.read(request).kind == "neighbours":
            self.pictures("train")

    def sample(self, model, request):
        return samples.requested(model, requests.read(request), self.pictures)

    def evaluate(self, model, folder, split, max_examples, seed):
        encoder = pathlib.Path(folder) / "evaluation_encoder"
        if self.hparams.evaluation_encoder:
            encoder = locate.run_folder(
                self.hparams.evaluation_encoder, "--hparam=evaluation_encoder")
        pictures = self.pictures(split)
        results, worst = evaluation.evaluate(
            model, pictures, self.pictures("train"), encoder, max_examples, seed)
        if worst is not None:
            (pathlib.Path(folder) / WORST_SHEET).write_bytes(tf.io.encode_png(worst).numpy())
        return results

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
                                h.discriminator_base_channels, head=h.discriminator))


class DFGANExperiment(TextToImageExperiment):
    """`text_to_image/df_gan`."""

    hparams_class = DFGANHParams

    def build_networks(self, text_dim):
        h = self.hparams
        for name in ("generator_channels", "discriminator_channels"):
            size = 4 * 2 ** (len(getattr(h, name)) - 1)
            if size != h.image_size:
                raise RequestError(f"--hparam={name}: {len(getattr(h, name))} widths make "
                                   f"{size}x{size} pictures, but image_size is {h.image_size}.")
        return (DFGANGenerator(h.generator_channels, h.latent_dim, text_dim,
                               seed_from_text=h.generator_seed_from_text),
                DFGANDiscriminator(h.discriminator_channels, text_dim,
                                   initial_gain=h.discriminator_initial_gain,
                                   head=h.discriminator))
