"""The exported product of a StackGAN: the whole stack, with the pictures of all its stages."""

import tensorflow as tf

from zoo.captioned.serving import PAIR, GeneratorServing, PairServing
from zoo.data.served.pictures import squares
from zoo.stackgan.model import MultiStageGAN


def serving_module(model):
    """Returns the module to export: its signatures follow from what the model can judge."""
    if model.discriminator is None:
        return GeneratorServing(model)
    return (MultiStageServing if isinstance(model, MultiStageGAN) else PairServing)(model)


class MultiStageServing(PairServing):
    """Signatures of a StackGAN++.

    `serving_default` as in `GeneratorServing`.

    `score(caption: string[N], png: string[N])` -> `p_real: float32[N]`, `p_match: float32[N]` in
    [0, 1], what the discriminator of the largest pictures says; those of other sizes are resized.
    """

    @tf.function(input_signature=PAIR)
    def score(self, caption, png):
        """See the class."""
        *_, size = self.model.discriminator.image_sizes
        pictures = self.model.seen(squares(png, "png", size))
        embedding = self.model.embed(self.tokenizer(caption))
        logits = self.model.discriminator(pictures, embedding, training=False)
        return {"p_real": tf.sigmoid(logits[f"realism_{size}"]),
                "p_match": tf.sigmoid(logits[f"match_{size}"])}
