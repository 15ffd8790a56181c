"""Image to image: the source picture is the condition, D judges (source, candidate)."""

import keras
import numpy as np
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data import decoding, image
from zoo.errors import RequestError
from zoo.image_to_image import inference
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.feature_matching import feature_matching
from zoo.losses.reconstruction import l1, l2

_TILE_SIZE = 512  # Pixels.
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

    default_loss_weights = {"d_real": 0.5, "d_fake": 0.5, "g_adversarial": 1.0, "g_l1": 100.0,
                            "g_l2": 0.0, "g_feature_matching": 0.0}
    terms_without_discriminator = ("g_l1", "g_l2")

    def __init__(self, generator, discriminator=None, adversarial_loss="non_saturating", **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.adversarial_loss = adversarial_loss

    def condition(self, inputs):
        """Takes pictures, `(n, height, width, channels)`, uint8, uint16 or float32 in [-1, 1].

        Sides are multiples of the generator's; `sample` takes any.
        """
        pictures, multiple = image.as_float(inputs), self.generator.multiple
        if any(side is not None and side % multiple for side in pictures.shape[1:3]):
            raise RequestError(f"pictures of {pictures.shape[1]}x{pictures.shape[2]} pixels: sides "
                               f"must be multiples of {multiple}; sample takes any size.")
        return {"source": pictures}

    def sample(self, conditions, seed=0):
        """Translates pictures of any size; large ones in overlapping tiles, as exported models do.

        Args:
            conditions: pictures `(height, width, source_channels)`, an array or a list of them,
                uint8, uint16 or float32 in [-1, 1].
            seed: int; the same for every picture.

        Returns:
            uint8 `(n, height, width, target_channels)`; where sizes differ, a list of pictures.

        Raises:
            RequestError: another shape.
        """
        translate = tf.function(inference.translate, reduce_retracing=True)
        made = []
        for i, picture in enumerate(conditions):
            picture = image.as_float(picture)
            if picture.shape.rank != 3 or picture.shape[2] != self.generator.source_channels:
                raise RequestError(f"picture {i}: has shape {tuple(picture.shape)}, not (height, "
                                   f"width, {self.generator.source_channels}).")
            made.append(decoding.to_integers(translate(
                self.ema_generator, picture, tf.constant(seed, tf.int64),
                tf.constant(_TILE_SIZE)), 8).numpy())
        return np.stack(made) if len({each.shape for each in made}) == 1 else made

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
                real = self.discriminator.features(
                    batch["source"], batch["target"], training=training)
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
