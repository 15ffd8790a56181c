"""A small time-frequency generator, a U-Net that masks the spectrum, and a D on spectrograms."""

import keras
import tensorflow as tf
from keras import layers

from zoo.layers import spectral
from zoo.layers.waveform import level

POWER = 0.3  # By which magnitudes are compressed: about the ear's loudness.
_FIRST_MASK = (1.5, 0.0)  # Real and imaginary, before tanh: at first nearly all passes.


def _batch_norm(dtype, name):
    # A short memory: in the first steps the features change fast.
    return layers.BatchNormalization(momentum=0.95, synchronized=True, dtype=dtype, name=name)


def _bins(spectrum):
    """Without the highest bin, so that the number of bins can be halved again and again."""
    return spectrum[:, :, :-1]


@keras.saving.register_keras_serializable("zoo")
class DilatedBlock(layers.Layer):
    """Residual block: 3x3 convolution with holes in time, then a linear map over frequency.

    Args:
        dilation: frames between the taps in time.

    Call: float `(batch, frames, bins, channels)` -> the same shape.
    """

    def __init__(self, dilation, **kwargs):
        super().__init__(**kwargs)
        self.dilation = dilation

    def build(self, input_shape):
        dtype = self.dtype_policy
        batch, frames, bins, channels = input_shape
        self.norms = [_batch_norm(dtype, f"norm_{i}") for i in range(2)]
        for norm in self.norms:
            norm.build(input_shape)
        self.conv = layers.Conv2D(channels, 3, padding="same", dilation_rate=(self.dilation, 1),
                                  use_bias=False, dtype=dtype, name="conv")
        self.conv.build(input_shape)
        self.over_bins = layers.Dense(bins, dtype=dtype, name="over_bins")
        self.over_bins.build((batch, frames, channels, bins))

    def call(self, features, training=None):
        residual = keras.ops.leaky_relu(self.norms[0](features, training=training), 0.2)
        residual = self.conv(residual)
        residual = keras.ops.leaky_relu(self.norms[1](residual, training=training), 0.2)
        residual = self.over_bins(keras.ops.transpose(residual, (0, 1, 3, 2)))
        return features + keras.ops.transpose(residual, (0, 1, 3, 2))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"dilation": self.dilation}


@keras.saving.register_keras_serializable("zoo")
class MaskUNetGenerator(keras.Model):
    """Multiplies the noisy spectrum by a complex mask that a small U-Net computes.

    Convolutions of stride 2 along frequency down to a few bands, `DilatedBlock`s over time, and
    transposed convolutions back, with the encoder's features added (the convolutional encoder and
    decoder of Tan & Wang 2018, the dilated middle of Pandey & Wang 2019). The mask is bounded by
    tanh of its magnitude (Choi et al. 2019, section 3.2): no bin becomes louder, so silence stays
    silence. The network sees the window at level 1, so the mask does not depend on the level.

    Args:
        window: samples at 16 kHz that go in and come out, a multiple of `hop`.
        hop: samples between frames, half of a frame; divisible by 2 for each width.
        channels: widths of the encoder, halving the bins each.
        dilations: frames between the taps of each middle block.

    Call: noisy float `(batch, window)`, full scale 1 -> float32 `(batch, window)`.
    """

    noise_shape = None  # It takes no noise.

    def __init__(self, window=32768, hop=256, channels=(24, 32, 48, 64),
                 dilations=(1, 2, 4, 8, 16, 32), **kwargs):
        super().__init__(**kwargs)
        if window % hop or hop % 2 ** len(channels):
            raise ValueError(f"window {window} must be a multiple of hop {hop}, and hop must be "
                             f"divisible {len(channels)} times by 2.")
        self.window = window
        self.hop = hop
        self.channels = tuple(channels)
        self.dilations = tuple(dilations)
        dtype = self.dtype_policy
        self.encoder = [
            layers.Conv2D(width, (3, 5), strides=(1, 2), padding="same", use_bias=False,
                          dtype=dtype, name=f"encoder_{i}") for i, width in enumerate(channels)]
        self.encoder_norms = [
            _batch_norm(dtype, f"encoder_norm_{i}") for i in range(len(channels))]
        self.blocks = [DilatedBlock(dilation, dtype=dtype, name=f"block_{i}")
                       for i, dilation in enumerate(dilations)]
        widths = (*reversed(channels[:-1]), channels[0])
        self.decoder = [
            layers.Conv2DTranspose(width, (3, 4), strides=(1, 2), padding="same", use_bias=False,
                                   dtype=dtype, name=f"decoder_{i}")
            for i, width in enumerate(widths)]
        self.decoder_norms = [
            _batch_norm(dtype, f"decoder_norm_{i}") for i in range(len(widths))]
        self.to_mask = layers.Conv2D(2, 3, padding="same", dtype=dtype, name="to_mask")
        self(keras.KerasTensor((None, window)))

    def mask(self, spectrum, training=None):
        """Returns the mask of spectra at level 1: complex64, their shape, magnitudes below 1."""
        bins = spectral.compress(_bins(spectrum), POWER)
        features = tf.stack([tf.math.real(bins), tf.math.imag(bins), tf.abs(bins)], axis=-1)
        features = keras.ops.cast(features, self.compute_dtype)
        skips = []
        for conv, norm in zip(self.encoder, self.encoder_norms, strict=True):
            features = keras.ops.leaky_relu(norm(conv(features), training=training), 0.2)
            skips.append(features)
        for block in self.blocks:
            features = block(features, training=training)
        for conv, norm in zip(self.decoder, self.decoder_norms, strict=True):
            features = conv(features + skips.pop())
            features = keras.ops.leaky_relu(norm(features, training=training), 0.2)
        raw = tf.cast(self.to_mask(features), tf.float32) + _FIRST_MASK
        raw = tf.pad(raw, ((0, 0), (0, 0), (0, 1), (0, 0)), "SYMMETRIC")  # The highest bin.
        magnitude = tf.sqrt(tf.reduce_sum(tf.square(raw), axis=-1, keepdims=True) + 1e-8)
        bounded = raw * (tf.tanh(magnitude) / magnitude)
        return tf.complex(bounded[..., 0], bounded[..., 1])

    def call(self, noisy, training=None):
        noisy = tf.cast(noisy, tf.float32)
        scale = level(noisy)
        spectrum = spectral.stft(noisy / scale, self.hop)
        mask = self.mask(spectrum, training=training)
        return scale * spectral.inverse_stft(spectrum * mask, self.hop)

    def compute_output_shape(self, noisy_shape):
        return noisy_shape

    def get_config(self):
        return super().get_config() | {
            "window": self.window,
            "hop": self.hop,
            "channels": self.channels,
            "dilations": self.dilations,
        }


@keras.saving.register_keras_serializable("zoo")
class SpectrogramDiscriminator(keras.Model):
    """Judges patches of the compressed spectrograms of noisy and candidate, as two channels.

    A PatchGAN (Isola et al. 2017, section 3.2) of 4x4 convolutions of stride 2 without
    normalisation, on what the ear hears: its level is the noisy window's.

    Args:
        window: samples at 16 kHz, a multiple of `hop`.
        hop: see `MaskUNetGenerator`.
        channels: widths; each halves frames and bins.

    Call: noisy, candidate float `(batch, window)` -> logits float32 `(batch, frames', bins', 1)`.
    """

    def __init__(self, window=32768, hop=256, channels=(16, 32, 48, 64), **kwargs):
        super().__init__(**kwargs)
        self.window = window
        self.hop = hop
        self.channels = tuple(channels)
        dtype = self.dtype_policy
        self.convs = [layers.Conv2D(width, 4, strides=2, padding="same", dtype=dtype,
                                    name=f"conv_{i}") for i, width in enumerate(channels)]
        self.to_logits = layers.Conv2D(1, 3, padding="same", dtype=dtype, name="to_logits")
        shape = keras.KerasTensor((None, window))
        self(shape, shape)

    def call(self, noisy, candidate, training=None):
        noisy, candidate = tf.cast(noisy, tf.float32), tf.cast(candidate, tf.float32)
        scale = level(noisy)
        features = tf.stack([
            spectral.compressed_magnitude(_bins(spectral.stft(waveform / scale, self.hop)), POWER)
            for waveform in (noisy, candidate)], axis=-1)
        features = keras.ops.cast(features, self.compute_dtype)
        for conv in self.convs:
            features = conv(features)
            # Leaky ReLU; TensorFlow's own after a bias fails to be fused on CPUs, with a message.
            features = keras.ops.maximum(features, 0.2 * features)
        return keras.ops.cast(self.to_logits(features), "float32")

    def get_config(self):
        return super().get_config() | {
            "window": self.window,
            "hop": self.hop,
            "channels": self.channels,
        }
