"""The networks of SEGAN (Pascual et al. 2017): strided convolutions on the waveform."""

import keras
import tensorflow as tf
from keras import layers

from zoo.layers.waveform import de_emphasis, pre_emphasis
from zoo.speech_enhancement.hparams import REFERENCE_CHANNELS


def _check(window, channels):
    if len(channels) < 2 or min(channels) < 1:
        raise ValueError(f"channels must name at least two positive widths, got {channels}.")
    if window % 2 ** len(channels):
        raise ValueError(f"window {window} cannot be halved {len(channels)} times.")


def _prelu(dtype, name):
    return layers.PReLU(shared_axes=[1], dtype=dtype, name=name)


@keras.saving.register_keras_serializable("zoo")
class SEGANGenerator(keras.Model):
    """G of SEGAN (Pascual et al. 2017, sections 3 and 4.2).

    An encoder of stride-2 convolutions with PReLU, z beside its last features, and a mirrored
    decoder of transposed convolutions which also sees the encoder's features of its own length.
    Pre-emphasis comes before the encoder and its inverse after the tanh.

    Args:
        window: samples at 16 kHz that go in and come out.
        channels: widths of the encoder, halving the length each; the default is the published
            network: 73,100,049 parameters, 16,384 samples to 8 x 1024.
        kernel_size: taps of every convolution.
        pre_emphasis: coefficient; 0: none.

    Call: noisy float `(batch, window)`, full scale 1; noise float `(batch, *noise_shape)`,
        standard normal -> float32 `(batch, window)`, in [-1, 1] before the inverse of pre-emphasis.
    """

    def __init__(self, window=16384, channels=REFERENCE_CHANNELS, kernel_size=31,
                 pre_emphasis=0.95, **kwargs):
        super().__init__(**kwargs)
        _check(window, channels)
        self.window = window
        self.channels = tuple(channels)
        self.kernel_size = kernel_size
        self.pre_emphasis = pre_emphasis
        dtype = self.dtype_policy
        self.encoder = [
            layers.Conv1D(width, kernel_size, strides=2, padding="same", dtype=dtype,
                          name=f"encoder_{i}") for i, width in enumerate(channels)]
        self.encoder_prelus = [_prelu(dtype, f"encoder_prelu_{i}") for i in range(len(channels))]
        widths = (*reversed(channels[:-1]), 1)
        self.decoder = [
            layers.Conv1DTranspose(width, kernel_size, strides=2, padding="same", dtype=dtype,
                                   name=f"decoder_{i}") for i, width in enumerate(widths)]
        self.decoder_prelus = [_prelu(dtype, f"decoder_prelu_{i}") for i in range(len(widths) - 1)]
        self(keras.KerasTensor((None, window)), keras.KerasTensor((None, *self.noise_shape)))

    @property
    def noise_shape(self):
        """Shape of one example's z: as the encoder's last features."""
        return (self.window // 2 ** len(self.channels), self.channels[-1])

    def encode(self, noisy):
        """Returns the features of every length, longest first, `(batch, length, width)` each."""
        features = [pre_emphasis(noisy, self.pre_emphasis)[:, :, None]]
        for conv, prelu in zip(self.encoder, self.encoder_prelus, strict=True):
            features.append(prelu(conv(features[-1])))
        return features[1:]

    def call(self, noisy, noise, training=None):
        *skips, code = self.encode(noisy)
        features = keras.ops.concatenate([code, keras.ops.cast(noise, code.dtype)], axis=-1)
        for conv, prelu in zip(self.decoder, self.decoder_prelus):
            features = keras.ops.concatenate([prelu(conv(features)), skips.pop()], axis=-1)
        waveform = keras.ops.tanh(keras.ops.cast(self.decoder[-1](features), "float32"))
        return de_emphasis(waveform[:, :, 0], self.pre_emphasis)

    def compute_output_shape(self, noisy_shape, noise_shape):
        return noisy_shape

    def get_config(self):
        return super().get_config() | {
            "window": self.window,
            "channels": self.channels,
            "kernel_size": self.kernel_size,
            "pre_emphasis": self.pre_emphasis,
        }


@keras.saving.register_keras_serializable("zoo")
class SEGANDiscriminator(keras.Model):
    """D of SEGAN (Pascual et al. 2017, section 4.2): noisy and candidate as two channels.

    The encoder's convolutions, each with batch normalisation (in the place of virtual batch
    normalisation: no reference batch to carry along) and leaky ReLU of slope 0.3; then one channel
    by a convolution of one tap, and one unit.

    Args:
        window, channels, kernel_size, pre_emphasis: see `SEGANGenerator`; the default has
            24,373,082 trainable parameters, and with G the 97.47 M that papers cite.

    Call: noisy, candidate float `(batch, window)` -> logits float32 `(batch,)`.
    """

    def __init__(self, window=16384, channels=REFERENCE_CHANNELS, kernel_size=31,
                 pre_emphasis=0.95, **kwargs):
        super().__init__(**kwargs)
        _check(window, channels)
        self.window = window
        self.channels = tuple(channels)
        self.kernel_size = kernel_size
        self.pre_emphasis = pre_emphasis
        dtype = self.dtype_policy
        self.convs = [layers.Conv1D(width, kernel_size, strides=2, padding="same", dtype=dtype,
                                    name=f"conv_{i}") for i, width in enumerate(channels)]
        self.norms = [layers.BatchNormalization(synchronized=True, dtype=dtype, name=f"norm_{i}")
                      for i in range(len(channels))]
        self.to_one_channel = layers.Conv1D(1, 1, dtype=dtype, name="to_one_channel")
        self.to_logit = layers.Dense(1, dtype="float32", name="to_logit")
        shape = keras.KerasTensor((None, window))
        self(shape, shape)

    def call(self, noisy, candidate, training=None):
        features = tf.stack([pre_emphasis(tf.cast(waveform, tf.float32), self.pre_emphasis)
                             for waveform in (noisy, candidate)], axis=-1)
        for conv, norm in zip(self.convs, self.norms, strict=True):
            features = keras.ops.leaky_relu(norm(conv(features), training=training), 0.3)
        return self.to_logit(self.to_one_channel(features)[:, :, 0])[:, 0]

    def compute_output_shape(self, noisy_shape, candidate_shape):
        return noisy_shape[:1]

    def get_config(self):
        return super().get_config() | {
            "window": self.window,
            "channels": self.channels,
            "kernel_size": self.kernel_size,
            "pre_emphasis": self.pre_emphasis,
        }
