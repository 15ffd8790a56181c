"""What StackGAN's networks are made of; no convolution has a bias, as in the released code."""

import keras
from keras import layers

from zoo.layers.conditioning import gated
from zoo.layers.residual import INITIALIZER_STDDEV, batch_norm, convolution
from zoo.layers.upsampling import UpsampleConv2D


def check_widths(name, widths, fewest=1):
    """Raises `ValueError` unless there are enough widths, all positive."""
    if len(widths) < fewest or min(widths, default=1) < 1:
        raise ValueError(f"{name} must name at least {fewest} positive widths, got {widths}.")


def dense(units, dtype, use_bias=True):
    """Returns a dense layer whose kernel starts at N(0, 0.02)."""
    return layers.Dense(
        units, use_bias=use_bias, dtype=dtype,
        kernel_initializer=keras.initializers.RandomNormal(0.0, INITIALIZER_STDDEV))


class ConvNorm(layers.Layer):
    """Convolution, batch norm, activation.

    Args:
        filters: channels out.
        kernel_size, strides: of the convolution.
        activation: "relu", "leaky_relu" (0.2), "glu" (the convolution is twice as wide) or "none".
        upsample: True doubles height and width by nearest neighbour before a 3x3 convolution.

    Call: float `(batch, height, width, in)` -> `(batch, height', width', filters)`.
    """

    def __init__(self, filters, kernel_size=3, strides=1, activation="relu", upsample=False,
                 **kwargs):
        super().__init__(**kwargs)
        self.activation = activation
        width = 2 * filters if activation == "glu" else filters
        dtype = self.dtype_policy
        if upsample:
            self.conv = UpsampleConv2D(
                width, use_bias=False, dtype=dtype,
                kernel_initializer=keras.initializers.RandomNormal(0.0, INITIALIZER_STDDEV))
        else:
            self.conv = convolution(width, kernel_size, strides, use_bias=False, dtype=dtype)
        self.norm = batch_norm(dtype)

    def call(self, features, training=None):
        features = self.norm(self.conv(features), training=training)
        if self.activation == "none":
            return features
        if self.activation == "glu":
            return gated(features)
        return keras.ops.leaky_relu(features, 0.2 if self.activation == "leaky_relu" else 0.0)


class ResidualBlock(layers.Layer):
    """The sum of the input and two 3x3 convolutions with batch norm.

    Args:
        filters: channels in and out.
        activation: between the convolutions; "relu" is also applied to the sum (StackGAN), "glu"
            is not (StackGAN++).
    """

    def __init__(self, filters, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.activation = activation
        self.first = ConvNorm(filters, activation=activation, dtype=self.dtype_policy)
        self.second = ConvNorm(filters, activation="none", dtype=self.dtype_policy)

    def call(self, features, training=None):
        outputs = features + self.second(
            self.first(features, training=training), training=training)
        return keras.ops.relu(outputs) if self.activation == "relu" else outputs
