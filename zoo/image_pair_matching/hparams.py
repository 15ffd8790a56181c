"""Hyperparameters of matchers of pairs; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal


@dataclasses.dataclass(frozen=True)
class ImagePairMatchingHParams:
    """Hyperparameters of the matcher; ours, chosen on degraded tiles of `earth`."""

    image_size: int = 128  # Pixels, height and width that pictures are resized to.
    window_size: int = 32  # Pixels, height and width of what is matched, cut at random.
    direction: Literal["left_to_right", "right_to_left"] = "left_to_right"  # Source to target.
    architecture: Literal["plain", "residual"] = "residual"  # Of both encoders.
    channels: tuple[int, ...] = (24, 48, 96, 192)  # Widths from the full size down.
    output_dim: int = 128  # Length of the common embedding.
    learning_rate: float = 1e-3  # Of Adam.

    def __post_init__(self):
        multiple = 2 ** len(self.channels)
        if self.window_size < 1 or self.window_size % multiple:
            raise ValueError(f"window_size={self.window_size}: must be a multiple of {multiple} "
                             "(see channels).")
        if self.image_size < self.window_size:
            raise ValueError(f"image_size={self.image_size}: must be at least window_size.")
