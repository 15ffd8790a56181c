"""Hyperparameters of caption-picture matchers; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal

Augmentation = Literal["color", "translation", "cutout"]


@dataclasses.dataclass(frozen=True)
class MatchingHParams:
    """Hyperparameters of the matcher; ours, chosen on OpenMoji's validation split."""

    image_size: int = 64  # Pixels, height and width.
    text_architecture: Literal["gru", "convolution"] = "gru"
    image_architecture: Literal["plain", "residual"] = "plain"
    image_channels: tuple[int, ...] = (32, 64, 128, 256)  # Widths from the full size down.
    embedding_dim: int = 128  # Length of a word vector.
    units: int = 128  # Width of each GRU direction.
    output_dim: int = 256  # Length of the common embedding.
    min_word_count: int = 1  # Rarer words are unknown.
    max_words: int = 24  # Of a caption; the rest is cut, and said.
    augment: tuple[Augmentation, ...] = ("translation",)  # See zoo.layers.augmentation.
    learning_rate: float = 1e-3  # Of Adam.

    def __post_init__(self):
        if self.max_words < 1:
            raise ValueError(f"max_words={self.max_words}: must be at least 1.")
