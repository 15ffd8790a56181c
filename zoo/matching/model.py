"""Matching two views of an example: the protocol's case without a discriminator."""

import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.losses.matching import symmetric_softmax


class Matcher(AdversarialModel):
    """Trains an `EncoderPair` so that the two views of an example find each other in the batch.

    A family overrides `condition`, `generate` (what the pair of encoders returns) and
    `shipped_networks`.

    Args:
        generator: `EncoderPair`.
        kwargs: see `AdversarialModel`.
    """

    default_loss_weights = {"g_matching": 1.0}
    terms_without_discriminator = ("g_matching",)

    def result(self, made):
        first, second, _ = made
        return first, second

    def generator_losses(self, batch, fake, training=True):
        first, second, scale = fake
        return {"g_matching": symmetric_softmax(
            first, second, scale, distribution.gather_replicas(first),
            distribution.gather_replicas(second), distribution.first_row(tf.shape(first)[0]))}
