"""Matching captions with pictures: the protocol's case without a discriminator."""

import keras
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data import image, text
from zoo.layers import augmentation
from zoo.losses.matching import symmetric_softmax


@keras.saving.register_keras_serializable("zoo")
class TextImageMatcher(AdversarialModel):
    """Trains a `DualEncoder` so that a caption and its picture find each other in the batch.

    Args:
        generator: `DualEncoder`.
        augment: parts of differentiable augmentation, see `zoo.layers.augmentation.augment`.
        kwargs: see `AdversarialModel`.

    Batches: `tokens` int32 `(n, length)`, `image` float32 `(n, height, width, channels)` in
        [-1, 1].
    """

    default_loss_weights = {"g_matching": 1.0}
    terms_without_discriminator = ("g_matching",)

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

    def result(self, made):
        texts, pictures, _ = made
        return texts, pictures

    def generate(self, batch, noise, training):
        image = batch["image"]
        if training:
            uniforms = distribution.uniform(
                batch["seed"], tf.shape(image)[0], (augmentation.NUM_UNIFORMS,))
            image = augmentation.augment(image, uniforms, self.augment)
        network = self.generator if training else self.ema_generator
        return network(batch["tokens"], image, training=training)

    def generator_losses(self, batch, fake, training=True):
        text, image, scale = fake
        return {"g_matching": symmetric_softmax(
            text, image, scale, distribution.gather_replicas(text),
            distribution.gather_replicas(image), distribution.first_row(tf.shape(text)[0]))}

    def shipped_networks(self):
        return {"text_encoder": self.ema_generator.text_encoder,
                "image_encoder": self.ema_generator.image_encoder}

    def get_config(self):
        return super().get_config() | {"augment": self.augment}
