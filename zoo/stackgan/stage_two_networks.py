"""StackGAN's second stage (Zhang et al. 2017, section 3.4): small picture and text to large."""

import keras
from keras import layers

from zoo.layers.conditioning import ConditioningAugmentation, tile_condition
from zoo.layers.residual import convolution
from zoo.stackgan.blocks import ConvNorm, ResidualBlock, check_widths


@keras.saving.register_keras_serializable("zoo")
class StageIIGenerator(keras.Model):
    """Stage II's G as released: encodes the picture of Stage I, joins the text, draws it larger.

    The picture is shrunk (to a quarter), the condition tiled and joined, both go through residual
    blocks, and are upsampled. There is no z: what varies is Stage I's picture and the condition.

    Args:
        stage_one_size: height and width of Stage I's pictures.
        encoder_channels: widths at their size, at a half of it, at a quarter, ….
        num_residual_blocks: at the smallest size; the paper has 4 for 256x256 and 2 for 128x128.
        upsampling_channels: widths after each doubling, up to the picture's size.
        text_dim: length of the text embedding.
        condition_dim: length of the condition made from it.
        conditioning_noise: False takes the conditioning augmentation's noise away.
        image_channels: channels of the pictures.

    Call: noise float `(batch, noise_dim)`, standard normal, for the conditioning augmentation;
        text_embedding float `(batch, text_dim)`; stage_one_image float `(batch, stage_one_size,
        stage_one_size, image_channels)` in [-1, 1] -> float32
        `(batch, image_size, image_size, image_channels)` in [-1, 1].

    Attributes:
        image_size: stage_one_size · 2^(len(upsampling_channels) - len(encoder_channels) + 1).
        noise_dim: length of the noise.
    """

    def __init__(self, stage_one_size=64, encoder_channels=(128, 256, 512), num_residual_blocks=4,
                 upsampling_channels=(256, 128, 64, 32), text_dim=1024, condition_dim=128,
                 conditioning_noise=True, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        check_widths("encoder_channels", encoder_channels, fewest=2)
        check_widths("upsampling_channels", upsampling_channels)
        self.stage_one_size = stage_one_size
        self.encoder_channels = tuple(encoder_channels)
        self.num_residual_blocks = num_residual_blocks
        self.upsampling_channels = tuple(upsampling_channels)
        self.text_dim = text_dim
        self.condition_dim = condition_dim
        self.conditioning_noise = conditioning_noise
        self.image_channels = image_channels
        full, *smaller = self.encoder_channels
        self.image_size = stage_one_size // 2 ** len(smaller) * 2 ** len(self.upsampling_channels)
        dtype = self.dtype_policy
        self.condition = ConditioningAugmentation(
            condition_dim, noisy=conditioning_noise, dtype="float32", name="condition")
        self.noise_dim = self.condition.noise_dim
        self.from_image = convolution(full, 3, use_bias=False, dtype=dtype)
        self.downsamplings = [ConvNorm(width, 4, strides=2, dtype=dtype) for width in smaller]
        self.joint = ConvNorm(smaller[-1], dtype=dtype)
        self.residuals = [ResidualBlock(smaller[-1], dtype=dtype)
                          for _ in range(num_residual_blocks)]
        self.upsamplings = [ConvNorm(width, upsample=True, dtype=dtype)
                            for width in self.upsampling_channels]
        self.to_image = convolution(image_channels, 3, use_bias=False, dtype=dtype)
        self.to_range = layers.Activation("tanh", dtype="float32", name="to_range")
        self(keras.KerasTensor((None, self.noise_dim)), keras.KerasTensor((None, text_dim)),
             keras.KerasTensor((None, stage_one_size, stage_one_size, image_channels)))

    def call(self, noise, text_embedding, stage_one_image, training=None):
        features = keras.ops.relu(self.from_image(stage_one_image))
        for downsampling in self.downsamplings:
            features = downsampling(features, training=training)
        condition = self.condition(text_embedding, noise)
        features = self.joint(tile_condition(condition, features), training=training)
        for block in (*self.residuals, *self.upsamplings):
            features = block(features, training=training)
        return self.to_range(self.to_image(features))

    def get_config(self):
        return super().get_config() | {
            "stage_one_size": self.stage_one_size,
            "encoder_channels": self.encoder_channels,
            "num_residual_blocks": self.num_residual_blocks,
            "upsampling_channels": self.upsampling_channels,
            "text_dim": self.text_dim,
            "condition_dim": self.condition_dim,
            "conditioning_noise": self.conditioning_noise,
            "image_channels": self.image_channels,
        }
