"""Hyperparameters of speech enhancers; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal

from zoo.core.hparams import AdversarialHParams, AdversarialLossName

REFERENCE_CHANNELS = (16, 32, 32, 64, 64, 128, 128, 256, 256, 512, 1024)  # Of SEGAN.
SPECTRAL_HOP = 256  # Samples between the spectra that g_spectral compares, half of each.


@dataclasses.dataclass(frozen=True)
class HParams(AdversarialHParams):
    """Hyperparameters of every speech enhancer."""

    window: int = 16384  # Samples at 16 kHz that the networks take at a time.
    adversarial_loss: AdversarialLossName = "least_squares"
    d_fake_weight: float = 1.0
    g_l1_weight: float = 100.0  # Mean absolute difference of waveforms, full scale 1.
    g_spectral_weight: float = 0.0  # Distance of compressed spectra, Braun & Tashev 2021.
    pre_emphasis: float = 0.95  # Of the waveforms that g_l1 compares; SEGAN: networks too.
    generator_batch: Literal["fresh", "shared"] = "shared"  # Fresh: other z for the update of G.
    snr_low: float = -5.0  # dB, of mixtures, drawn evenly up to the next.
    snr_high: float = 20.0
    clean_share: float = 0.0  # Of the rows that are clean already.
    level_db: tuple[float, ...] = ()  # Of noisy windows, lowest and highest, dBFS; empty: as is.
    speed: tuple[float, ...] = (1.0, 1.0)  # At which recordings are played, lowest and highest.
    learning_rate_decay_steps: int = 0  # To 0 along a half cosine; 0: constant.

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
