"""Architecture: two encoders into one space."""

import keras


@keras.saving.register_keras_serializable("zoo")
class DualEncoder(keras.Model):
    """A text encoder and an image encoder whose outputs are compared by cosine similarity.

    Args:
        text_encoder, image_encoder: built networks with outputs `(batch, dim)` of one dim.

    Call: tokens int32 `(batch, length)`, image float `(batch, height, width, channels)` in
        [-1, 1] -> two float32 `(batch, dim)` of unit length, and the positive scalar by which
        similarities are scaled into logits, learned (Radford et al. 2021, section 2.4).
    """

    def __init__(self, text_encoder, image_encoder, **kwargs):
        # In bfloat16 the scale would keep two digits.
        super().__init__(**{"dtype": "float32"} | kwargs)
        self.text_encoder = text_encoder
        self.image_encoder = image_encoder
        self.log_scale = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(2.659), name="log_scale")
        self.built = True

    def call(self, tokens, image, training=None):
        text = self.text_encoder(tokens, training=training)
        image = self.image_encoder(image, training=training)
        scale = keras.ops.exp(keras.ops.minimum(self.log_scale, 4.6052))  # At most 100.
        return keras.ops.normalize(text), keras.ops.normalize(image), scale

    def get_config(self):
        return super().get_config() | {
            "text_encoder": keras.saving.serialize_keras_object(self.text_encoder),
            "image_encoder": keras.saving.serialize_keras_object(self.image_encoder),
        }

    @classmethod
    def from_config(cls, config):
        encoders = {name: keras.saving.deserialize_keras_object(config[name])
                    for name in ("text_encoder", "image_encoder")}
        return cls(**{**config, **encoders})
