"""The exported product: past frames in, next frames out."""

import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data.served import bounds, seeds
from zoo.video_prediction.rollout import roll_out


_MAX_FRAMES = 256
_MAX_FRAME_PIXELS = 2**20  # Of a frame of each row, together: 256 of 64x64, one of 1024x1024.
_MAX_PIXELS = 2**25  # Of all frames that are asked for: 100 MB.
_MIN_SIDE = 8


class VideoPredictionServing(ServingModule):
    """Signature of a generator of frames.

    `serving_default(frames: uint8[N, T, H, W, 3], num_frames: int32, seed: int64)` -> `frames:
    uint8[N, num_frames, H, W, 3]`. Of the T frames the last `context_frames` are used; the seed is
    one number, or one a row: int64[N]. Larger frames than those of the training work, with their
    motion in pixels a frame.

    Fewer frames, sides below 8 pixels, N · H · W above 2^20, `num_frames` outside of 1 to 256, or
    more than 2^25 pixels in all frames asked for, are an `InvalidArgumentError`.

    Args:
        model: `VideoPredictionGAN`.
    """

    @tf.function(input_signature=[
        tf.TensorSpec((None, None, None, None, 3), tf.uint8, name="frames"),
        tf.TensorSpec((), tf.int32, name="num_frames"), seeds.SEED])
    def predict(self, frames, num_frames, seed):
        """See the class: `serving_default`."""
        rows, time, height, width, _ = tf.unstack(tf.shape(frames, tf.int64))
        pixels = tf.maximum(rows, 1) * height * width
        frames, num_frames, seed = bounds.after([
            bounds.within(time, "frames: number of past ones",
                          self.model.generator.context_frames),
            *(bounds.within(side, f"frames: {name}, pixels", _MIN_SIDE, _MAX_FRAME_PIXELS)
              for name, side in (("height", height), ("width", width))),
            bounds.within(pixels, "frames: N · H · W", 0, _MAX_FRAME_PIXELS),
            bounds.within(num_frames, "num_frames", 1, _MAX_FRAMES),
            bounds.within(pixels * tf.cast(num_frames, tf.int64),
                          "num_frames: N · H · W · num_frames", 0, _MAX_PIXELS),
            seeds.check(seed, tf.cast(rows, tf.int32))], frames, num_frames, seed)
        return {"frames": roll_out(self.model, frames, num_frames, seed)}

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
