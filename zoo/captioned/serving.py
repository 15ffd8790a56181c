"""The exported product: captions in, pictures out; tokenizer and encoding inside."""

import tensorflow as tf

from zoo.captioned import generation
from zoo.core.export import ServingModule
from zoo.data import text
from zoo.data.served.pictures import squares

PAIR = (tf.TensorSpec((None,), tf.string, name="caption"),
        tf.TensorSpec((None,), tf.string, name="png"))


def png(pictures):
    """Encodes uint8 pictures `(n, height, width, channels)`, string `(n,)`; in the graph."""
    return tf.map_fn(tf.io.encode_png, pictures, fn_output_signature=tf.string)


class GeneratorServing(ServingModule):
    """Signature of a generator that was trained without a discriminator.

    `serving_default(caption: string[N], seed: int64)` -> `image: uint8[N, height, width, 3]`,
    `png: string[N]`. Picture i is a function of the caption, the seed and i. Of a generator with
    several stages also what those before the last make, `image_stage_one`, `png_stage_one`, ….

    Args:
        model: `CaptionedGAN`.
    """

    def __init__(self, model):
        super().__init__(model)
        self.tokenizer = text.tokenizer_for(model.text_encoder)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="caption"),
                                  tf.TensorSpec((), tf.int64, name="seed")])
    def generate(self, caption, seed):
        """See the class: `serving_default`."""
        latents = generation.noise(seed, tf.shape(caption)[0], self.model.noise_dim)
        *earlier, last = generation.generate_stages(self.model, self.tokenizer(caption), latents)
        results = {"image": last, "png": png(last)}
        for stage, pictures in zip(generation.STAGES, earlier):
            results |= {f"image_{stage}": pictures, f"png_{stage}": png(pictures)}
        return results

    def generation_inputs(self):
        """Returns arguments of `serving_default`, to compare the exported model on."""
        captions = tf.constant([" ".join(self.tokenizer.vocabulary[:3]), "a red heart", ""])
        return {"caption": captions, "seed": tf.constant(7, tf.int64)}

    def check_inputs(self):
        """Returns such arguments for each signature."""
        return {"serving_default": self.generation_inputs()}

    @property
    def signatures(self):
        return {"serving_default": self.generate}


class PairServing(GeneratorServing):
    """Signatures of a generator and a discriminator of one score.

    `serving_default` as in `GeneratorServing`.

    `score(caption: string[N], png: string[N])` -> `score: float32[N]`, the logits of D for each
    pair; pictures are read as those of training: upright, on white, the middle square, averaged by
    area. One that will not do is an `InvalidArgumentError` that says which.
    """

    @tf.function(input_signature=PAIR)
    def score(self, caption, png):
        """See the class."""
        pictures = squares(png, "png", self.model.discriminator.image_size)
        embedding = self.model.embed(self.tokenizer(caption))
        return {"score": self.model.discriminator(pictures, embedding, training=False)}

    def check_inputs(self):
        inputs = self.generation_inputs()
        pair = {"caption": inputs["caption"], "png": self.generate(**inputs)["png"]}
        return {"serving_default": inputs, "score": pair}

    @property
    def signatures(self):
        return {"serving_default": self.generate, "score": self.score}
