"""The two moments of a normal distribution, from features."""

import keras


@keras.saving.register_keras_serializable("zoo")
class Moments(keras.layers.Dense):
    """A dense layer that says where a normal distribution lies, in float32.

    Args:
        dim: its dimensions.

    Call: features float `(batch, channels)` -> (mean, log of the standard deviation), each float32
        `(batch, dim)`; the latter in [-5, 2].
    """

    def __init__(self, dim, name=None, **kwargs):
        super().__init__(2 * dim, name=name, **{"dtype": "float32"} | kwargs)
        self.dim = dim

    def call(self, features, training=None):
        mean, log_sigma = keras.ops.split(super().call(features), 2, axis=-1)
        return mean, keras.ops.clip(log_sigma, -5.0, 2.0)

    def compute_output_shape(self, features_shape):
        return (*features_shape[:-1], self.dim), (*features_shape[:-1], self.dim)

    def get_config(self):
        config = super().get_config()
        del config["units"]
        return config | {"dim": self.dim}
