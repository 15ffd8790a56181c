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

    def discriminator_losses(self, batch, fake):
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss]
        judge, text = self.discriminator, self.embed(batch["tokens"])
        real = self._augmented(batch, batch["image"])
        real_features = judge.features(real, training=True)
        terms = {}
        if self._any_on("d_real"):
            scores = judge.score(real_features, text, training=True)
            terms |= self._terms("d_real", scores, realism=loss.real, match=loss.real)
        if self._any_on("d_fake"):
            scores = judge(self._augmented(batch, fake), text, training=True)
            terms |= self._terms("d_fake", scores, realism=loss.fake, match=loss.fake)
        if self._any_on("d_mismatched"):
            if "mismatched_image" in batch:
                wrong = self._augmented(batch, batch["mismatched_image"])
                scores = judge(wrong, text, training=True)
                terms |= self._terms("d_mismatched", scores, realism=loss.real, match=loss.fake)
            else:
                wrong_text = self.embed(batch["mismatched_tokens"])
                scores = judge.score(real_features, wrong_text, training=True)
                terms |= self._terms("d_mismatched", scores, match=loss.fake)
        if self.is_on("d_gradient_penalty"):
            terms["d_gradient_penalty"] = self._gradient_penalty(real, text)
        return terms

    def _adversarial_terms(self, batch, fake, text):
        if not self._any_on("g"):
            return {}
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
        scores = self.discriminator(self._augmented(batch, fake), text, training=True)
        return self._terms("g", scores, realism=loss, match=loss)

    def _generator_loss(self, logits):
        return sum(map(super()._generator_loss, logits.values()))

    def _any_on(self, kind):
        return any(self.is_on(f"{kind}_{score}") for score in self.scores)

    def _terms(self, kind, scores, **losses):
        return {f"{kind}_{name}": loss(scores[name]) for name, loss in losses.items()
                if self.is_on(f"{kind}_{name}")}

    def get_config(self):
        return super().get_config() | {"temperatures": self.temperatures}
