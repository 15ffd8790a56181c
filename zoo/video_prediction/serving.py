"""The exported product: past frames in, next frames out."""

import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.video_prediction.rollout import roll_out


class VideoPredictionServing(ServingModule):
    """Signature of a generator of frames.

    `serving_default(frames: uint8[N, T, H, W, 3], num_frames: int32, seed: int64)` -> `frames:
    uint8[N, num_frames, H, W, 3]`. Of the T frames the last `context_frames` are used; fewer, or
    sides below 8 pixels, are an error. Larger frames than those of the training work, with their
    motion in pixels a frame.

    Args:
        model: `VideoPredictionGAN`.
    """

    @tf.function(input_signature=[
        tf.TensorSpec((None, None, None, None, 3), tf.uint8, name="frames"),
        tf.TensorSpec((), tf.int32, name="num_frames"),
        tf.TensorSpec((), tf.int64, name="seed")])
    def predict(self, frames, num_frames, seed):
        """See the class: `serving_default`."""
        needed = self.model.generator.context_frames
        with tf.control_dependencies([
                tf.debugging.assert_greater_equal(
                    tf.shape(frames)[1], needed, f"frames: {needed} or more past frames needed"),
                tf.debugging.assert_greater_equal(
                    tf.shape(frames)[2:4], 8, "frames: sides of 8 pixels or more needed"),
                tf.debugging.assert_positive(num_frames, "num_frames: must be at least 1")]):
            return {"frames": roll_out(self.model, tf.identity(frames), num_frames, seed)}

    def check_inputs(self):
        """Returns arguments of each signature, to compare the exported model on."""
        shape = (2, self.model.generator.context_frames + 1, 36, 42, 3)
        noise = tf.random.stateless_uniform(shape, (0, 1), 0, 256, tf.int32)
        return {"serving_default": {"frames": tf.cast(noise, tf.uint8),
                                    "num_frames": tf.constant(2),
                                    "seed": tf.constant(7, tf.int64)}}

    @property
    def signatures(self):
        return {"serving_default": self.predict}
