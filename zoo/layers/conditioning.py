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


def gated(features):
    """Gated linear unit (Dauphin et al. 2017): the first half of the channels times the sigmoid of
    the second."""
    # Not `keras.ops.glu`, which came with Keras 3.7.
    values, gates = keras.ops.split(features, 2, axis=-1)
    return values * keras.ops.sigmoid(gates)


def tile_condition(condition, features):
    """Concatenates the condition to every position of a feature map (Reed et al. 2016, section 4).

    Args:
        condition: `(batch, dim)`.
        features: `(batch, height, width, channels)`.

    Returns:
        `(batch, height, width, channels + dim)`, features first.
    """
    condition = keras.ops.cast(condition, features.dtype)[:, None, None, :]
    # Not `tile`: in Keras before 3.8 it forgets how many channels there are.
    tiled = condition + keras.ops.zeros_like(features[..., :1])
    return keras.ops.concatenate([features, tiled], axis=-1)


@keras.saving.register_keras_serializable("zoo")
class ConditioningAugmentation(keras.layers.Layer):
    """Draws the condition from a normal distribution around the text (StackGAN, section 3.2).

    c = mu(t) + sigma(t)·noise with mu and log sigma from one dense layer. It fills the gaps
    between a data set's few captions, and gives one caption several pictures (Zhang et al. 2017).

    Args:
        dim: length of the condition, 128 in the paper.
        activation: of the dense layer, "leaky_relu" (0.2) as in the released code of StackGAN, or
            "glu", which halves a layer twice as wide, as in that of StackGAN++.
        noisy: False makes the condition mu itself, the ablation; then there is no sigma.

    Call: text_embedding float `(batch, text_dim)`, noise float `(batch, noise_dim)`, standard
        normal -> float `(batch, dim)`.

    Attributes:
        noise_dim: length of the noise: dim, or 0 where it is not noisy.
    """

    def __init__(self, dim=128, activation="leaky_relu", noisy=True, **kwargs):
        super().__init__(**kwargs)
        if activation not in ("leaky_relu", "glu"):
            raise ValueError(f"activation must be 'leaky_relu' or 'glu', got {activation!r}.")
        self.dim = dim
        self.activation = activation
        self.noisy = noisy
        self.noise_dim = dim if noisy else 0

    def build(self, text_embedding_shape, noise_shape):
        width = self.dim * (2 if self.noisy else 1) * (2 if self.activation == "glu" else 1)
        self.dense = keras.layers.Dense(width, dtype=self.dtype_policy, name="dense")
        self.dense.build(text_embedding_shape)

    def _activated(self, text_embedding):
        values = self.dense(text_embedding)
        if self.activation == "glu":
            return gated(values)
        return keras.ops.leaky_relu(values, 0.2)

    def statistics(self, text_embedding):
        """Returns (mu, log sigma), each `(batch, dim)`, where the condition is noisy."""
        return keras.ops.split(self._activated(text_embedding), 2, axis=-1)

    def call(self, text_embedding, noise):
        if not self.noisy:
            return self._activated(text_embedding)
        mean, log_sigma = self.statistics(text_embedding)
        return mean + keras.ops.exp(log_sigma) * noise

    def compute_output_shape(self, text_embedding_shape, noise_shape):
        return (text_embedding_shape[0], self.dim)

    def get_config(self):
        return super().get_config() | {
            "dim": self.dim, "activation": self.activation, "noisy": self.noisy}
