"""Architecture: a text encoder and an image encoder into one space."""

import keras

from zoo.matching.networks import EncoderPair


@keras.saving.register_keras_serializable("zoo")
class DualEncoder(EncoderPair):
    """A text encoder and an image encoder whose outputs are compared by cosine similarity.

    Args:
        text_encoder, image_encoder: built networks with outputs `(batch, dim)` of one dim.

    Call: tokens int32 `(batch, length)`, image float `(batch, height, width, channels)` in
        [-1, 1] -> see `EncoderPair`.
    """

    encoder_names = ("text_encoder", "image_encoder")

    def __init__(self, text_encoder, image_encoder, **kwargs):
        super().__init__({"text_encoder": text_encoder, "image_encoder": image_encoder}, **kwargs)
