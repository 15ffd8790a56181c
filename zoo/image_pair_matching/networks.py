"""Architecture: two image encoders into one space."""

import keras

from zoo.matching.networks import EncoderPair


@keras.saving.register_keras_serializable("zoo")
class ImagePairEncoder(EncoderPair):
    """An encoder of sources and one of targets whose outputs are compared by cosine similarity.

    Args:
        source_encoder, target_encoder: built networks with outputs `(batch, dim)` of one dim.

    Call: source and target, float `(batch, height, width, channels)` in [-1, 1] -> see
        `EncoderPair`.
    """

    encoder_names = ("source_encoder", "target_encoder")

    def __init__(self, source_encoder, target_encoder, **kwargs):
        super().__init__(
            {"source_encoder": source_encoder, "target_encoder": target_encoder}, **kwargs)
