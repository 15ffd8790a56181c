"""Noise that is a pure function of a seed for each example, whatever else is in its batch."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("zoo")
class SeededDropout(keras.layers.Layer):
    """Sets a share of the features to zero and scales the others up, at inference too.

    The noise of pix2pix (Isola et al. 2017, section 3.2). Which features fall is decided by each
    example's seed alone, so it does not depend on the rest of the batch.

    Args:
        rate: share set to zero, in (0, 1).
        salt: int added to the seeds, so that several layers draw differently.

    Call: features `(batch, height, width, channels)`, seeds int32 `(batch, 2)` -> like features.
    """

    def __init__(self, rate=0.5, salt=0, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.salt = salt

    def call(self, features, seeds):
        shape = tf.shape(features)[1:]
        uniforms = tf.map_fn(
            lambda seed: tf.random.stateless_uniform(shape, seed, alg="philox"),
            seeds + tf.constant([0, self.salt]), fn_output_signature=tf.float32)
        kept = tf.cast(uniforms >= self.rate, features.dtype)
        return features * tf.ensure_shape(kept, features.shape) / (1.0 - self.rate)

    def compute_output_shape(self, features_shape, seeds_shape):
        return features_shape

    def get_config(self):
        return super().get_config() | {"rate": self.rate, "salt": self.salt}


@keras.saving.register_keras_serializable("zoo")
class SeededNormal(keras.layers.Layer):
    """Draws a noise vector for each example, standard normal.

    Args:
        dim: its length.

    Call: seeds int32 `(batch, 2)` -> float32 `(batch, dim)`.
    """

    def __init__(self, dim, **kwargs):
        super().__init__(**{"dtype": "float32"} | kwargs)
        self.dim = dim

    def call(self, seeds):
        # Not the seeds themselves: dropout draws with these.
        drawn = tf.map_fn(
            lambda seed: tf.random.stateless_normal((self.dim,), seed, alg="philox"),
            seeds - tf.constant([0, 1]), fn_output_signature=tf.float32)
        return tf.ensure_shape(drawn, (seeds.shape[0], self.dim))

    def compute_output_shape(self, seeds_shape):
        return (seeds_shape[0], self.dim)

    def get_config(self):
        return super().get_config() | {"dim": self.dim}
