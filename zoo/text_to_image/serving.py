"""The exported product: captions in, pictures out; tokenizer and encoding inside."""

import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data import image, text
from zoo.text_to_image import generation


class TextToImageServing(ServingModule):
    """Signatures of a text-to-image model.

    `serving_default(caption: string[N], seed: int64)` -> `image: uint8[N, height, width, 3]`,
    `png: string[N]`. Picture i is a function of the caption, the seed and i.

    `score(caption: string[N], png: string[N])` -> `score: float32[N]`, the logits of D for each
    pair; pictures of other sizes are resized.

    Args:
        model: `TextToImageGAN`.
    """

    def __init__(self, model):
        super().__init__(model)
        self.tokenizer = text.Tokenizer(model.text_encoder.vocabulary)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="caption"),
                                  tf.TensorSpec((), tf.int64, name="seed")])
    def generate(self, caption, seed):
        """See the class: `serving_default`."""
        latents = generation.noise(seed, tf.shape(caption)[0], self.model.generator.latent_dim)
        pictures = generation.generate(self.model, self.tokenizer(caption), latents)
        return {"image": pictures, "png": tf.map_fn(
            tf.io.encode_png, pictures, fn_output_signature=tf.string)}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="caption"),
                                  tf.TensorSpec((None,), tf.string, name="png")])
    def score(self, caption, png):
        """See the class."""
        pictures = image.decode(png, self.model.discriminator.image_size)
        embedding = self.model.embed(self.tokenizer(caption))
        return {"score": self.model.discriminator(pictures, embedding, training=False)}

    def check_inputs(self):
        """Returns arguments for each signature, to compare the exported model on."""
        captions = tf.constant([" ".join(self.tokenizer.vocabulary[:3]), "a red heart", ""])
        seed = tf.constant(7, tf.int64)
        return {"serving_default": {"caption": captions, "seed": seed},
                "score": {"caption": captions, "png": self.generate(captions, seed)["png"]}}

    @property
    def signatures(self):
        return {"serving_default": self.generate, "score": self.score}
