"""Where the pixels of a frame were in the frame before."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("zoo")
class DisplacementMatching(keras.layers.Layer):
    """Compares blocks of a frame with the displaced ones of the frame before.

    A cost volume as in FlowNet's correlation layer (Dosovitskiy et al. 2015, section 3), here of
    the pixels themselves and their mean squared difference, made a distribution over displacements
    by the softmax of its negative (Kendall et al. 2017, "End-to-End Learning of Geometry and
    Context for Deep Stereo Regression", section 3.3). How peaked it is, is learnt.

    Args:
        reach: pixels of the largest displacement in each direction.
        stride: pixels from block to block; blocks are twice as wide and high.

    Call: frames, earlier frames, float `(batch, height, width, channels)` in [-1, 1] ->
        `(batch, height / stride, width / stride, (2 * reach + 1)^2)`, displacements row by row
        from the upper left, as in `zoo.layers.advection.advect`.
    """

    def __init__(self, reach, stride, **kwargs):
        super().__init__(**kwargs)
        self.reach = reach
        self.stride = stride

    def build(self, frames_shape, earlier_shape):
        self.sharpness = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(30.0), name="sharpness")

    def call(self, frames, earlier):
        reach = self.reach
        height, width = keras.ops.shape(frames)[1:3]
        padded = tf.pad(earlier, [[0, 0], [reach, reach], [reach, reach], [0, 0]], "SYMMETRIC")
        costs = [tf.nn.avg_pool2d(
                     tf.square(frames - padded[:, y:y + height, x:x + width]),
                     2 * self.stride, self.stride, "SAME")
                 for y in range(2 * reach + 1) for x in range(2 * reach + 1)]
        costs = tf.reduce_mean(tf.stack(costs, axis=3), axis=-1)
        return tf.nn.softmax(-self.sharpness * costs)

    def compute_output_shape(self, frames_shape, earlier_shape):
        sides = (None if side is None else -(-side // self.stride) for side in frames_shape[1:3])
        return (frames_shape[0], *sides, (2 * self.reach + 1) ** 2)

    def get_config(self):
        return super().get_config() | {"reach": self.reach, "stride": self.stride}
