"""StackGAN's first stage (Zhang et al. 2017, section 3.3): text and noise to a small picture."""

import keras
from keras import layers

from zoo.layers.conditioning import ConditioningAugmentation
from zoo.layers.residual import INITIALIZER_STDDEV, BottleneckResidualBlock, batch_norm
from zoo.layers.upsampling import UpsampleConv2D
from zoo.stackgan.blocks import ConvNorm, check_widths, dense


@keras.saving.register_keras_serializable("zoo")
class StageIGenerator(keras.Model):
    """Stage I's G as released: bottleneck residual blocks at 4x4 and 8x8, nearest upsampling.

    The released code has a bias before the seed's batch norm, which takes it away again.

    Args:
        channels: widths at 4x4, 8x8, …; the picture is twice as large as the last. As released,
            8, 4, 2 and 1 times 128.
        latent_dim: length of z.
        text_dim: length of the text embedding.
        condition_dim: length of the condition made from it.
        conditioning_noise: False takes the conditioning augmentation's noise away.
        image_channels: channels of the picture.

    Call: noise float `(batch, noise_dim)`, standard normal, z first and then what the conditioning
        augmentation takes; text_embedding float `(batch, text_dim)` -> float32
        `(batch, image_size, image_size, image_channels)` in [-1, 1].

    Attributes:
        image_size: 4 · 2^len(channels).
        noise_dim: length of the noise.
    """

    def __init__(self, channels=(1024, 512, 256, 128), latent_dim=100, text_dim=1024,
                 condition_dim=128, conditioning_noise=True, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        check_widths("channels", channels, fewest=2)
        self.channels = tuple(channels)
        self.latent_dim = latent_dim
        self.text_dim = text_dim
        self.condition_dim = condition_dim
        self.conditioning_noise = conditioning_noise
        self.image_channels = image_channels
        self.image_size = 4 * 2 ** len(self.channels)
        dtype = self.dtype_policy
        self.condition = ConditioningAugmentation(
            condition_dim, noisy=conditioning_noise, dtype="float32", name="condition")
        self.noise_dim = latent_dim + self.condition.noise_dim
        self.seed_features = dense(4 * 4 * channels[0], dtype, use_bias=False)
        self.seed_norm = batch_norm(dtype)
        self.upsamplings = [
            ConvNorm(width, activation="none" if i == 0 else "relu", upsample=True, dtype=dtype)
            for i, width in enumerate(channels[1:])]
        self.residuals = [BottleneckResidualBlock(max(width // 4, 1), use_bias=False, dtype=dtype)
                          for width in channels[:2]]
        self.to_image = UpsampleConv2D(
            image_channels, use_bias=False, dtype=dtype,
            kernel_initializer=keras.initializers.RandomNormal(0.0, INITIALIZER_STDDEV))
        self.to_range = layers.Activation("tanh", dtype="float32", name="to_range")
        self(keras.KerasTensor((None, self.noise_dim)), keras.KerasTensor((None, text_dim)))

    def call(self, noise, text_embedding, training=None):
        latent, noise = noise[:, :self.latent_dim], noise[:, self.latent_dim:]
        condition = self.condition(text_embedding, noise)
        seed = self.seed_features(keras.ops.concatenate([latent, condition], axis=-1))
        # The released code normalises each of the seed's numbers, not each channel.
        seed = self.seed_norm(seed, training=training)
        features = keras.ops.reshape(seed, (-1, 4, 4, self.channels[0]))
        features = self.residuals[0](features, training=training)
        features = self.residuals[1](
            self.upsamplings[0](features, training=training), training=training)
        for upsampling in self.upsamplings[1:]:
            features = upsampling(features, training=training)
        return self.to_range(self.to_image(features))

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels,
            "latent_dim": self.latent_dim,
            "text_dim": self.text_dim,
            "condition_dim": self.condition_dim,
            "conditioning_noise": self.conditioning_noise,
            "image_channels": self.image_channels,
        }
