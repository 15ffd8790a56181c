"""The exported product: captions in, pictures out; tokenizer and encoding inside."""

import tensorflow as tf

from zoo.captioned import generation
from zoo.core.export import ServingModule
from zoo.data import text
from zoo.data.served import bounds, seeds
from zoo.data.served.pictures import squares

_MAX_PIXELS = 2**21  # Of all pictures of a call together: 512 of 64x64.
CAPTION = tf.TensorSpec((None,), tf.string, name="caption")
PAIR = (CAPTION, tf.TensorSpec((None,), tf.string, name="png_bytes"))


def png(pictures):
    """Encodes uint8 pictures `(n, height, width, channels)`, string `(n,)`; in the graph."""
    return tf.map_fn(tf.io.encode_png, pictures, fn_output_signature=tf.string)


class GeneratorServing(ServingModule):
    """Signature of a generator that was trained without a discriminator.

    `serving_default(caption: string[N], seed: int64)` -> `image: uint8[N, height, width, 3]`,
    `png_bytes: string[N]`. Picture i is a function of the caption, the seed and i; with a seed a
    row, int64[N], of its caption and its own seed. Of a generator with several stages also what
    those before the last make, `image_stage_one`, `png_stage_one_bytes`, ….

    A call makes at most 2^21 pixels; what asks for more is an `InvalidArgumentError`.

    Args:
        model: `CaptionedGAN`.
    """

    def __init__(self, model):
        super().__init__(model)
        self.tokenizer = text.tokenizer_for(model.text_encoder)
        *_, picture = model.stages(
            tf.zeros((1, model.text_encoder.output_dim)), tf.zeros((1, model.noise_dim)))
        self.image_size = picture.shape[1]  # Pixels, of the finished pictures' sides.

    def check_count(self, count, name):
        """Returns the operation that fails at run time where so many pictures are too many."""
        return bounds.within(count, name, 0, _MAX_PIXELS // self.image_size**2)

    @tf.function(input_signature=[CAPTION, seeds.SEED])
    def generate(self, caption, seed):
        """See the class: `serving_default`."""
        rows = tf.shape(caption)[0]
        caption, seed = bounds.after(
            [seeds.check(seed, rows), self.check_count(rows, "caption: number of rows")],
            caption, seed)
        tokens, latents = bounds.or_one_row(
            self.tokenizer(caption), seeds.normal(seed, rows, (self.model.noise_dim,)))
        *earlier, last = (pictures[:rows] for pictures in generation.generate_stages(
            self.model, tokens, latents))
        results = {"image": last, "png_bytes": png(last)}
        for stage, pictures in zip(generation.STAGES, earlier):
            results |= {f"image_{stage}": pictures, f"png_{stage}_bytes": png(pictures)}
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

    `score(caption: string[N], png_bytes: string[N])` -> `score: float32[N]`, the logits of D for
    each pair; pictures are read as those of training: upright, on white, the middle square,
    averaged by area. One that will not do is an `InvalidArgumentError` that says which.
    """

    @tf.function(input_signature=PAIR)
    def score(self, caption, png_bytes):
        """See the class."""
        rows = tf.shape(caption)[0]
        caption, png_bytes = bounds.after(
            [bounds.as_many(caption, png_bytes, "caption, png_bytes"),
             self.check_count(rows, "caption: number of rows")], caption, png_bytes)
        pictures = squares(png_bytes, "png_bytes", self.image_size)
        judged = self.judge(*bounds.or_one_row(pictures, self.tokenizer(caption)))
        return {name: values[:rows] for name, values in judged.items()}

    def judge(self, pictures, tokens):
        """Returns the results of `score`, by name."""
        return {"score": self.model.judge(pictures, self.model.embed(tokens))}

    def check_inputs(self):
        inputs = self.generation_inputs()
        pair = {"caption": inputs["caption"], "png_bytes": self.generate(**inputs)["png_bytes"]}
        return {"serving_default": inputs, "score": pair}

    @property
    def signatures(self):
        return {"serving_default": self.generate, "score": self.score}
