"""Picture encoders: a picture to one vector."""

import keras
from keras import layers


@keras.saving.register_keras_serializable("zoo")
class ImageEncoder(keras.Model):
    """A small convolutional network for matching pictures with captions.

    Args:
        image_size: height and width of the pictures.
        architecture: "plain", a 3x3 convolution then one of stride 2 at each size, or "residual",
            pre-activation residual blocks (He et al. 2016b) with average pooling.
        channels: widths from the full size down, halving the size after each.
        output_dim: length of the vector.
        image_channels: channels of the picture.

    Call: image float `(batch, image_size, image_size, image_channels)` in [-1, 1] -> float32
        `(batch, output_dim)`.
    """

    def __init__(self, image_size, architecture="plain", channels=(32, 64, 128, 256),
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
        make = self._residual_stage if architecture == "residual" else self._plain_stage
        self.stages = [make(i, width) for i, width in enumerate(channels)]
        self.project = layers.Dense(output_dim, dtype="float32", name="project")
        self(keras.KerasTensor((None, image_size, image_size, image_channels)))

    def _conv(self, width, kernel, strides=1):
        return layers.Conv2D(width, kernel, strides=strides, padding="same", use_bias=False,
                             dtype=self.dtype_policy)

    def _norm(self):
        return layers.BatchNormalization(synchronized=True, momentum=0.95, dtype=self.dtype_policy)

    def _plain_stage(self, index, width):
        relu = layers.ReLU(dtype=self.dtype_policy)
        return [self._conv(width, 3), self._norm(), relu,
                self._conv(width, 4, strides=2), self._norm(), relu]

    def _residual_stage(self, index, width):
        relu = layers.ReLU(dtype=self.dtype_policy)
        residual = [self._norm(), relu, self._conv(width, 3), self._norm(), relu,
                    self._conv(width, 3)]
        return {"shortcut": self._conv(width, 1), "residual": residual,
                "pool": layers.AveragePooling2D(dtype=self.dtype_policy)}

    def call(self, image, training=None):
        features = image
        for stage in self.stages:
            if self.architecture == "plain":
                features = _chain(stage, features, training)
            else:
                residual = _chain(stage["residual"], features, training)
                features = stage["pool"](stage["shortcut"](features) + residual)
        features = keras.ops.relu(features)
        features = keras.ops.reshape(features, (keras.ops.shape(features)[0], -1))
        return self.project(features)

    def get_config(self):
        return super().get_config() | {
            "image_size": self.image_size,
            "architecture": self.architecture,
            "channels": self.channels,
            "output_dim": self.output_dim,
            "image_channels": self.image_channels,
        }


def _chain(stage, features, training):
    for layer in stage:
        is_norm = isinstance(layer, layers.BatchNormalization)
        features = layer(features, training=training) if is_norm else layer(features)
    return features
