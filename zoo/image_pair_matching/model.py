"""Matching windows of sources with the same windows of their targets."""

import keras

from zoo.data import image
from zoo.matching.model import Matcher


@keras.saving.register_keras_serializable("zoo")
class ImagePairMatcher(Matcher):
    """Trains an `ImagePairEncoder` so that a source and its target find each other in the batch.

    Args:
        generator: `ImagePairEncoder`.
        kwargs: see `AdversarialModel`.

    Batches: `source` and `target` float32 `(n, height, width, channels)` in [-1, 1].
    """

    def condition(self, inputs):
        """Takes (sources, targets), both `(n, height, width, channels)`, uint8 or float32 in
        [-1, 1].

        The result is both embeddings, float32 `(n, output_dim)` of unit length.
        """
        sources, targets = inputs
        return {"source": image.as_float(sources), "target": image.as_float(targets)}

    def generate(self, batch, noise, training):
        network = self.generator if training else self.ema_generator
        return network(batch["source"], batch["target"], training=training)

    def shipped_networks(self):
        return {"source_encoder": self.ema_generator.source_encoder,
                "window_encoder": self.ema_generator.target_encoder}
