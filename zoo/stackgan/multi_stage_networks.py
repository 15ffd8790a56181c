"""StackGAN++'s generator (Zhang et al. 2018, section 4.1): a picture at each of its stages."""

import keras
from keras import layers

from zoo.layers.conditioning import ConditioningAugmentation, gated, tile_condition
from zoo.layers.residual import batch_norm, convolution
from zoo.stackgan.blocks import ConvNorm, ResidualBlock, check_widths, dense


class RefinementStage(layers.Layer):
    """Joins the condition to the features of the stage before, refines and doubles them.

    Args:
        channels: of the features that come in.
        filters: of those that go out.
        num_residual_blocks: between them.

    Call: features `(batch, height, width, channels)`, condition `(batch, dim)` ->
        `(batch, 2 height, 2 width, filters)`.
    """

    def __init__(self, channels, filters, num_residual_blocks, **kwargs):
        super().__init__(**kwargs)
        dtype = self.dtype_policy
        self.joint = ConvNorm(channels, activation="glu", dtype=dtype)
        self.residuals = [ResidualBlock(channels, "glu", dtype=dtype)
                          for _ in range(num_residual_blocks)]
        self.upsampling = ConvNorm(filters, activation="glu", upsample=True, dtype=dtype)

    def call(self, features, condition, training=None):
        features = self.joint(tile_condition(condition, features), training=training)
        for residual in self.residuals:
            features = residual(features, training=training)
        return self.upsampling(features, training=training)


@keras.saving.register_keras_serializable("zoo")
class MultiStageGenerator(keras.Model):
    """G of StackGAN++ as released: gated linear units, a picture from the features of each stage.

    Args:
        channels: widths at 4x4, 8x8, … up to the first picture's size; as released 16, 8, 4, 2 and
            1 times 64.
        refinement_channels: widths at each further size, twice as large as the one before.
        num_residual_blocks: in each further stage.
        latent_dim: length of z.
        text_dim: length of the text embedding.
        condition_dim: length of the condition made from it.
        conditioning_noise: False takes the conditioning augmentation's noise away.
        image_channels: channels of the pictures.

    Call: noise float `(batch, noise_dim)`, standard normal, z first and then what the conditioning
        augmentation takes; text_embedding float `(batch, text_dim)` -> tuple of float32
        `(batch, size, size, image_channels)` in [-1, 1], the smallest first.

    Attributes:
        image_sizes: of the pictures.
        noise_dim: length of the noise.
    """

    def __init__(self, channels=(1024, 512, 256, 128, 64), refinement_channels=(32, 16),
                 num_residual_blocks=2, latent_dim=100, text_dim=1024, condition_dim=128,
                 conditioning_noise=True, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        check_widths("channels", channels, fewest=2)
        check_widths("refinement_channels", refinement_channels)
        self.channels = tuple(channels)
        self.refinement_channels = tuple(refinement_channels)
        self.num_residual_blocks = num_residual_blocks
        self.latent_dim = latent_dim
        self.text_dim = text_dim
        self.condition_dim = condition_dim
        self.conditioning_noise = conditioning_noise
        self.image_channels = image_channels
        smallest = 4 * 2 ** (len(self.channels) - 1)
        self.image_sizes = tuple(
            smallest * 2**i for i in range(len(self.refinement_channels) + 1))
        dtype = self.dtype_policy
        self.condition = ConditioningAugmentation(
            condition_dim, "glu", conditioning_noise, dtype="float32", name="condition")
        self.noise_dim = latent_dim + self.condition.noise_dim
        self.seed_features = dense(2 * 4 * 4 * channels[0], dtype, use_bias=False)
        self.seed_norm = batch_norm(dtype)
        self.upsamplings = [ConvNorm(width, activation="glu", upsample=True, dtype=dtype)
                            for width in self.channels[1:]]
        widths = (self.channels[-1], *self.refinement_channels)
        self.refinements = [RefinementStage(*pair, num_residual_blocks, dtype=dtype)
                            for pair in zip(widths, widths[1:])]
        self.to_images = [convolution(image_channels, 3, use_bias=False, dtype=dtype)
                          for _ in self.image_sizes]
        self.to_range = layers.Activation("tanh", dtype="float32", name="to_range")
        self(keras.KerasTensor((None, self.noise_dim)), keras.KerasTensor((None, text_dim)))

    def call(self, noise, text_embedding, training=None):
        latent, noise = noise[:, :self.latent_dim], noise[:, self.latent_dim:]
        condition = self.condition(text_embedding, noise)
        seed = self.seed_features(keras.ops.concatenate([condition, latent], axis=-1))
        # The released code normalises each of the seed's numbers, not each channel.
        seed = gated(self.seed_norm(seed, training=training))
        features = keras.ops.reshape(seed, (-1, 4, 4, self.channels[0]))
        for upsampling in self.upsamplings:
            features = upsampling(features, training=training)
        images = [self._image(0, features)]
        for i, refinement in enumerate(self.refinements, start=1):
            features = refinement(features, condition, training=training)
            images.append(self._image(i, features))
        return tuple(images)

    def _image(self, stage, features):
        return self.to_range(self.to_images[stage](features))

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels,
            "refinement_channels": self.refinement_channels,
            "num_residual_blocks": self.num_residual_blocks,
            "latent_dim": self.latent_dim,
            "text_dim": self.text_dim,
            "condition_dim": self.condition_dim,
            "conditioning_noise": self.conditioning_noise,
            "image_channels": self.image_channels,
        }
