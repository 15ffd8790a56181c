"""The networks of DF-GAN (Tao et al. 2022): one small residual GAN straight to the full size."""

import keras
from keras import layers

from zoo.layers.conditioning import AffineModulation, tile_condition
from zoo.layers.heads import HEADS
from zoo.layers.moments import Moments
from zoo.layers.upsampling import UpsampleConv2D


def reference_channels(image_size, base_channels=32):
    """Channels at 4x4, 8x8, … image_size, as released: base · min(2^i, 8) from the top down.

    >>> reference_channels(256)
    (256, 256, 256, 256, 128, 64, 32)
    """
    num_sizes = image_size.bit_length() - 2
    return tuple(base_channels * min(2**i, 8) for i in reversed(range(num_sizes)))


def _check_channels(channels):
    if len(channels) < 2 or min(channels) < 1:
        raise ValueError(f"channels must name at least two positive widths, got {channels}.")


@keras.saving.register_keras_serializable("zoo")
class DFGANGeneratorBlock(layers.Layer):
    """Upsamples twice and fuses the condition deeply: two times (affine, leaky ReLU) x 2, 3x3.

    The first fusion and the 1x1 shortcut are computed before upsampling by nearest neighbour,
    with which they commute: the released function at a quarter of the work.

    Args:
        filters: width.
        smooth_shortcut: True takes 3x3 means of the enlarged shortcut, so that what is decided at
            a small size shows no blocks; False as released.
    """

    def __init__(self, filters, smooth_shortcut=False, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.smooth_shortcut = smooth_shortcut

    def build(self, features_shape, condition_shape):
        dtype = self.dtype_policy
        batch, height, width, channels = features_shape
        self.affines = [AffineModulation(dtype=dtype, name=f"affine_{i}") for i in range(4)]
        upsampled = (batch, 2 * height, 2 * width, self.filters)
        for affine, shape in zip(self.affines, 2 * [features_shape] + 2 * [upsampled]):
            affine.build(shape, condition_shape)
        self.upsample_conv = UpsampleConv2D(self.filters, dtype=dtype, name="upsample_conv")
        self.upsample_conv.build(features_shape)
        self.conv = layers.Conv2D(self.filters, 3, padding="same", dtype=dtype, name="conv")
        self.conv.build(upsampled)
        self.shortcut = None
        if channels != self.filters:
            self.shortcut = layers.Conv2D(self.filters, 1, dtype=dtype, name="shortcut")
            self.shortcut.build(features_shape)

    def _fuse(self, features, condition, affines):
        for affine in affines:
            features = keras.ops.leaky_relu(affine(features, condition), 0.2)
        return features

    def call(self, features, condition):
        residual = self.upsample_conv(self._fuse(features, condition, self.affines[:2]))
        residual = self.conv(self._fuse(residual, condition, self.affines[2:]))
        shortcut = self.shortcut(features) if self.shortcut else features
        shortcut = keras.ops.repeat(keras.ops.repeat(shortcut, 2, axis=1), 2, axis=2)
        if self.smooth_shortcut:
            shortcut = keras.ops.average_pool(shortcut, 3, 1, "same")
        return shortcut + residual

    def compute_output_shape(self, features_shape, condition_shape):
        batch, height, width, _ = features_shape
        return (batch, 2 * height, 2 * width, self.filters)

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters, "smooth_shortcut": self.smooth_shortcut}


@keras.saving.register_keras_serializable("zoo")
class DFGANGenerator(keras.Model):
    """G of DF-GAN (Tao et al. 2022, section 3.2; the released code's `NetG`).

    Args:
        channels: widths at 4x4, 8x8, … up to the picture's size; `reference_channels(256)` gives
            the released 9,744,131 parameters.
        latent_dim: length of the noise vector.
        text_dim: length of the text embedding.
        image_channels: channels of the picture.
        seed_from_text: True computes the 4x4 seed from noise and text, so that the text can lay
            the picture out; False, as released, from the noise alone.
        smooth_shortcuts: see `DFGANGeneratorBlock`.
        encoder_channels: widths at 4x4, 8x8, … of a `DFGANEncoder` that is trained with it, which
            says for a true picture what noise stands for it; empty: none.

    Call: noise float `(batch, latent_dim)`, standard normal; text_embedding float
        `(batch, text_dim)` -> float32 `(batch, size, size, image_channels)` in [-1, 1] with
        size = 4 · 2^(len(channels) - 1).
    """

    def __init__(self, channels=(256, 256, 128, 64, 32), latent_dim=100, text_dim=256,
                 image_channels=3, seed_from_text=False, smooth_shortcuts=False, encoder_channels=(),
                 **kwargs):
        super().__init__(**kwargs)
        _check_channels(channels)
        self.channels = tuple(channels)
        self.seed_from_text = seed_from_text
        self.smooth_shortcuts = smooth_shortcuts
        self.latent_dim = latent_dim
        self.text_dim = text_dim
        self.image_channels = image_channels
        dtype = self.dtype_policy
        self.seed_features = layers.Dense(4 * 4 * channels[0], dtype=dtype, name="seed_features")
        self.blocks = [DFGANGeneratorBlock(width, smooth_shortcuts, dtype=dtype, name=f"block_{i}")
                       for i, width in enumerate(channels[1:])]
        self.to_image = layers.Conv2D(image_channels, 3, padding="same", dtype=dtype,
                                      name="to_image")
        self.to_range = layers.Activation("tanh", dtype="float32", name="to_range")
        self.encoder_channels = tuple(encoder_channels)
        self.encoder = None
        if encoder_channels:
            self.encoder = DFGANEncoder(encoder_channels, latent_dim, image_channels, dtype=dtype,
                                        name="encoder")
        self(keras.KerasTensor((None, latent_dim)), keras.KerasTensor((None, text_dim)))

    def call(self, noise, text_embedding, training=None):
        condition = keras.ops.concatenate([noise, text_embedding], axis=-1)
        features = self.seed_features(condition if self.seed_from_text else noise)
        features = keras.ops.reshape(features, (-1, 4, 4, self.channels[0]))
        for block in self.blocks:
            features = block(features, condition)
        return self.to_range(self.to_image(keras.ops.leaky_relu(features, 0.2)))

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels,
            "latent_dim": self.latent_dim,
            "text_dim": self.text_dim,
            "image_channels": self.image_channels,
            "seed_from_text": self.seed_from_text,
            "smooth_shortcuts": self.smooth_shortcuts,
            "encoder_channels": self.encoder_channels,
        }


@keras.saving.register_keras_serializable("zoo")
class DFGANDiscriminatorBlock(layers.Layer):
    """Halves the size: 4x4 stride 2, leaky ReLU, 3x3, leaky ReLU, times a learned gain."""

    def __init__(self, filters, initial_gain=0.0, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.initial_gain = initial_gain

    def build(self, input_shape):
        dtype = self.dtype_policy
        batch, height, width, channels = input_shape
        halved = (batch, height // 2, width // 2, self.filters)
        self.down = layers.Conv2D(self.filters, 4, strides=2, padding="same", use_bias=False,
                                  dtype=dtype, name="down")
        self.down.build(input_shape)
        self.conv = layers.Conv2D(self.filters, 3, padding="same", use_bias=False, dtype=dtype,
                                  name="conv")
        self.conv.build(halved)
        self.gain = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(self.initial_gain), name="gain")
        self.shortcut = None
        if channels != self.filters:
            self.shortcut = layers.Conv2D(self.filters, 1, dtype=dtype, name="shortcut")
            self.shortcut.build((batch, height // 2, width // 2, channels))

    def call(self, features):
        residual = keras.ops.leaky_relu(self.down(features), 0.2)
        residual = keras.ops.leaky_relu(self.conv(residual), 0.2)
        # Pooling commutes with the 1x1 convolution that the released code puts before it.
        shortcut = keras.ops.average_pool(features, 2, 2)
        shortcut = self.shortcut(shortcut) if self.shortcut else shortcut
        return shortcut + keras.ops.cast(self.gain, residual.dtype) * residual

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, height // 2, width // 2, self.filters)

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters, "initial_gain": self.initial_gain}


def _down_to_4x4(channels, initial_gain, dtype):
    """Returns the first convolution of a picture and the blocks that halve it down to 4x4."""
    from_image = layers.Conv2D(channels[-1], 3, padding="same", dtype=dtype, name="from_image")
    return from_image, [
        DFGANDiscriminatorBlock(width, initial_gain, dtype=dtype, name=f"block_{i}")
        for i, width in enumerate(reversed(channels[:-1]))]


@keras.saving.register_keras_serializable("zoo")
class DFGANDiscriminator(keras.Model):
    """D of DF-GAN (Tao et al. 2022, section 3.3) with its one-way output, one joint score.

    Args:
        channels: widths at 4x4, 8x8, … up to the picture's size, as in `DFGANGenerator`;
            `reference_channels(256)` gives 6,717,766 parameters, the released network less three
            shortcut convolutions that it holds and never uses.
        text_dim: length of the text embedding.
        image_channels: channels of the picture.
        initial_gain: of the residual branches. 0 as released; the gain then grows by about a
            learning rate a step, so a short training is better served by 1.
        head: "joint", DF-GAN's own, or a key of `zoo.layers.heads.HEADS`.

    Call: image float `(batch, size, size, image_channels)` in [-1, 1], text_embedding float
        `(batch, text_dim)` -> logits float32 `(batch,)`, or what the head returns. `features` and
        `score` are its halves, so that one picture can be judged with several texts.
    """

    def __init__(self, channels=(256, 256, 128, 64, 32), text_dim=256, image_channels=3,
                 initial_gain=0.0, head="joint", **kwargs):
        super().__init__(**kwargs)
        _check_channels(channels)
        self.channels = tuple(channels)
        self.text_dim = text_dim
        self.image_channels = image_channels
        self.initial_gain = initial_gain
        dtype = self.dtype_policy
        self.from_image, self.blocks = _down_to_4x4(channels, initial_gain, dtype)
        self.head = head
        if head == "joint":
            self.joint_conv = layers.Conv2D(2 * channels[-1], 3, padding="same", use_bias=False,
                                            dtype=dtype, name="joint_conv")
            self.to_logit = layers.Conv2D(1, 4, use_bias=False, dtype=dtype, name="to_logit")
        else:
            self.judge = HEADS[head](dtype=dtype, name="judge")
        self.image_size = 4 * 2 ** (len(channels) - 1)
        self(keras.KerasTensor((None, self.image_size, self.image_size, image_channels)),
             keras.KerasTensor((None, text_dim)))

    def features(self, image, training=None):
        """Returns what the network sees in the picture, `(batch, 4, 4, channels[0])`."""
        features = self.from_image(image)
        for block in self.blocks:
            features = block(features)
        return features

    def score(self, features, text_embedding, training=None):
        """Returns logits float32 `(batch,)` (or the head's) for features and texts, row by row."""
        if self.head != "joint":
            return self.judge(features, text_embedding)
        joint = self.joint_conv(tile_condition(text_embedding, features))
        logits = self.to_logit(keras.ops.leaky_relu(joint, 0.2))
        return keras.ops.cast(keras.ops.reshape(logits, (-1,)), "float32")

    def call(self, image, text_embedding, training=None):
        return self.score(self.features(image), text_embedding)

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels,
            "text_dim": self.text_dim,
            "image_channels": self.image_channels,
            "initial_gain": self.initial_gain,
            "head": self.head,
        }


@keras.saving.register_keras_serializable("zoo")
class DFGANEncoder(keras.Model):
    """What noise stands for a picture: E of BicycleGAN (Zhu et al. 2017, section 3.2), as DF-GAN's D.

    Args:
        channels: widths at 4x4, 8x8, … up to the picture's size, as in `DFGANGenerator`.
        latent_dim: length of the noise vector.
        image_channels: channels of the picture.

    Call: image float `(batch, size, size, image_channels)` in [-1, 1] -> (mean, log of the
        standard deviation) of a normal distribution, each float32 `(batch, latent_dim)`; the
        latter in [-5, 2].
    """

    def __init__(self, channels, latent_dim, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        _check_channels(channels)
        self.channels = tuple(channels)
        self.latent_dim = latent_dim
        self.image_channels = image_channels
        dtype = self.dtype_policy
        self.from_image, self.blocks = _down_to_4x4(channels, 1.0, dtype)
        self.flatten = layers.Flatten(dtype=dtype, name="flatten")
        self.to_moments = Moments(latent_dim, name="to_moments")
        size = 4 * 2 ** (len(channels) - 1)
        self(keras.KerasTensor((None, size, size, image_channels)))

    def call(self, image, training=None):
        features = self.from_image(image)
        for block in self.blocks:
            features = block(features)
        return self.to_moments(self.flatten(features))

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels, "latent_dim": self.latent_dim,
            "image_channels": self.image_channels}
