"""The exported product of a StackGAN: the whole stack, with the pictures of all its stages."""

import tensorflow as tf

from zoo.captioned.serving import GeneratorServing, PairServing
from zoo.stackgan.model import MultiStageGAN


def serving_module(model):
    """Returns the module to export: its signatures follow from what the model can judge."""
    if model.discriminator is None:
        return GeneratorServing(model)
    return (MultiStageServing if isinstance(model, MultiStageGAN) else PairServing)(model)


class MultiStageServing(PairServing):
    """Signatures of a StackGAN++.

    `serving_default` as in `GeneratorServing`.

    `score(caption: string[N], png_bytes: string[N])` -> `p_real: float32[N]`, `p_match:
    float32[N]` in [0, 1], what the discriminator of the largest pictures says; pictures are read
    as in `PairServing`.
    """

    def judge(self, pictures, tokens):
        logits = self.model.discriminator(
            self.model.seen(pictures), self.model.embed(tokens), training=False)
        return {f"p_{name}": tf.sigmoid(logits[f"{score}_{self.image_size}"])
                for name, score in (("real", "realism"), ("match", "match"))}
