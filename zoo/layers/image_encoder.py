"""Picture encoders: a picture to one vector."""

import keras
from keras import layers

from zoo.errors import RequestError

CHANNELS = (32, 64, 128, 256)


def check_size(image_size, whose="", channels=CHANNELS):
    """Refuses pictures that an `ImageEncoder` cannot halve as often as it has widths.

    Args:
        image_size: pixels.
        whose: words for the message that say which encoder it is.
        channels: its widths.

    Raises:
        RequestError: `image_size` is no multiple of 2 to the power of their number.
    """
    if image_size % 2 ** len(channels):
        raise RequestError(
            f"--hparam=image_size={image_size}: the encoder {whose + ' ' if whose else ''}halves "
            f"pictures {len(channels)} times; choose a multiple of {2 ** len(channels)}, or name a "
            "finished encoder.")


class _Stage(layers.Layer):
    """Two normalised convolutions; the last or the first halves the size."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.norms = [layers.BatchNormalization(synchronized=True, momentum=0.95,
                                                dtype=self.dtype_policy) for _ in range(2)]

    def _conv(self, kernel, strides=1):
        return layers.Conv2D(self.width, kernel, strides=strides, padding="same", use_bias=False,
                             dtype=self.dtype_policy)


class PlainStage(_Stage):
    """4x4 convolution of stride 2, then 3x3, each followed by batch norm and ReLU."""

    def __init__(self, width, **kwargs):
        super().__init__(width, **kwargs)
        self.convs = [self._conv(4, strides=2), self._conv(3)]

    def call(self, features, training=None):
        for conv, norm in zip(self.convs, self.norms, strict=True):
            features = keras.ops.relu(norm(conv(features), training=training))
        return features


class ResidualStage(_Stage):
    """Pre-activation residual block of two 3x3 convolutions, then average pooling."""

    def __init__(self, width, **kwargs):
        super().__init__(width, **kwargs)
        self.convs = [self._conv(3), self._conv(3)]
        self.shortcut = self._conv(1)

    def call(self, features, training=None):
        residual = features
        for conv, norm in zip(self.convs, self.norms, strict=True):
            residual = conv(keras.ops.relu(norm(residual, training=training)))
        return keras.ops.average_pool(self.shortcut(features) + residual, 2, 2)


@keras.saving.register_keras_serializable("zoo")
class ImageEncoder(keras.Model):
    """A small convolutional network for matching pictures with captions.

    Args:
        image_size: height and width of the pictures.
        architecture: "plain", a 4x4 convolution of stride 2 then a 3x3 one at each size, or
            "residual", pre-activation residual blocks (He et al. 2016b) with average pooling.
        channels: widths from the full size down, halving the size after each.
        output_dim: length of the vector.
        image_channels: channels of the picture.

    Call: image float `(batch, image_size, image_size, image_channels)` in [-1, 1] -> float32
        `(batch, output_dim)`.
    """

    def __init__(self, image_size, architecture="plain", channels=CHANNELS,
                 output_dim=256, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        if architecture not in ("plain", "residual"):
            raise ValueError(f"architecture must be 'plain' or 'residual', got {architecture!r}.")
        if image_size % 2 ** len(channels):
            raise ValueError(f"image_size {image_size} cannot be halved {len(channels)} times.")
        self.image_size = image_size
        self.architecture = architecture
        self.channels = tuple(channels)
        self.output_dim = output_dim
        self.image_channels = image_channels
        stage = ResidualStage if architecture == "residual" else PlainStage
        self.stages = [stage(width, dtype=self.dtype_policy, name=f"stage_{i}")
                       for i, width in enumerate(channels)]
        self.flatten = layers.Flatten(name="flatten")
        self.project = layers.Dense(output_dim, dtype="float32", name="project")
        self(keras.KerasTensor((None, image_size, image_size, image_channels)))

    def call(self, image, training=None):
        features = image
        for stage in self.stages:
            features = stage(features, training=training)
        return self.project(self.flatten(keras.ops.relu(features)))

    def get_config(self):
        return super().get_config() | {
            "image_size": self.image_size,
            "architecture": self.architecture,
            "channels": self.channels,
            "output_dim": self.output_dim,
            "image_channels": self.image_channels,
        }
