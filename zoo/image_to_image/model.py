"""Image to image: the source picture is the condition, D judges (source, candidate)."""

import keras
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.feature_matching import feature_matching
from zoo.losses.reconstruction import l1, l2

_SEED_RANGE = 2**24  # What a float32 uniform number can tell apart.


@keras.saving.register_keras_serializable("zoo")
class ImageToImageGAN(AdversarialModel):
    """pix2pix (Isola et al. 2017, eq. 4) and all that its loss weights make of it.

    Terms, each on where `loss_weights` names it: `d_real` (source, its target), `d_fake` (source,
    generated picture), `g_adversarial`, the distances to the target `g_l1` and `g_l2`, and
    `g_feature_matching` (pix2pixHD). Without the terms of D and those that need it,
    `discriminator` may be None: that is the supervised baseline.

    Args:
        generator: network as `UNetGenerator`.
        discriminator: network as `PatchGANDiscriminator`, or None.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        kwargs: see `AdversarialModel`.

    Batches: `source` and `target`, float32 `(n, height, width, channels)` in [-1, 1].
    """

    def __init__(self, generator, discriminator=None, adversarial_loss="non_saturating", **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.adversarial_loss = adversarial_loss

    def generate(self, batch, noise, training):
        network = self.generator if training else self.ema_generator
        return network(batch["source"], noise, training=training)

    def discriminator_losses(self, batch, fake, training=True):
        loss, terms = ADVERSARIAL_LOSSES[self.adversarial_loss], {}
        if self.is_on("d_real"):
            logits = self.discriminator(batch["source"], batch["target"], training=training)
            terms["d_real"] = loss.real(logits)
        if self.is_on("d_fake"):
            logits = self.discriminator(batch["source"], fake, training=training)
            terms["d_fake"] = loss.fake(logits)
        return terms

    def generator_losses(self, batch, fake, training=True):
        terms = {}
        if self.is_on("g_adversarial") or self.is_on("g_feature_matching"):
            features = self.discriminator.features(batch["source"], fake, training=training)
            if self.is_on("g_adversarial"):
                loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
                terms["g_adversarial"] = loss(self.discriminator.score(features))
            if self.is_on("g_feature_matching"):
                real = self.discriminator.features(batch["source"], batch["target"], training=training)
                terms["g_feature_matching"] = feature_matching(real, features)
        for name, distance in (("g_l1", l1), ("g_l2", l2)):
            if self.is_on(name):
                terms[name] = distance(batch["target"], fake)
        return terms

    def sample_noise(self, seed, batch_size):
        """Returns a seed of G's dropout for each example, int32 `(batch_size, 2)`."""
        if not self.generator.num_dropout_blocks:
            return None
        uniforms = distribution.uniform(seed, batch_size, (2,))
        return tf.cast(uniforms * _SEED_RANGE, tf.int32)

    def get_config(self):
        return super().get_config() | {"adversarial_loss": self.adversarial_loss}
