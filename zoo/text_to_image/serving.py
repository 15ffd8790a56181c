"""The exported product: captions in, pictures out; tokenizer and encoding inside."""

import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data import image, text
from zoo.text_to_image import generation, judgement
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

_PAIR = (tf.TensorSpec((None,), tf.string, name="caption"),
         tf.TensorSpec((None,), tf.string, name="png"))


def _png(pictures):
    return tf.map_fn(tf.io.encode_png, pictures, fn_output_signature=tf.string)


def serving_module(model):
    """Returns the module to export: its signatures follow from what the model can judge."""
    if model.discriminator is None:
        return SupervisedServing(model)
    two_scores = isinstance(model, TwoScoreTextToImageGAN)
    return (TwoScoreServing if two_scores else TextToImageServing)(model)


class SupervisedServing(ServingModule):
    """Signature of a generator that was trained without a discriminator.

    `serving_default(caption: string[N], seed: int64)` -> `image: uint8[N, height, width, 3]`,
    `png: string[N]`. Picture i is a function of the caption, the seed and i.

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
        return {"image": pictures, "png": _png(pictures)}

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


class TextToImageServing(SupervisedServing):
    """Signatures of a generator and a discriminator of one score.

    `serving_default` as in `SupervisedServing`.

    `score(caption: string[N], png: string[N])` -> `score: float32[N]`, the logits of D for each
    pair; pictures of other sizes are resized.
    """

    @tf.function(input_signature=_PAIR)
    def score(self, caption, png):
        """See the class."""
        pictures = image.decode(png, self.model.discriminator.image_size)
        embedding = self.model.embed(self.tokenizer(caption))
        return {"score": self.model.discriminator(pictures, embedding, training=False)}

    def check_inputs(self):
        inputs = self.generation_inputs()
        pair = {"caption": inputs["caption"], "png": self.generate(**inputs)["png"]}
        return {"serving_default": inputs, "score": pair}

    @property
    def signatures(self):
        return {"serving_default": self.generate, "score": self.score}


class TwoScoreServing(TextToImageServing):
    """Signatures of a model whose discriminator says which went wrong.

    `serving_default(caption: string[N], seed: int64, num_candidates: int32)` -> `image`, `png` as
    in `SupervisedServing`, of `num_candidates` (at least 1) pictures a caption the one with the
    largest p_real · p_match, and `p_real: float32[N]`, `p_match: float32[N]` in [0, 1].

    `score(caption: string[N], png: string[N])` -> `p_real: float32[N]`, `p_match: float32[N]`, for
    any pictures; those of other sizes are resized.
    """

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="caption"),
                                  tf.TensorSpec((), tf.int64, name="seed"),
                                  tf.TensorSpec((), tf.int32, name="num_candidates")])
    def generate(self, caption, seed, num_candidates):
        """See the class: `serving_default`."""
        pictures, p_real, p_match = judgement.best_of(
            self.model, self.tokenizer(caption), seed, num_candidates)
        return {"image": pictures, "png": _png(pictures), "p_real": p_real, "p_match": p_match}

    @tf.function(input_signature=_PAIR)
    def score(self, caption, png):
        """See the class."""
        pictures = image.decode(png, self.model.discriminator.image_size)
        p_real, p_match = self.model.probabilities(pictures, self.tokenizer(caption))
        return {"p_real": p_real, "p_match": p_match}

    def generation_inputs(self):
        return super().generation_inputs() | {"num_candidates": tf.constant(2)}
