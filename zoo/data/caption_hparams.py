"""Hyperparameters of everything that reads captions; without TensorFlow."""

import dataclasses
from typing import Literal

Augmentation = Literal["color", "translation", "cutout"]  # See `zoo.layers.augmentation`.


@dataclasses.dataclass(frozen=True)
class CaptionHParams:
    """What matchers and GANs for captions share."""

    max_words: int = 24  # Of a caption; the rest is cut, and said.

    def __post_init__(self):
        if self.max_words < 1:
            raise ValueError(f"max_words={self.max_words}: must be at least 1.")
