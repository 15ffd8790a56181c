"""Hyperparameters of caption-picture matchers; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal

from zoo.data.caption_hparams import Augmentation, CaptionHParams


@dataclasses.dataclass(frozen=True)
class MatchingHParams(CaptionHParams):
    """Hyperparameters of the matcher; ours, chosen on OpenMoji's validation split."""

    image_size: int = 64  # Pixels, height and width.
    text_architecture: Literal["gru", "convolution"] = "gru"
    image_architecture: Literal["plain", "residual"] = "plain"
    image_channels: tuple[int, ...] = (32, 64, 128, 256)  # Widths from the full size down.
    embedding_dim: int = 128  # Length of a word vector.
    units: int = 128  # Width of each GRU direction.
    output_dim: int = 256  # Length of the common embedding.
    min_word_count: int = 1  # Rarer words are unknown.
    augment: tuple[Augmentation, ...] = ("translation",)  # See zoo.layers.augmentation.
    learning_rate: float = 1e-3  # Of Adam.
