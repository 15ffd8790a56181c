"""Architecture: two encoders into one space."""

import keras


class EncoderPair(keras.Model):
    """Two encoders whose outputs are compared by cosine similarity.

    A subclass names both, which are its constructor's arguments, and documents what they take.

    Args:
        encoders: mapping of names to built networks with outputs `(batch, dim)` of one dim.

    Call: the first encoder's inputs, the second's -> two float32 `(batch, dim)` of unit length, and
        the positive scalar by which similarities are scaled into logits, learned (Radford et al.
        2021, section 2.4).

    Attributes:
        encoder_names: names of both, which are attributes too.
    """

    encoder_names = ()

    def __init__(self, encoders, **kwargs):
        # In bfloat16 the scale would keep two digits.
        super().__init__(**{"dtype": "float32"} | kwargs)
        for name in self.encoder_names:
            setattr(self, name, encoders[name])
        self.log_scale = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(2.659), name="log_scale")
        self.built = True

    def call(self, first, second, training=None):
        embeddings = [keras.ops.normalize(getattr(self, name)(inputs, training=training))
                      for name, inputs in zip(self.encoder_names, (first, second), strict=True)]
        scale = keras.ops.exp(keras.ops.minimum(self.log_scale, 4.6052))  # At most 100.
        return *embeddings, scale

    def get_config(self):
        return super().get_config() | {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in self.encoder_names}

    @classmethod
    def from_config(cls, config):
        encoders = {name: keras.saving.deserialize_keras_object(config[name])
                    for name in cls.encoder_names}
        return cls(**{**config, **encoders})
