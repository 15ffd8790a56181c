"""Text to image with a discriminator that says which went wrong, the realism or the match."""

import keras
import tensorflow as tf

from zoo.captioned.two_scores import TwoScores
from zoo.text_to_image.model import TextToImageGAN


@keras.saving.register_keras_serializable("zoo")
class TwoScoreTextToImageGAN(TwoScores, TextToImageGAN):
    """The lecture's second architecture: one score for "real?", one for "does it match?".

    The gradient penalty is that of the sum of both scores.

    Args:
        args, kwargs: see `TextToImageGAN`; the discriminator's last layer is a `TwoScoreHead`.
        temperatures: `{"realism", "match"}`, by which logits are divided before they become
            probabilities; see `judgement.calibrate`.
    """

    def __init__(self, *args, temperatures=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.temperatures = dict(temperatures or dict.fromkeys(self.scores, 1.0))

    def probabilities(self, image, tokens):
        """Returns (p_real, p_match), float32 `(batch,)` in [0, 1], for pictures in [-1, 1]."""
        logits = self.discriminator(image, self.embed(tokens), training=False)
        return tuple(tf.sigmoid(logits[name] / self.temperatures[name]) for name in self.scores)

    def get_config(self):
        return super().get_config() | {"temperatures": self.temperatures}
