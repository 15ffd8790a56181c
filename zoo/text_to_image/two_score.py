"""Text to image with a discriminator that says which went wrong, the realism or the match."""

import keras
import tensorflow as tf

from zoo.captioned.model import CaptionedGAN
from zoo.captioned.two_scores import TwoScores, share_out
from zoo.text_to_image.model import TextToImageGAN


@keras.saving.register_keras_serializable("zoo")
class TwoScoreTextToImageGAN(TwoScores, TextToImageGAN):
    """The lecture's second architecture: one score for "real?", one for "does it match?".

    The gradient penalty is that of the sum of both scores.

    Args:
        args, kwargs: see `TextToImageGAN`; the discriminator's last layer is a `TwoScoreHead`.
        calibration: `{"realism", "match"}`, for each its `temperature` and `threshold`, which make
            probabilities of logits; see `judgement.calibrate`.
    """

    default_loss_weights = {
        name: weight for name, weight in TextToImageGAN.default_loss_weights.items()
        if name not in CaptionedGAN.judged_terms} | share_out(
            *(CaptionedGAN.default_loss_weights[name] for name in CaptionedGAN.judged_terms)) | {
                "d_mismatched_realism": 0.0}

    def __init__(self, *args, calibration=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.calibration = {score: dict(of_score) for score, of_score in (calibration or {
            score: {"temperature": 1.0, "threshold": 0.0} for score in self.scores}).items()}

    def probabilities(self, image, tokens):
        """Returns (p_real, p_match), float32 `(batch,)` in [0, 1], for pictures in [-1, 1]."""
        logits = self.judge(image, self.embed(tokens))
        return tuple(tf.sigmoid((logits[score] - of_score["threshold"]) / of_score["temperature"])
                     for score, of_score in self.calibration.items())

    def get_config(self):
        return super().get_config() | {"calibration": self.calibration}
