"""Matching captions with pictures."""

import keras
import tensorflow as tf

from zoo.core import distribution
from zoo.data import image, text
from zoo.layers import augmentation
from zoo.matching.model import Matcher


@keras.saving.register_keras_serializable("zoo")
class TextImageMatcher(Matcher):
    """Trains a `DualEncoder` so that a caption and its picture find each other in the batch.

    Args:
        generator: `DualEncoder`.
        augment: parts of differentiable augmentation, see `zoo.layers.augmentation.augment`.
        kwargs: see `AdversarialModel`.

    Batches: `tokens` int32 `(n, length)`, `image` float32 `(n, height, width, channels)` in
        [-1, 1].
    """

    def __init__(self, generator, augment=("translation",), **kwargs):
        super().__init__(generator, **kwargs)
        self.augment = tuple(augment)

    def condition(self, inputs):
        """Takes (captions, pictures), strings `(n,)` and `(n, height, width, channels)`, uint8 or
        float32 in [-1, 1].

        The result is both embeddings, float32 `(n, output_dim)` of unit length.
        """
        captions, pictures = inputs
        tokenizer = text.tokenizer_for(self.generator.text_encoder)
        return {"tokens": tokenizer(tf.convert_to_tensor(captions, tf.string)),
                "image": image.as_float(pictures)}

    def generate(self, batch, noise, training):
        image = batch["image"]
        if training:
            uniforms = distribution.uniform(
                batch["seed"], tf.shape(image)[0], (augmentation.NUM_UNIFORMS,))
            image = augmentation.augment(image, uniforms, self.augment)
        network = self.generator if training else self.ema_generator
        return network(batch["tokens"], image, training=training)

    def shipped_networks(self):
        return {"text_encoder": self.ema_generator.text_encoder,
                "image_encoder": self.ema_generator.image_encoder}

    def get_config(self):
        return super().get_config() | {"augment": self.augment}
