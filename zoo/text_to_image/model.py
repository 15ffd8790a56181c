"""Text to image: D judges pairs, and also sees real pictures with a wrong caption."""

import keras
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.layers import augmentation
from zoo.layers.precision import in_float32
from zoo.losses.adversarial import ADVERSARIAL_LOSSES, matching_aware_gradient_penalty
from zoo.losses.reconstruction import l1, l2


@keras.saving.register_keras_serializable("zoo")
class TextToImageGAN(AdversarialModel):
    """The conditional GAN of the lecture; with its settings GAN-CLS, GAN-INT-CLS and DF-GAN.

    Terms, each on where `loss_weights` names it: `d_real` (picture, its caption), `d_fake`
    (generated picture, its caption), `d_mismatched` (real picture, wrong caption),
    `d_gradient_penalty` (DF-GAN), `g_adversarial`, `g_interpolated` (GAN-INT, Reed et al.
    2016, eq. 5: pictures for the mean of two captions' embeddings), and `g_l1` and `g_l2`, the
    distance to the true picture: alone, without a discriminator, the supervised baseline.

    Args:
        generator, discriminator: networks as `DFGANGenerator` and `DFGANDiscriminator`.
        text_encoder: frozen `TextEncoder`.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        augment: parts of differentiable augmentation, the same change for the real, generated and
            mismatched picture of one row; see `zoo.layers.augmentation.augment`.
        penalty_interval: steps between gradient penalties, each weighted so much more (lazy
            regularisation, Karras et al. 2020, section 3.1).
        kwargs: see `AdversarialModel`.

    Batches: `tokens` int32 `(n, length)`, `image` float32 `(n, height, width, channels)` in
        [-1, 1], `mismatched_image` or `mismatched_tokens` where `d_mismatched` is on, and
        optionally `fresh_tokens` for the update of G.
    """

    def __init__(self, generator, discriminator, text_encoder, adversarial_loss="hinge",
                 augment=(), penalty_interval=1, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.text_encoder = text_encoder
        self.text_encoder.trainable = False
        self.adversarial_loss = adversarial_loss
        self.augment = tuple(augment)
        self.penalty_interval = penalty_interval

    def embed(self, tokens):
        """Returns the frozen text embedding, float32 `(batch, text_dim)`."""
        return tf.stop_gradient(self.text_encoder(tokens, training=False))

    def generate(self, batch, noise, training):
        network = self.generator if training else self.ema_generator
        return network(noise, self.embed(batch["tokens"]), training=training)

    def discriminator_losses(self, batch, fake):
        judge, text = self.discriminator, self.embed(batch["tokens"])
        real = self._augmented(batch, batch["image"])
        real_features = judge.features(real, training=True)
        terms = {}
        if self._any_on("d_real"):
            logits = judge.score(real_features, text, training=True)
            terms |= self._discriminator_terms("d_real", logits)
        if self._any_on("d_fake"):
            logits = judge(self._augmented(batch, fake), text, training=True)
            terms |= self._discriminator_terms("d_fake", logits)
        if self._any_on("d_mismatched"):
            if "mismatched_image" in batch:
                wrong = self._augmented(batch, batch["mismatched_image"])
                logits = judge(wrong, text, training=True)
            else:
                wrong_text = self.embed(batch["mismatched_tokens"])
                logits = judge.score(real_features, wrong_text, training=True)
            terms |= self._discriminator_terms(
                "d_mismatched", logits, is_new_picture="mismatched_image" in batch)
        if self.is_on("d_gradient_penalty"):
            terms["d_gradient_penalty"] = self._gradient_penalty(real, text)
        return terms

    def _any_on(self, kind):
        """True where a term of this kind of pair is on."""
        return self.is_on(kind)

    def _discriminator_terms(self, kind, logits, is_new_picture=True):
        """Returns the terms of one kind of pair from what D returned for it."""
        del is_new_picture  # One score is always asked about the pair.
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss]
        return {kind: loss.real(logits) if kind == "d_real" else loss.fake(logits)}

    def generator_losses(self, batch, fake):
        text = self.embed(batch["tokens"])
        terms = self._adversarial_terms(batch, fake, text)
        if self.is_on("g_interpolated"):
            between = 0.5 * (text + distribution.previous_rows(text))
            noise = self.sample_noise(batch["seed"] + 1, tf.shape(text)[0])
            image = self._augmented(batch, self.generator(noise, between, training=True))
            logits = self.discriminator(image, between, training=True)
            terms["g_interpolated"] = self._generator_loss(logits)
        for name, distance in (("g_l1", l1), ("g_l2", l2)):
            if self.is_on(name):
                terms[name] = distance(batch["image"], fake)
        return terms

    def _adversarial_terms(self, batch, fake, text):
        if not self.is_on("g_adversarial"):
            return {}
        logits = self.discriminator(self._augmented(batch, fake), text, training=True)
        return {"g_adversarial": self._generator_loss(logits)}

    def _generator_loss(self, logits):
        return ADVERSARIAL_LOSSES[self.adversarial_loss].generator(logits)

    def sample_noise(self, seed, batch_size):
        return distribution.normal(seed, batch_size, (self.generator.latent_dim,))

    def generator_batch(self, batch):
        return {**batch, "tokens": batch.get("fresh_tokens", batch["tokens"])}

    def shipped_networks(self):
        return super().shipped_networks() | {"text_encoder": self.text_encoder}

    def diagnostics(self, batch):
        names = ("mismatch_rejections",)
        return {name: batch[name] for name in names if name in batch}

    def _augmented(self, batch, image):
        if not self.augment:
            return image
        uniforms = distribution.uniform(
            batch["seed"], tf.shape(image)[0], (augmentation.NUM_UNIFORMS,))
        return augmentation.augment(image, uniforms, self.augment)

    def _gradient_penalty(self, image, text):
        def penalty():
            with in_float32(self.discriminator):
                return self.penalty_interval * matching_aware_gradient_penalty(
                    lambda image, text: self.discriminator(image, text, training=True),
                    image, text)
        if self.penalty_interval == 1:
            return penalty()
        return tf.cond(self.step % self.penalty_interval == 0, penalty,
                       lambda: tf.zeros(tf.shape(image)[:1]))

    def get_config(self):
        return super().get_config() | {
            "text_encoder": keras.saving.serialize_keras_object(self.text_encoder),
            "adversarial_loss": self.adversarial_loss,
            "augment": self.augment,
            "penalty_interval": self.penalty_interval,
        }
