"""Text to image with a discriminator that says which went wrong, the realism or the match."""

import keras
import tensorflow as tf

from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.text_to_image.model import TextToImageGAN


@keras.saving.register_keras_serializable("zoo")
class TwoScoreTextToImageGAN(TextToImageGAN):
    """The lecture's second architecture: one score for "real?", one for "does it match?".

    Each pair has a term a score: `d_real_realism`, `d_real_match`, `d_fake_realism`,
    `d_fake_match`, `d_mismatched_realism`, `d_mismatched_match`, `g_realism` and `g_match`. The
    labels are those of StackGAN++ (Zhang et al. 2018, section 3.2): a real picture with a wrong
    text is *real* for the first score and *wrong* for the second. Where the wrong pair is made by
    exchanging the caption its picture is that of the right pair, whose realism is judged already,
    and there is no `d_mismatched_realism`. The gradient penalty is that of the sum of both scores.

    Args:
        args, kwargs: see `TextToImageGAN`; the discriminator's last layer is a `TwoScoreHead`.
        temperatures: `{"realism", "match"}`, by which logits are divided before they become
            probabilities; see `judgement.calibrate`.
    """

    scores = ("realism", "match")

    def __init__(self, *args, temperatures=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.temperatures = dict(temperatures or dict.fromkeys(self.scores, 1.0))

    def probabilities(self, image, tokens):
        """Returns (p_real, p_match), float32 `(batch,)` in [0, 1], for pictures in [-1, 1]."""
        logits = self.discriminator(image, self.embed(tokens), training=False)
        return tuple(tf.sigmoid(logits[name] / self.temperatures[name]) for name in self.scores)

    def _any_on(self, kind):
        return any(self.is_on(f"{kind}_{score}") for score in self.scores)

    def _discriminator_terms(self, kind, logits, is_new_picture=True):
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss]
        losses = {"realism": loss.fake if kind == "d_fake" else loss.real,
                  "match": loss.real if kind == "d_real" else loss.fake}
        if not is_new_picture:
            del losses["realism"]
        return self._terms(kind, logits, **losses)

    def _adversarial_terms(self, batch, fake, text):
        if not self._any_on("g"):
            return {}
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
        logits = self.discriminator(self._augmented(batch, fake), text, training=True)
        return self._terms("g", logits, realism=loss, match=loss)

    def _terms(self, kind, logits, **losses):
        return {f"{kind}_{name}": loss(logits[name]) for name, loss in losses.items()
                if self.is_on(f"{kind}_{name}")}

    def _generator_loss(self, logits):
        return sum(map(super()._generator_loss, logits.values()))

    def get_config(self):
        return super().get_config() | {"temperatures": self.temperatures}
