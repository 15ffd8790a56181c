"""Convolution and batch norm as GAN-CLS and StackGAN start them, and their residual block."""

import keras

INITIALIZER_STDDEV = 0.02


def convolution(filters, kernel_size, strides=1, padding="same", use_bias=True, dtype=None):
    """Returns a convolution whose kernel starts at N(0, 0.02)."""
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding=padding,
        use_bias=use_bias,
        kernel_initializer=keras.initializers.RandomNormal(0.0, INITIALIZER_STDDEV),
        dtype=dtype,
    )


def batch_norm(dtype):
    """Returns batch norm whose scale starts at N(1, 0.02), with Torch's momentum and epsilon."""
    return keras.layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=keras.initializers.RandomNormal(1.0, INITIALIZER_STDDEV),
        synchronized=True,
        dtype=dtype,
    )


@keras.saving.register_keras_serializable(package="zoo")
class BottleneckResidualBlock(keras.layers.Layer):
    """Leaky ReLU of the sum of the input and three convolutions: 1x1, 3x3, 3x3.

    Input and output are (batch, height, width, channels). Each convolution is followed by batch
    norm, and the first two by leaky ReLU as well. Source: the released codes of Reed et al. 2016
    (`main_cls.lua`) and of Zhang et al. 2017.

    Args:
        bottleneck_channels: channels of the first two convolutions.
        negative_slope: slope of all activations below zero; 0 is plain ReLU.
        use_bias: False leaves the convolutions without a bias.
        **kwargs: `name`, `dtype` and `trainable`, as for any Keras layer.
    """

    def __init__(self, bottleneck_channels, negative_slope=0.0, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.bottleneck_channels = bottleneck_channels
        self.negative_slope = negative_slope
        self.use_bias = use_bias

    def build(self, input_shape):
        dtype, use_bias = self.dtype_policy, self.use_bias
        self.residual = keras.Sequential(
            [
                convolution(self.bottleneck_channels, 1, use_bias=use_bias, dtype=dtype),
                batch_norm(dtype),
                keras.layers.LeakyReLU(self.negative_slope, dtype=dtype),
                convolution(self.bottleneck_channels, 3, use_bias=use_bias, dtype=dtype),
                batch_norm(dtype),
                keras.layers.LeakyReLU(self.negative_slope, dtype=dtype),
                convolution(input_shape[-1], 3, use_bias=use_bias, dtype=dtype),
                batch_norm(dtype),
            ],
            name="residual",
        )
        self.residual.build(input_shape)

    def call(self, inputs, training=None):
        outputs = inputs + self.residual(inputs, training=training)
        return keras.ops.leaky_relu(outputs, self.negative_slope)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "bottleneck_channels": self.bottleneck_channels,
            "negative_slope": self.negative_slope,
            "use_bias": self.use_bias,
        }
