"""Training, sampling, measuring and serving speech enhancement."""

import dataclasses
from typing import Literal

import keras

from zoo.core.experiment import Experiment
from zoo.core.optimizers import FusedAdam, FusedRMSprop
from zoo.core.workdir import Workdir
from zoo.data.speech import speech
from zoo.data.speech.batches import SpeechBatches
from zoo.errors import RequestError
from zoo.speech_enhancement import evaluation, requests, samples, serving
from zoo.speech_enhancement.mask_unet_networks import MaskUNetGenerator, SpectrogramDiscriminator
from zoo.speech_enhancement.model import SPECTRAL_HOP, SpeechEnhancementGAN
from zoo.speech_enhancement.segan_networks import (
    REFERENCE_CHANNELS, SEGANDiscriminator, SEGANGenerator)


@dataclasses.dataclass(frozen=True)
class HParams:
    """Hyperparameters of every speech enhancer."""

    window: int = 16384  # Samples at 16 kHz that the networks take at a time.
    adversarial_loss: Literal["minimax", "non_saturating", "least_squares", "hinge"] = (
        "least_squares")
    d_real_weight: float = 1.0  # (noisy, clean).
    d_fake_weight: float = 1.0  # (noisy, enhanced).
    g_adversarial_weight: float = 1.0
    g_l1_weight: float = 100.0  # Mean absolute difference of waveforms, full scale 1.
    g_spectral_weight: float = 0.0  # Distance of compressed spectra, Braun & Tashev 2021.
    pre_emphasis: float = 0.95  # Of the waveforms that g_l1 compares; SEGAN: networks too.
    generator_batch: Literal["fresh", "shared"] = "shared"  # Fresh: other z for the update of G.
    snr_low: float = -5.0  # dB, of mixtures, drawn evenly up to the next.
    snr_high: float = 20.0
    clean_share: float = 0.0  # Of the rows that are clean already.
    level_db: tuple[float, ...] = ()  # Of noisy windows, lowest and highest, dBFS; empty: as is.
    speed: tuple[float, ...] = (1.0, 1.0)  # At which recordings are played, lowest and highest.
    generator_learning_rate: float = 2e-4
    discriminator_learning_rate: float = 2e-4
    learning_rate_decay_steps: int = 0  # To 0 along a half cosine; 0: constant.
    ema_decay: float = 0.999  # Of the averaged G that samples, evaluation and export use.

    def __post_init__(self):
        for name, lengths in (("level_db", (0, 2)), ("speed", (2,))):
            values = getattr(self, name)
            if len(values) not in lengths or list(values) != sorted(values):
                raise ValueError(f"{name}={','.join(map(str, values))}: must be a lowest and a "
                                 "highest value.")
        if self.g_spectral_weight and self.window % SPECTRAL_HOP:
            raise ValueError(f"window={self.window}: must be a multiple of {SPECTRAL_HOP}, or "
                             "g_spectral_weight 0.")
        if min(self.speed) <= 0 or not 0 <= self.clean_share <= 1:
            raise ValueError("speed must be above 0 and clean_share in [0, 1].")
        if self.snr_low > self.snr_high:
            raise ValueError(f"snr_low {self.snr_low} is above snr_high {self.snr_high}.")


@dataclasses.dataclass(frozen=True)
class SEGANHParams(HParams):
    """Pascual et al. 2017, section 4.2, and the released code."""

    channels: tuple[int, ...] = REFERENCE_CHANNELS  # Of G's encoder and of D.
    kernel_size: int = 31
    optimizer: Literal["rmsprop", "adam"] = "rmsprop"


@dataclasses.dataclass(frozen=True)
class MaskUNetHParams(HParams):
    """Ours, chosen on the validation split; see the networks for their sources."""

    window: int = 32768
    hop: int = 256  # Samples between frames of 512.
    generator_channels: tuple[int, ...] = (24, 32, 48, 64)
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32)  # Frames, in the middle of G.
    discriminator_channels: tuple[int, ...] = (16, 32, 48, 64)
    g_adversarial_weight: float = 0.05
    g_l1_weight: float = 10.0
    g_spectral_weight: float = 1.0
    pre_emphasis: float = 0.0
    clean_share: float = 0.05
    level_db: tuple[float, ...] = (-40.0, -15.0)
    speed: tuple[float, ...] = (0.85, 1.2)
    generator_learning_rate: float = 1e-3
    learning_rate_decay_steps: int = 10_000
    optimizer: Literal["rmsprop", "adam"] = "adam"


class SpeechEnhancementExperiment(Experiment):
    """What SEGAN and the masking U-Net share: all but the networks."""

    hparams_class = HParams

    def build_networks(self):
        """Returns (generator, discriminator)."""
        raise NotImplementedError

    def check_request(self):
        speech.check_inputs(self.settings.dataset, self.settings.data_dir,
                            self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        self._speech("train")

    def data_fingerprint(self):
        return self._speech("train").fingerprint

    def _speech(self, split):
        return speech.load_once(self.settings.dataset, split, self.settings.data_dir)

    def build_model(self, folder):
        h = self.hparams
        try:
            generator, discriminator = self.build_networks()
        except ValueError as error:
            raise RequestError(f"--hparam: {error}") from None
        weights = {name: getattr(h, f"{name}_weight") for name in (
            "d_real", "d_fake", "g_adversarial", "g_l1", "g_spectral")}
        if not any(weights[name] for name in ("d_real", "d_fake", "g_adversarial")):
            discriminator = None
        return SpeechEnhancementGAN(
            generator, discriminator, h.adversarial_loss, h.pre_emphasis, loss_weights=weights,
            fresh_generator_batch=h.generator_batch == "fresh", ema_decay=h.ema_decay,
            seed=self.settings.seed)

    def build_optimizers(self):
        h = self.hparams

        def optimizer(rate):
            if h.learning_rate_decay_steps:
                rate = keras.optimizers.schedules.CosineDecay(rate, h.learning_rate_decay_steps)
            if h.optimizer == "rmsprop":
                return FusedRMSprop(rate)
            return FusedAdam(rate, beta_1=0.5, beta_2=0.99)

        return {"generator_optimizer": optimizer(h.generator_learning_rate),
                "discriminator_optimizer": optimizer(h.discriminator_learning_rate)}

    def training_data(self, folder):
        h = self.hparams
        return SpeechBatches(self._speech("train"), h.window, self.settings.seed,
                             self.settings.batch_size, (h.snr_low, h.snr_high), h.clean_share,
                             h.level_db, h.speed)

    def sample_sheet(self, model):
        return samples.sheet(model, self._speech("test"))

    def sample_files(self, model):
        return samples.files(model, self._speech("test"))

    def check_sample(self, request):
        requests.read(request)

    def write_sample(self, model, request, path):
        samples.write(model, requests.read(request), path)

    def evaluate(self, model, folder, split, max_examples, seed):
        return evaluation.evaluate(model, self._speech(split), max_examples, seed)

    def measure_inference(self, model):
        return evaluation.real_time_ratio(model)

    def serving_module(self, model):
        return serving.SpeechEnhancementServing(model)


class SEGANExperiment(SpeechEnhancementExperiment):
    """`speech_enhancement/segan`."""

    hparams_class = SEGANHParams

    def build_networks(self):
        h = self.hparams
        arguments = (h.window, h.channels, h.kernel_size, h.pre_emphasis)
        return SEGANGenerator(*arguments), SEGANDiscriminator(*arguments)


class MaskUNetExperiment(SpeechEnhancementExperiment):
    """`speech_enhancement/mask_unet`."""

    hparams_class = MaskUNetHParams

    def build_networks(self):
        h = self.hparams
        return (MaskUNetGenerator(h.window, h.hop, h.generator_channels, h.dilations),
                SpectrogramDiscriminator(h.window, h.hop, h.discriminator_channels))
