"""Nearest-neighbour upsampling and a 3x3 convolution, in one cheaper operation."""

import keras
import numpy as np
import tensorflow as tf

# Row k: which taps of the 3-tap kernel meet in tap k of the 4-tap stride-2 transposed kernel.
_SUM_OF_TAPS = ((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 1.0, 0.0), (1.0, 0.0, 0.0))
# The same in both directions: `(16, 9)`.
_SUM_OF_TAPS_2D = np.kron(_SUM_OF_TAPS, _SUM_OF_TAPS)


@keras.saving.register_keras_serializable("zoo")
class UpsampleConv2D(keras.layers.Layer):
    """Doubles height and width by nearest neighbour, then convolves 3x3 ("same"); no checkerboard.

    Computed as one 4x4 stride-2 transposed convolution with the kernel M·W·Mᵀ, which is the same
    function at 16 multiplications an output instead of 36. The weights stay the 3x3 kernel.

    Args:
        filters: channels out.
        use_bias: adds one bias a channel.
        kernel_initializer: Keras initializer of the `(3, 3, in, filters)` kernel.

    Call: float `(batch, height, width, in)` -> `(batch, 2 height, 2 width, filters)`.
    """

    def __init__(self, filters, use_bias=True, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(3, 3, input_shape[-1], self.filters), name="kernel",
            initializer=self.kernel_initializer)
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.filters,), name="bias", initializer="zeros")

    def call(self, inputs):
        # One product of matrices: an einsum over all five axes takes as long as the convolution.
        taps = tf.transpose(tf.convert_to_tensor(self.kernel), (0, 1, 3, 2))
        sums = tf.constant(_SUM_OF_TAPS_2D, self.compute_dtype)
        kernel = tf.reshape(tf.matmul(sums, tf.reshape(taps, (9, -1))), (4, 4, *taps.shape[2:]))
        shape = tf.shape(inputs)
        size = tf.stack([shape[0], 2 * shape[1], 2 * shape[2], self.filters])
        outputs = tf.nn.conv2d_transpose(inputs, kernel, size, strides=2, padding="SAME")
        outputs.set_shape((*self.compute_output_shape(inputs.shape),))
        return tf.nn.bias_add(outputs, self.bias) if self.use_bias else outputs

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, height and 2 * height, width and 2 * width, self.filters)

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
