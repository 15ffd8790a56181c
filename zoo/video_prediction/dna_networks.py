"""A recurrent generator that moves the pixels of the last frame, and a patch discriminator.

Source: Finn, Goodfellow & Levine, "Unsupervised Learning for Physical Interaction through Video
Prediction", NeurIPS 2016, section 3: convolutional LSTMs with skip connections, and the DNA
variant of its output. Here there is one LSTM, at a quarter of the size, and each pixel is a
mixture of an advected and of a new one, by a mask. The LSTM is told, beside the features of each
frame, how well its blocks match the displaced ones of the frame before (`zoo.layers.matching`);
without, it hardly learns to measure displacements in the time that two CPU cores have
(docs/video_prediction.md).
"""

import keras
import tensorflow as tf
from keras import layers

from zoo.layers.advection import advect
from zoo.layers.conditioning import tile_condition
from zoo.layers.frames import stack
from zoo.layers.matching import displacements
from zoo.layers.recurrent import ConvLSTM
from zoo.layers.upsampling import UpsampleConv2D


@keras.saving.register_keras_serializable("zoo")
class DNAGenerator(keras.Model):
    """Predicts the next frame by dynamic neural advection (Finn et al. 2016).

    Args:
        context_frames: past frames, at least 2.
        latent_dim: length of the noise vector.
        channels: widths at the full, half and quarter size; the last is the LSTM's too.
        reach: pixels that a pixel may have moved in each direction, from frame to frame of the
            past and to the next.

    Attributes:
        size_multiple: sides of the frames must be multiples of this.

    Call: context float `(batch, context_frames, height, width, 3)` in [-1, 1], noise float
        `(batch, latent_dim)` -> tuple of one float32 `(batch, height, width, 3)` in [-1, 1].
    """

    size_multiple = 4

    def __init__(self, context_frames=4, latent_dim=8, channels=(32, 48, 64), reach=4, **kwargs):
        # The pixels that are moved stay float32 in any precision.
        super().__init__(autocast=False, **kwargs)
        self.context_frames = context_frames
        self.latent_dim = latent_dim
        self.channels = tuple(channels)
        self.reach = reach
        full, half, quarter = self.channels
        dtype = self.dtype_policy
        conv = {"padding": "same", "activation": "leaky_relu", "dtype": dtype}
        self.encode_half = layers.Conv2D(half, 3, name="encode_half", **conv)
        self.encode_quarter = layers.Conv2D(quarter, 4, strides=2, name="encode_quarter", **conv)
        self.lstm = ConvLSTM(quarter, dtype=dtype)
        self.up_half = UpsampleConv2D(half, dtype=dtype)
        self.decode_half = layers.Conv2D(half, 3, name="decode_half", **conv)
        self.up_full = UpsampleConv2D(full, dtype=dtype)
        self.decode_full = layers.Conv2D(full, 3, name="decode_full", **conv)
        num_logits = (2 * reach + 1) ** 2
        self.to_logits = layers.Conv2D(num_logits, 1, dtype=dtype, name="to_logits")
        self.to_pixels = layers.Conv2D(4, 1, dtype="float32", name="to_pixels")
        self(keras.KerasTensor((None, context_frames, None, None, 3)),
             keras.KerasTensor((None, latent_dim)))

    def call(self, context, noise, training=None):
        batch, time, height, width, _ = keras.ops.shape(context)
        # A frame and the one before it, for each frame but the first.
        frames, earlier = (tf.reshape(each, (-1, height, width, 3))
                           for each in (context[:, 1:], context[:, :-1]))
        half = self.encode_half(tf.nn.space_to_depth(frames, 2))
        quarter = self.encode_quarter(half)
        matches = tf.cast(
            displacements(frames, earlier, self.reach, stride=4), quarter.dtype)
        observed = tf.concat([quarter, matches], axis=-1)
        state = self.lstm(tf.reshape(
            observed, (batch, time - 1, height // 4, width // 4, observed.shape[-1])))
        last_half = tf.reshape(
            half, (batch, time - 1, height // 2, width // 2, half.shape[-1]))[:, -1]
        features = tf.nn.leaky_relu(self.up_half(tile_condition(noise, state)))
        features = self.decode_half(tf.concat([features, last_half], axis=-1))
        features = tf.nn.leaky_relu(self.up_full(features))
        recent = tf.cast(stack(context[:, -2:]), features.dtype)
        features = self.decode_full(tf.concat([features, recent], axis=-1))
        moved = advect(context[:, -1], self.to_logits(features))
        pixels = self.to_pixels(features)
        new, mask = tf.tanh(pixels[..., :3]), tf.sigmoid(pixels[..., 3:])
        return (moved + mask * (new - moved),)

    def get_config(self):
        return super().get_config() | {
            "context_frames": self.context_frames,
            "latent_dim": self.latent_dim,
            "channels": self.channels,
            "reach": self.reach,
        }


@keras.saving.register_keras_serializable("zoo")
class FramePatchDiscriminator(keras.Model):
    """Judges each patch of a next frame together with the same patch of the past.

    The PatchGAN of Isola et al. 2017, section 3.2.2, without normalisation, on all frames as
    channels of one picture.

    Args:
        context_frames: past frames.
        channels: widths of the 4x4 convolutions of stride 2.

    Attributes:
        num_scales: sizes at which it sees the candidate.

    Call: context float `(batch, context_frames, height, width, 3)` in [-1, 1]; next_frames, a
        tuple of the candidate alone -> tuple of one float32 logits `(batch, rows, columns, 1)`.
    """

    num_scales = 1

    def __init__(self, context_frames=4, channels=(32, 64, 128), **kwargs):
        super().__init__(**kwargs)
        self.context_frames = context_frames
        self.channels = tuple(channels)
        downs = [layers.Conv2D(filters, 4, strides=2, padding="same", dtype=self.dtype_policy,
                               activation=layers.LeakyReLU(0.2, dtype=self.dtype_policy))
                 for filters in self.channels]
        self.network = keras.Sequential(
            [*downs, layers.Conv2D(1, 3, padding="same", dtype="float32")], name="patches")
        self.network.build((None, None, None, 3 * (context_frames + 1)))
        self.built = True

    def call(self, context, next_frames, training=None):
        (next_frame,) = next_frames
        return (self.network(tf.concat([stack(context), next_frame], axis=-1)),)

    def get_config(self):
        return super().get_config() | {
            "context_frames": self.context_frames, "channels": self.channels}
