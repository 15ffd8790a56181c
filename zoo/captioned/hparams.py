"""Hyperparameters of every GAN for captions; without TensorFlow, so that wrong ones are told at once."""

import dataclasses
from typing import Literal

from zoo.core.hparams import AdamHParams, AdversarialLossName
from zoo.data.caption_hparams import Augmentation, CaptionHParams


@dataclasses.dataclass(frozen=True)
class CaptionedHParams(CaptionHParams, AdamHParams):
    """Hyperparameters of every GAN for captions."""

    image_size: int = 64  # Pixels, height and width.
    latent_dim: int = 100  # Length of the noise vector.
    adversarial_loss: AdversarialLossName = "hinge"
    # With d_fake_weight as much as right pairs; two scores share them all: see `share_out`.
    d_mismatched_weight: float = 0.5  # Real pictures with wrong text; 0: never shown.
    g_l1_weight: float = 0.0  # Mean absolute difference to the true picture, range [-1, 1].
    g_l2_weight: float = 0.0  # Mean squared difference; the supervised baseline's only term.
    # For captions with several right answers:
    packing: int = 1  # Pictures of one caption that D judges at once (PacGAN).
    g_nearest_l2_weight: float = 0.0  # Squared distance to the nearest of several draws.
    g_nearest_answer_l2_weight: float = 0.0  # Of each draw to the nearest of the pack's pictures.
    nearest_draws: int = 4  # Draws that both compare.
    g_mode_seeking_weight: float = 0.0  # Two draws are to differ as their noises do.
    generator_batch: Literal["fresh", "shared"] = "fresh"  # Fresh: the lecture's algorithm.
    mismatched: Literal["picture", "caption"] = "picture"  # What is exchanged in a wrong pair.
    max_caption_similarity: float = 1.0  # Of a wrong pair: shared words over all words, [0, 1].
    near_mismatched_share: float = 0.0  # Of wrong pairs whose captions differ in a word or two.
    main_caption_share: float = 0.5  # Of the draws that take a picture's first caption, not any.
    ignored_words: tuple[str, ...] = ()  # Taken out of all captions: what is left is ambiguous.
    variant_words: tuple[str, ...] = ()  # k pictures that differ in these alone: sqrt(k) draws.
    augment: tuple[Augmentation, ...] = ()  # Any of color, translation, cutout.
    text_encoder: str = ""  # Workdir or shipped name of a matcher; empty: trained first.
    text_encoder_steps: int = 900  # Of 128 captions, where it is trained first.
    evaluation_encoder: str = ""  # Likewise, never seen in training; empty: trained to evaluate.
    class_words: tuple[str, ...] = ()  # Styles, for instance: is the one a caption names drawn?
    classifier_steps: int = 600  # Of 128 pictures, of what judges that; trained to evaluate.

    def __post_init__(self):
        super().__post_init__()
        for name in ("packing", "nearest_draws", "classifier_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: must be at least 1.")
