"""The exported product of a text-to-image GAN; with two scores it chooses among candidates."""

import tensorflow as tf

from zoo.captioned.serving import PAIR, GeneratorServing, PairServing, png
from zoo.data.served.pictures import squares
from zoo.text_to_image import judgement
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN


def serving_module(model):
    """Returns the module to export: its signatures follow from what the model can judge."""
    if model.discriminator is None:
        return GeneratorServing(model)
    two_scores = isinstance(model, TwoScoreTextToImageGAN)
    return (TwoScoreServing if two_scores else PairServing)(model)


class TwoScoreServing(PairServing):
    """Signatures of a model whose discriminator says which went wrong.

    `serving_default(caption: string[N], seed: int64, num_candidates: int32)` -> `image`, `png` as
    in `GeneratorServing`, of `num_candidates` (at least 1) pictures a caption the one with the
    largest p_real · p_match, and `p_real: float32[N]`, `p_match: float32[N]` in [0, 1].

    `score(caption: string[N], png: string[N])` -> `p_real: float32[N]`, `p_match: float32[N]`, for
    any pictures; those of other sizes are resized.
    """

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="caption"),
                                  tf.TensorSpec((), tf.int64, name="seed"),
                                  tf.TensorSpec((), tf.int32, name="num_candidates")])
    def generate(self, caption, seed, num_candidates):
        """See the class: `serving_default`."""
        judged = judgement.candidates(self.model, self.tokenizer(caption), seed, num_candidates)
        best = judgement.best(*judged[1:])
        pictures, p_real, p_match = (tf.gather(each, best, batch_dims=1) for each in judged)
        return {"image": pictures, "png": png(pictures), "p_real": p_real, "p_match": p_match}

    @tf.function(input_signature=PAIR)
    def score(self, caption, png):
        """See the class."""
        pictures = squares(png, "png", self.model.discriminator.image_size)
        p_real, p_match = self.model.probabilities(pictures, self.tokenizer(caption))
        return {"p_real": p_real, "p_match": p_match}

    def generation_inputs(self):
        return super().generation_inputs() | {"num_candidates": tf.constant(2)}
