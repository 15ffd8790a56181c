"""Text to image: the shared GAN for captions, with DF-GAN's penalty and GAN-INT's term."""

import keras
import tensorflow as tf

from zoo.captioned.model import CaptionedGAN
from zoo.core import distribution
from zoo.layers.precision import in_float32
from zoo.losses.adversarial import matching_aware_gradient_penalty


@keras.saving.register_keras_serializable("zoo")
class TextToImageGAN(CaptionedGAN):
    """GAN-CLS, GAN-INT-CLS or DF-GAN, by its settings.

    Terms beside those of `CaptionedGAN`: `d_gradient_penalty` (DF-GAN) and `g_interpolated`
    (GAN-INT, Reed et al. 2016, eq. 5: pictures for the mean of two captions' embeddings).

    Args:
        args, kwargs: see `CaptionedGAN`.
        penalty_interval: steps between gradient penalties, each weighted so much more (lazy
            regularisation, Karras et al. 2020, section 3.1).
    """

    default_loss_weights = CaptionedGAN.default_loss_weights | {
        "d_gradient_penalty": 0.0, "g_interpolated": 0.0}

    def __init__(self, *args, penalty_interval=1, **kwargs):
        super().__init__(*args, **kwargs)
        self.penalty_interval = penalty_interval
        self._judge_in_float32 = in_float32(self.discriminator) if self.discriminator else None

    def discriminator_losses(self, batch, fake, training=True):
        terms = super().discriminator_losses(batch, fake, training)
        if self.is_on("d_gradient_penalty"):
            terms["d_gradient_penalty"] = self._gradient_penalty(batch, training)
        return terms

    def generator_losses(self, batch, fake, training=True):
        terms = super().generator_losses(batch, fake, training)
        if self.is_on("g_interpolated"):
            text = self.embed(batch["tokens"])
            between = 0.5 * (text + distribution.previous_rows(text))
            noise = self.training_noise(batch["seed"] + 1, tf.shape(text)[0])
            image = self.judged(batch, self.draw_several(between, noise, training))
            logits = self.discriminator(image, between, training=training)
            terms["g_interpolated"] = self.generator_loss(logits)
        return terms

    def _gradient_penalty(self, batch, training):
        def penalty():
            return self.penalty_interval * matching_aware_gradient_penalty(
                lambda image, text: self._judge_in_float32(image, text, training=training),
                self.augmented(batch, batch["image"]), self.embed(batch["tokens"]))
        if self.penalty_interval == 1:
            return penalty()
        return tf.cond(self.step % self.penalty_interval == 0, penalty,
                       lambda: tf.zeros(tf.shape(batch["image"])[:1]))

    def get_config(self):
        return super().get_config() | {"penalty_interval": self.penalty_interval}
