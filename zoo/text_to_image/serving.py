"""The exported product of a text-to-image GAN; with two scores it chooses among candidates."""

import tensorflow as tf

from zoo.captioned.serving import CAPTION, GeneratorServing, PairServing, png
from zoo.data.served import bounds, seeds
from zoo.text_to_image import judgement
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

_MAX_CANDIDATES = 64


def serving_module(model):
    """Returns the module to export: its signatures follow from what the model can judge."""
    if model.discriminator is None:
        return GeneratorServing(model)
    two_scores = isinstance(model, TwoScoreTextToImageGAN)
    return (TwoScoreServing if two_scores else PairServing)(model)


class TwoScoreServing(PairServing):
    """Signatures of a model whose discriminator says which went wrong.

    `serving_default(caption: string[N], seed: int64, num_candidates: int32)` -> `image`,
    `png_bytes` as in `GeneratorServing`, of `num_candidates` (1 to 64) pictures a caption the one
    with the largest p_real · p_match, and `p_real: float32[N]`, `p_match: float32[N]` in [0, 1].

    `score(caption: string[N], png_bytes: string[N])` -> `p_real: float32[N]`, `p_match:
    float32[N]`, for any pictures; they are read as in `PairServing`.
    """

    @tf.function(input_signature=[CAPTION, seeds.SEED,
                                  tf.TensorSpec((), tf.int32, name="num_candidates")])
    def generate(self, caption, seed, num_candidates):
        """See the class: `serving_default`."""
        rows = tf.shape(caption)[0]
        caption, seed, num_candidates = bounds.after(
            [seeds.check(seed, rows),
             bounds.within(num_candidates, "num_candidates", 1, _MAX_CANDIDATES),
             self.check_count(tf.cast(rows, tf.int64) * tf.cast(num_candidates, tf.int64),
                              "caption: number of rows times num_candidates")],
            caption, seed, num_candidates)
        latents = seeds.normal(seed, rows, (num_candidates, self.model.noise_dim))
        latents = tf.ensure_shape(latents, (None, None, self.model.noise_dim))
        judged = judgement.candidates(
            self.model, *bounds.or_one_row(self.tokenizer(caption), latents))
        best = judgement.best(*judged[1:])
        pictures, p_real, p_match = (
            tf.gather(each, best, batch_dims=1)[:rows] for each in judged)
        return {"image": pictures, "png_bytes": png(pictures), "p_real": p_real,
                "p_match": p_match}

    def judge(self, pictures, tokens):
        p_real, p_match = self.model.probabilities(pictures, tokens)
        return {"p_real": p_real, "p_match": p_match}

    def generation_inputs(self):
        return super().generation_inputs() | {"num_candidates": tf.constant(2)}
