"""Text to image: the shared GAN for captions, with DF-GAN's penalty and GAN-INT's term."""

import keras
import tensorflow as tf

from zoo.captioned.model import CaptionedGAN
from zoo.core import distribution
from zoo.data import packs
from zoo.errors import RequestError
from zoo.layers.precision import in_float32
from zoo.losses import zero_centred
from zoo.losses.adversarial import matching_aware_gradient_penalty
from zoo.losses.divergence import standard_normal_divergence
from zoo.losses.reconstruction import l2


@keras.saving.register_keras_serializable("zoo")
class TextToImageGAN(CaptionedGAN):
    """GAN-CLS, GAN-INT-CLS or DF-GAN, by its settings.

    Terms beside those of `CaptionedGAN`: `d_gradient_penalty` (DF-GAN), `d_r1` and `d_r2` (of D's
    gradient with respect to true and to generated pictures, see `zoo.losses.zero_centred`; their
    weight is gamma) and `g_interpolated` (GAN-INT, Reed et al. 2016, eq. 5: pictures for the mean
    of two captions' embeddings).

    For captions with several right answers and a G that has an encoder: the last of its draws for
    a caption start from noise that the encoder says stands for true pictures of the pack, and are
    to be these pictures, `g_reconstruction_l2`; `g_encoder_kl` keeps such noise near the noise that
    is drawn (cVAE-GAN, half of BicycleGAN: Zhu et al. 2017, section 3.2, with a squared distance).
    So G learns to tell right answers apart by noise where it would average them. D judges all
    draws alike.

    Args:
        args, kwargs: see `CaptionedGAN`.
        penalty_interval: steps between gradient penalties, each weighted so much more (lazy
            regularisation, Karras et al. 2020, section 3.1).
        penalty_sigma: above 0, `d_r1` and `d_r2` are taken from what noise of so large a deviation
            changes, without a second derivative.
        encoded_draws: draws for a caption that start from true pictures, at most `packing`.

    Raises:
        RequestError: `g_interpolated` with a loss that compares: such captions have no true
            picture. `g_reconstruction_l2` with a generator that has no encoder, or with fresh
            batches for G.
    """

    default_loss_weights = CaptionedGAN.default_loss_weights | {
        "d_gradient_penalty": 0.0, "d_r1": 0.0, "d_r2": 0.0, "g_interpolated": 0.0,
        "g_reconstruction_l2": 0.0, "g_encoder_kl": 0.0}
    terms_without_discriminator = (
        *CaptionedGAN.terms_without_discriminator, "g_reconstruction_l2", "g_encoder_kl")

    def __init__(self, *args, penalty_interval=1, penalty_sigma=0.0, encoded_draws=1, **kwargs):
        super().__init__(*args, **kwargs)
        self.encoded_draws = encoded_draws
        if self._encodes:
            self._check_encoder()
        if self._pair_loss and self.is_on("g_interpolated"):
            raise RequestError(f"g_interpolated: adversarial_loss={self.adversarial_loss} compares "
                               "with the true picture, and captions in between have none.")
        self.penalty_interval = penalty_interval
        self.penalty_sigma = penalty_sigma
        self._judge_in_float32 = in_float32(self.discriminator) if self.discriminator else None

    @property
    def _encodes(self):
        return self.is_on("g_reconstruction_l2") or self.is_on("g_encoder_kl")

    def _check_encoder(self):
        if getattr(self.generator, "encoder", None) is None:
            raise RequestError("g_reconstruction_l2: this generator has no encoder; build it with "
                               "encoder_channels.")
        if self.fresh_generator_batch:
            raise RequestError("g_reconstruction_l2: fresh captions have no true picture to "
                               "encode; set fresh_generator_batch=False.")

    @property
    def draws(self):
        drawn_freely = 2 if self.is_on("g_mode_seeking") else 1
        return max(super().draws, self.encoded_draws + drawn_freely if self._encodes else 1)

    def generate(self, batch, noise, training):
        if self._encodes and len(noise.shape) == 3:
            mean, log_sigma = self._encoded(batch, training)
            free, rest = noise[:, :-self.encoded_draws], noise[:, -self.encoded_draws:]
            noise = tf.concat([free, mean + tf.exp(log_sigma) * rest], axis=1)
        return super().generate(batch, noise, training)

    def _encoded(self, batch, training):
        """Returns the moments of noise for true pictures, `(batch, encoded_draws, noise_dim)` each.
        """
        network = self.generator if training else self.ema_generator
        return packs.each_seen_by(
            network.encoder, self._to_reconstruct(batch), self.encoded_draws, training)

    def _to_reconstruct(self, batch):
        channels = batch["image"].shape[-1] // self.packing
        return batch["image"][..., :channels * self.encoded_draws]

    def _encoder_terms(self, batch, fake, training):
        terms, true = {}, self._to_reconstruct(batch)
        if self.is_on("g_reconstruction_l2"):
            terms["g_reconstruction_l2"] = l2(true, fake[..., -true.shape[-1]:])
        if self.is_on("g_encoder_kl"):
            moments = [tf.reshape(moment, (-1, self.encoded_draws * self.noise_dim))
                       for moment in self._encoded(batch, training)]
            terms["g_encoder_kl"] = standard_normal_divergence(*moments)
        return terms

    def penalties(self, batch, fake, logits, training):
        penalties = {
            "d_gradient_penalty": lambda: self._gradient_penalty(batch, training),
            "d_r1": lambda: self._zero_centred(
                batch, batch["image"], logits.get("d_real"), 2, training),
            "d_r2": lambda: self._zero_centred(
                batch, self.first_draws(batch, fake), logits.get("d_fake"), 3, training)}
        return {name: self._lazily(penalty, batch) for name, penalty in penalties.items()
                if self.is_on(name)}

    def generator_losses(self, batch, fake, training=True):
        terms = super().generator_losses(batch, fake, training)
        if self._encodes:
            terms |= self._encoder_terms(batch, fake, training)
        if self.is_on("g_interpolated"):
            text = self.embed(batch["tokens"])
            between = 0.5 * (text + distribution.previous_rows(text))
            noise = self.training_noise(batch["seed"] + 1, tf.shape(text)[0])
            image = self.judged(batch, self.draw_several(between, noise, training))
            logits = self.discriminator(image, between, training=training)
            terms["g_interpolated"] = self.generator_loss(logits)
        return terms

    def _lazily(self, penalty, batch):
        if self.penalty_interval == 1:
            return penalty()
        return tf.cond(self.step % self.penalty_interval == 0,
                       lambda: self.penalty_interval * penalty(),
                       lambda: tf.zeros(tf.shape(batch["image"])[:1]))

    def _gradient_penalty(self, batch, training):
        return matching_aware_gradient_penalty(
            lambda image, text: self._judge_in_float32(image, text, training=training),
            self.augmented(batch, batch["image"]), self.embed(batch["tokens"]))

    def _zero_centred(self, batch, images, logits, seed, training):
        text = self.embed(batch["tokens"])

        def score(images):
            return self._judge_in_float32(self.augmented(batch, images), text, training=training)
        images = tf.cast(images, tf.float32)
        if not self.penalty_sigma:
            return zero_centred.gradient_penalty(score, images)
        if logits is None or self.discriminator.compute_dtype != "float32":
            logits = score(images)
        noise = distribution.normal(batch["seed"] + seed, tf.shape(images)[0], images.shape[1:])
        return zero_centred.difference_penalty(
            logits, score(images + self.penalty_sigma * noise), self.penalty_sigma)

    def get_config(self):
        return super().get_config() | {
            "penalty_interval": self.penalty_interval, "penalty_sigma": self.penalty_sigma,
            "encoded_draws": self.encoded_draws}
