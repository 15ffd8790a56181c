"""A caption in, a picture out: D judges pairs, also real pictures with a wrong caption."""

import keras
import tensorflow as tf

from zoo.captioned import generation
from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data import text
from zoo.layers import augmentation
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.reconstruction import l1, l2


class CaptionedGAN(AdversarialModel):
    """The conditional GAN of the lecture, for captions as conditions.

    Terms, each on where `loss_weights` names it: `d_real` (picture, its caption), `d_fake`
    (generated picture, its caption), `d_mismatched` (real picture, wrong caption),
    `g_adversarial`, and `g_l1` and `g_l2`, the distance to the true picture: alone, without a
    discriminator, the supervised baseline.

    A family overrides `draw` where its networks take other arguments, and `seen` and `stages`
    where it makes a picture in several sizes.

    Args:
        generator, discriminator: networks with the calls of `DFGANGenerator` and
            `DFGANDiscriminator`.
        text_encoder: frozen `TextEncoder`.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        augment: parts of differentiable augmentation, the same change for the real, generated and
            mismatched picture of one row; see `zoo.layers.augmentation.augment`.
        kwargs: see `AdversarialModel`.

    Batches: `tokens` int32 `(n, length)`, `image` float32 `(n, height, width, channels)` in
        [-1, 1], `mismatched_image` or `mismatched_tokens` where `d_mismatched` is on, and
        optionally `fresh_tokens` for the update of G.
    """

    default_loss_weights = {"d_real": 1.0, "d_fake": 0.5, "d_mismatched": 0.5,
                            "g_adversarial": 1.0, "g_l1": 0.0, "g_l2": 0.0}
    judged_terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial")  # One for each score.
    terms_without_discriminator = ("g_l1", "g_l2")

    def __init__(self, generator, discriminator, text_encoder, adversarial_loss="hinge",
                 augment=(), **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.text_encoder = text_encoder
        self.text_encoder.trainable = False
        self.adversarial_loss = adversarial_loss
        self.augment = tuple(augment)

    @property
    def noise_dim(self):
        """Length of the noise vector that a picture takes."""
        return self.generator.latent_dim

    def condition(self, inputs):
        """Takes captions: strings, a list, array or tensor of them; `(n,)`."""
        captions = tf.reshape(tf.convert_to_tensor(inputs, tf.string), (-1,))
        return {"tokens": text.tokenizer_for(self.text_encoder)(captions)}

    def sample(self, conditions, seed=0):
        """Draws a picture for each caption.

        Args:
            conditions: captions, `(n,)`.
            seed: int; picture i is a function of its caption, the seed and i.

        Returns:
            uint8 `(n, height, width, channels)`.
        """
        tokens = self.condition(conditions)["tokens"]
        return generation.generate_many(
            self, tokens, generation.noise(seed, len(tokens), self.noise_dim))

    def embed(self, tokens):
        """Returns the frozen text embedding, float32 `(batch, text_dim)`."""
        return tf.stop_gradient(self.text_encoder(tokens, training=False))

    def draw(self, text, noise, training):
        """Returns what G makes of text embeddings and noise; its average if not in training."""
        network = self.generator if training else self.ema_generator
        return network(noise, text, training=training)

    def seen(self, image):
        """Returns what D sees of true pictures, in the structure of what G makes."""
        return image

    def stages(self, text, noise):
        """Returns the pictures on the way to the finished one, float32 in [-1, 1], it last."""
        return (self.draw(text, noise, training=False),)

    def generate(self, batch, noise, training):
        return self.draw(self.embed(batch["tokens"]), noise, training)

    def discriminator_losses(self, batch, fake, training=True):
        judge, text = self.discriminator, self.embed(batch["tokens"])
        real_features = judge.features(
            self.augmented(batch, self.seen(batch["image"])), training=training)
        terms = {}
        if self.any_on("d_real"):
            logits = judge.score(real_features, text, training=training)
            terms |= self.discriminator_terms("d_real", logits)
        if self.any_on("d_fake"):
            logits = judge(self.augmented(batch, fake), text, training=training)
            terms |= self.discriminator_terms("d_fake", logits)
        if self.any_on("d_mismatched"):
            if "mismatched_image" in batch:
                wrong = self.augmented(batch, self.seen(batch["mismatched_image"]))
                logits = judge(wrong, text, training=training)
            else:
                wrong_text = self.embed(batch["mismatched_tokens"])
                logits = judge.score(real_features, wrong_text, training=training)
            terms |= self.discriminator_terms(
                "d_mismatched", logits, is_new_picture="mismatched_image" in batch)
        return terms

    def any_on(self, kind):
        """True where a term of this kind of pair is on."""
        return self.is_on(kind)

    def discriminator_terms(self, kind, logits, is_new_picture=True):
        """Returns the terms of one kind of pair from what D returned for it."""
        del is_new_picture  # One score is always asked about the pair.
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss]
        return {kind: loss.real(logits) if kind == "d_real" else loss.fake(logits)}

    def generator_losses(self, batch, fake, training=True):
        terms = self.adversarial_terms(batch, fake, self.embed(batch["tokens"]), training)
        for name, distance in (("g_l1", l1), ("g_l2", l2)):
            if self.is_on(name):
                true = self.seen(batch["image"])
                distances = tf.nest.flatten(tf.nest.map_structure(distance, true, fake))
                terms[name] = tf.add_n(distances) / len(distances)
        return terms

    def adversarial_terms(self, batch, fake, text, training):
        """Returns what asks G to be called right by D."""
        if not self.is_on("g_adversarial"):
            return {}
        logits = self.discriminator(self.augmented(batch, fake), text, training=training)
        return {"g_adversarial": self.generator_loss(logits)}

    def generator_loss(self, logits):
        """Returns the loss of G, float32 `(batch,)`, from what D returned."""
        return ADVERSARIAL_LOSSES[self.adversarial_loss].generator(logits)

    def sample_noise(self, seed, batch_size):
        return distribution.normal(seed, batch_size, (self.noise_dim,))

    def generator_batch(self, batch):
        return {**batch, "tokens": batch.get("fresh_tokens", batch["tokens"])}

    def shipped_networks(self):
        return super().shipped_networks() | {"text_encoder": self.text_encoder}

    def diagnostics(self, batch):
        names = ("mismatch_rejections",)
        return {name: batch[name] for name in names if name in batch}

    def augmented(self, batch, images):
        """Returns pictures, or a tuple of them, after the step's differentiable augmentation."""
        if not self.augment:
            return images
        uniforms = distribution.uniform(
            batch["seed"], tf.shape(batch["tokens"])[0], (augmentation.NUM_UNIFORMS,))
        return tf.nest.map_structure(
            lambda image: augmentation.augment(image, uniforms, self.augment), images)

    def get_config(self):
        return super().get_config() | {
            "text_encoder": keras.saving.serialize_keras_object(self.text_encoder),
            "adversarial_loss": self.adversarial_loss,
            "augment": self.augment,
        }
