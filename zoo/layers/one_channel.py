"""A convolution to one channel, as a matrix product."""

import keras
from keras import ops


_FIXED = {"filters": 1, "strides": 1, "padding": "same", "dilation_rate": 1, "groups": 1,
          "data_format": "channels_last"}


@keras.saving.register_keras_serializable("zoo")
class OneChannelConv2D(keras.layers.Conv2D):
    """`Conv2D` to one channel, "same" and of stride 1, such as gives a PatchGAN's logits.

    A matrix product computes what each position adds to each of its k·k neighbours, and these are
    shifted into place and summed: the same function and as many multiplications. oneDNN's own
    convolution computes eight channels and more at a time and leaves all but one unused.

    Args:
        kernel_size: height and width of the kernel.
        **kwargs: of `keras.layers.Conv2D`, but for the number of channels, strides, padding,
            dilation, groups and layout, which are given (`TypeError`).

    Call: float `(batch, height, width, in)` -> `(batch, height, width, 1)`.
    """

    def __init__(self, kernel_size, **kwargs):
        super().__init__(kernel_size=kernel_size, **_FIXED, **kwargs)

    def convolution_op(self, inputs, kernel):
        rows, columns = self.kernel_size
        _, height, width, channels = ops.shape(inputs)
        by_tap = ops.transpose(ops.reshape(kernel, (rows * columns, channels)))
        taps = ops.cast(ops.matmul(inputs, by_tap), "float32")
        taps = ops.pad(taps, ((0, 0), *(((side - 1) // 2, side // 2) for side in (rows, columns)),
                              (0, 0)))
        outputs = sum(taps[:, row:row + height, column:column + width, row * columns + column]
                      for row in range(rows) for column in range(columns))
        return ops.cast(outputs[..., None], self.compute_dtype)

    def get_config(self):
        return {name: value for name, value in super().get_config().items()
                if name not in _FIXED}
