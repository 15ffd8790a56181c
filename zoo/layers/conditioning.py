"""Ways for a condition to enter a network."""

import keras


@keras.saving.register_keras_serializable("zoo")
class AffineModulation(keras.layers.Layer):
    """Scales and shifts each channel by amounts computed from the condition.

    y = gamma(c)·x + beta(c), each a two-layer perceptron as wide as the features, starting at
    gamma = 1 and beta = 0 (DF-GAN, Tao et al. 2022, section 3.3).

    Call: features `(batch, height, width, channels)`, condition `(batch, dim)` -> like features.
    """

    def build(self, features_shape, condition_shape):
        channels = features_shape[-1]
        self.gamma = self._perceptron(channels, "ones", condition_shape, "gamma")
        self.beta = self._perceptron(channels, "zeros", condition_shape, "beta")

    def _perceptron(self, channels, start, condition_shape, name):
        perceptron = keras.Sequential([
            keras.layers.Dense(channels, activation="relu", dtype=self.dtype_policy),
            keras.layers.Dense(channels, kernel_initializer="zeros", bias_initializer=start,
                               dtype=self.dtype_policy),
        ], name=name)
        perceptron.build(condition_shape)
        return perceptron

    def call(self, features, condition):
        gamma = self.gamma(condition)[:, None, None, :]
        beta = self.beta(condition)[:, None, None, :]
        return gamma * features + beta

    def compute_output_shape(self, features_shape, condition_shape):
        return features_shape


def tile_condition(condition, features):
    """Concatenates the condition to every position of a feature map (Reed et al. 2016, section 4).

    Args:
        condition: `(batch, dim)`.
        features: `(batch, height, width, channels)`.

    Returns:
        `(batch, height, width, channels + dim)`, features first.
    """
    _, height, width, _ = features.shape
    condition = keras.ops.cast(condition, features.dtype)[:, None, None, :]
    return keras.ops.concatenate(
        [features, keras.ops.tile(condition, (1, height, width, 1))], axis=-1)
