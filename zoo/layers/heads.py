"""The last layers of a discriminator that judges a picture together with its text."""

import keras
from keras import layers

from zoo.layers.conditioning import tile_condition


def _to_logits(outputs):
    return keras.ops.cast(keras.ops.reshape(outputs, (-1,)), "float32")


@keras.saving.register_keras_serializable("zoo")
class TwoScoreHead(layers.Layer):
    """Two scores, so that one can tell which of the two went wrong: is it real? does it match?

    Realism is computed from the picture's features alone, the match from features and text
    (StackGAN++, Zhang et al. 2018, section 3.2; the released code's layers without batch norm).

    Args:
        filters: channels of the 3x3 convolution where text and features meet; 0: as many as the
            features have.

    Call: features `(batch, height, width, channels)`, text_embedding `(batch, dim)` ->
        `{"realism", "match"}`, logits float32 `(batch,)` each.
    """

    def __init__(self, filters=0, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, features_shape, text_embedding_shape):
        dtype = self.dtype_policy
        batch, height, width, channels = features_shape
        filters = self.filters or channels
        self.match_conv = layers.Conv2D(filters, 3, padding="same", use_bias=False, dtype=dtype,
                                        name="match_conv")
        self.match_conv.build((batch, height, width, channels + text_embedding_shape[-1]))
        self.to_match = layers.Conv2D(1, (height, width), dtype=dtype, name="to_match")
        self.to_match.build((batch, height, width, filters))
        self.to_realism = layers.Conv2D(1, (height, width), dtype=dtype, name="to_realism")
        self.to_realism.build(features_shape)

    def call(self, features, text_embedding):
        joint = self.match_conv(tile_condition(text_embedding, features))
        return {"realism": _to_logits(self.to_realism(features)),
                "match": _to_logits(self.to_match(keras.ops.leaky_relu(joint, 0.2)))}

    def get_config(self):
        return super().get_config() | {"filters": self.filters}


@keras.saving.register_keras_serializable("zoo")
class ProjectionHead(layers.Layer):
    """One score, realism plus match: psi(phi(x)) + <V c, phi(x)> with phi summed over positions.

    Source: Miyato & Koyama 2018, section 3, eq. 4, with a linear map of the text embedding in the
    place of the embedding of a class.

    Call: features `(batch, height, width, channels)`, text_embedding `(batch, dim)` -> logits
        float32 `(batch,)`.
    """

    def build(self, features_shape, text_embedding_shape):
        dtype, channels = self.dtype_policy, features_shape[-1]
        self.realism = layers.Dense(1, dtype=dtype, name="realism")
        self.realism.build((None, channels))
        self.text_map = layers.Dense(channels, use_bias=False, dtype=dtype, name="text_map")
        self.text_map.build(text_embedding_shape)

    def call(self, features, text_embedding):
        pooled = keras.ops.sum(keras.ops.leaky_relu(features, 0.2), axis=(1, 2))
        match = keras.ops.sum(self.text_map(text_embedding) * pooled, axis=-1)
        return _to_logits(self.realism(pooled)) + keras.ops.cast(match, "float32")


# What `--hparam=discriminator=` may name besides "joint", the network's own last layers.
HEADS = {"two_score": TwoScoreHead, "projection": ProjectionHead}
