"""Recurrence over the frames of a clip."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("zoo")
class ConvLSTM(keras.layers.Layer):
    """Convolutional LSTM (Shi et al. 2015, eq. 3, without peepholes) for frames of any size.

    (That of Keras wants the size of the frames when it is built.)

    Args:
        filters: channels of the state.
        kernel_size: of the convolution over input and state.

    Call: float `(batch, time, height, width, channels)`, time static -> the last state
        `(batch, height, width, filters)`.
    """

    def __init__(self, filters, kernel_size=3, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size

    def build(self, input_shape):
        self.gates = keras.layers.Conv2D(
            4 * self.filters, self.kernel_size, padding="same", dtype=self.dtype_policy,
            name="gates")
        self.gates.build((None, None, None, input_shape[-1] + self.filters))

    def call(self, inputs):
        frames = tf.unstack(inputs, axis=1)
        state = tf.zeros((*keras.ops.shape(frames[0])[:3], self.filters), inputs.dtype)
        cell = state
        for frame in frames:
            gates = self.gates(tf.concat([frame, state], axis=-1))
            enter, forget, leave, new = tf.split(gates, 4, axis=-1)
            # A gate that begins at sigmoid(1) forgets slowly (Jozefowicz et al. 2015).
            cell = tf.sigmoid(forget + 1.0) * cell + tf.sigmoid(enter) * tf.tanh(new)
            state = tf.sigmoid(leave) * tf.tanh(cell)
        return state

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *input_shape[2:4], self.filters)

    def get_config(self):
        return super().get_config() | {"filters": self.filters, "kernel_size": self.kernel_size}
