"""What noise stands for a true picture."""

import keras
from keras import layers

from zoo.layers.moments import Moments

_HALVINGS = 4


@keras.saving.register_keras_serializable("zoo")
class TargetEncoder(keras.Model):
    """E of BicycleGAN (Zhu et al. 2017, section 3.2), plain and without a norm.

    4x4 convolutions of stride 2, their features averaged over the picture, so that it may have any
    size. (A norm over a picture would take its colours away.)

    Args:
        latent_dim: length of G's noise vector.
        target_channels: of the picture.
        base_channels: width of the first layer; doubles up to eight times that.

    Call: target float `(batch, height, width, target_channels)` in [-1, 1] -> (mean, log of the
        standard deviation) of a normal distribution, each float32 `(batch, latent_dim)`; the
        latter in [-5, 2].
    """

    def __init__(self, latent_dim, target_channels=3, base_channels=32, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.target_channels = target_channels
        self.base_channels = base_channels
        self.convs = [layers.Conv2D(base_channels * 2**i, 4, 2, "same", dtype=self.dtype_policy,
                                    name=f"conv_{i}") for i in range(_HALVINGS)]
        self.pool = layers.GlobalAveragePooling2D(dtype=self.dtype_policy, name="pool")
        self.to_moments = Moments(latent_dim, name="to_moments")
        self(keras.KerasTensor((None, None, None, target_channels)))

    def call(self, target, training=None):
        features = target
        for conv in self.convs:
            features = keras.ops.leaky_relu(conv(features), 0.2)
        return self.to_moments(self.pool(features))

    def get_config(self):
        return super().get_config() | {
            "latent_dim": self.latent_dim, "target_channels": self.target_channels,
            "base_channels": self.base_channels}
