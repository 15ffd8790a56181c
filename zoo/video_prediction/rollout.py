"""From past frames to any number of next ones, each made from those before it."""

import numpy as np
import tensorflow as tf

from zoo.data import image
from zoo.data.served import seeds
from zoo.data.served.bounds import or_one_row


def roll_out(model, frames, num_frames, seed):
    """Predicts frame by frame with the averaged generator.

    Args:
        model: `VideoPredictionGAN`.
        frames: uint8 `(n, time, height, width, 3)`, of which the last `context_frames` are used;
            sides of at least 8 pixels, mirrored at the border to what the generator can halve.
        num_frames: int32 scalar, at least 1.
        seed: int64, of the noise of generators that take some; `()`, or `(n,)`: one a row.

    Returns:
        uint8 `(n, num_frames, height, width, 3)`.
    """
    generator = model.ema_generator
    size = tf.shape(frames)
    sides = tf.where(size[0] == 0, 8, size[2:4])  # Without rows one of small frames is made.
    frames = frames[:, :, :sides[0], :sides[1]]
    context = image.to_float(frames[:, size[1] - generator.context_frames:])
    beyond = -sides % generator.size_multiple
    context = tf.pad(context, [[0, 0], [0, 0], [0, beyond[0]], [0, beyond[1]], [0, 0]],
                     "SYMMETRIC")
    context = tf.ensure_shape(context, (None, generator.context_frames, None, None, 3))
    context, = or_one_row(context)

    def step(i, context, predicted):
        noise = None
        if generator.latent_dim:
            noise = seeds.normal(seed, size[0], (generator.latent_dim,), step=i)
            noise, = or_one_row(tf.ensure_shape(noise, (None, generator.latent_dim)))
        frame = model.generate({"context": context}, noise, training=False)[-1]
        frame = tf.clip_by_value(frame, -1.0, 1.0)
        context = tf.concat([context[:, 1:], frame[:, None]], axis=1)
        return i + 1, context, predicted.write(i, image.to_uint8(frame))

    predicted = tf.TensorArray(tf.uint8, size=num_frames)
    shape = tf.TensorShape((None, generator.context_frames, None, None, 3))
    *_, predicted = tf.while_loop(
        lambda i, *_: i < num_frames, step, (0, context, predicted),
        shape_invariants=(tf.TensorShape(()), shape, tf.TensorShape(None)))
    predicted = tf.transpose(predicted.stack(), (1, 0, 2, 3, 4))
    return tf.reshape(predicted[:size[0], :, :size[2], :size[3]],
                      tf.stack([size[0], num_frames, size[2], size[3], 3]))


def roll_out_many(model, frames, num_frames, seed, batch_size=32):
    """Like `roll_out`, for any number of rows in bounded memory; NumPy in, NumPy out."""
    predict = tf.function(lambda rows, seed: roll_out(model, rows, num_frames, seed),
                          reduce_retracing=True)
    return np.concatenate([
        predict(tf.constant(frames[i:i + batch_size]), tf.constant(seed + i, tf.int64)).numpy()
        for i in range(0, len(frames), batch_size)])
