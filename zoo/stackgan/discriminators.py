"""The discriminators of both StackGANs: strided convolutions to 4x4, where the text joins."""

import keras
from keras import layers

from zoo.layers.conditioning import tile_condition
from zoo.layers.heads import TwoScoreHead
from zoo.layers.residual import BottleneckResidualBlock, convolution
from zoo.stackgan.blocks import ConvNorm, check_widths, dense


class PictureEncoder(layers.Layer):
    """4x4 convolutions of stride 2, batch norm from the second on, and what narrows the features.

    Args:
        channels: widths at a half of the picture's size, at a quarter, …, at 4x4.
        reduction_channels: widths of further convolutions at 4x4.
        reduction_kernel: their kernel size.
        last_activation: after the last convolution, see `ConvNorm`.

    Call: image float `(batch, size, size, channels)` -> `(batch, 4, 4, last width)`.
    """

    def __init__(self, channels, reduction_channels, reduction_kernel, last_activation, **kwargs):
        super().__init__(**kwargs)
        dtype = self.dtype_policy
        self.from_image = convolution(channels[0], 4, 2, use_bias=False, dtype=dtype)
        shapes = [(width, 4, 2) for width in channels[1:]]
        shapes += [(width, reduction_kernel, 1) for width in reduction_channels]
        activations = ["leaky_relu"] * (len(shapes) - 1) + [last_activation]
        self.convs = [ConvNorm(*shape, activation, dtype=dtype)
                      for shape, activation in zip(shapes, activations, strict=True)]

    def call(self, image, training=None):
        features = keras.ops.leaky_relu(self.from_image(image), 0.2)
        for conv in self.convs:
            features = conv(features, training=training)
        return features


@keras.saving.register_keras_serializable("zoo")
class StageDiscriminator(keras.Model):
    """D of either stage of StackGAN (Zhang et al. 2017) as released: one joint score.

    The released Stage I lacks the activation after its third convolution, which is here.

    Args:
        channels: widths at a half of the picture's size, at a quarter, …, at 4x4; as released 64
            and its doubles, 4 of them for 64x64 (Stage I), 6 for 256x256 (Stage II).
        reduction_channels: widths of 1x1 convolutions that follow, (1024, 512) in Stage II.
        text_dim: length of the text embedding.
        condition_dim: length to which it is reduced.
        image_channels: channels of the picture.

    Call: image float `(batch, image_size, image_size, image_channels)` in [-1, 1], text_embedding
        float `(batch, text_dim)` -> logits float32 `(batch,)`. `features` and `score` are its
        halves, so that one picture can be judged with several texts.

    Attributes:
        image_size: 4 · 2^len(channels).
    """

    def __init__(self, channels=(64, 128, 256, 512), reduction_channels=(), text_dim=1024,
                 condition_dim=128, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        check_widths("channels", channels, fewest=2)
        check_widths("reduction_channels", reduction_channels, fewest=0)
        self.channels = tuple(channels)
        self.reduction_channels = tuple(reduction_channels)
        self.text_dim = text_dim
        self.condition_dim = condition_dim
        self.image_channels = image_channels
        self.image_size = 4 * 2 ** len(self.channels)
        dtype = self.dtype_policy
        *_, width = self.channels + self.reduction_channels
        self.encoder = PictureEncoder(
            self.channels, self.reduction_channels, 1, "none", dtype=dtype, name="encoder")
        self.residual = BottleneckResidualBlock(
            max(width // 4, 1), 0.2, use_bias=False, dtype=dtype, name="residual")
        self.text_projection = dense(condition_dim, dtype)
        self.joint = ConvNorm(width, 1, activation="leaky_relu", dtype=dtype, name="joint")
        self.to_logit = convolution(1, 4, padding="valid", use_bias=False, dtype="float32")
        self(keras.KerasTensor((None, self.image_size, self.image_size, image_channels)),
             keras.KerasTensor((None, text_dim)))

    def features(self, image, training=None):
        """Returns what the network sees in the picture, `(batch, 4, 4, last width)`."""
        return self.residual(self.encoder(image, training=training), training=training)

    def score(self, features, text_embedding, training=None):
        """Returns logits float32 `(batch,)` for features and texts, row by row."""
        text = keras.ops.leaky_relu(self.text_projection(text_embedding), 0.2)
        joint = self.joint(tile_condition(text, features), training=training)
        return keras.ops.reshape(self.to_logit(joint), (-1,))

    def call(self, image, text_embedding, training=None):
        return self.score(self.features(image, training), text_embedding, training)

    def get_config(self):
        return super().get_config() | {
            "channels": self.channels,
            "reduction_channels": self.reduction_channels,
            "text_dim": self.text_dim,
            "condition_dim": self.condition_dim,
            "image_channels": self.image_channels,
        }


@keras.saving.register_keras_serializable("zoo")
class MultiStageDiscriminator(keras.Model):
    """The discriminators of StackGAN++ (Zhang et al. 2018, section 4.2), one a size, two scores.

    Each sees the pictures of its own size, and shares nothing with the others. The released code
    joins the condition that G has made from the text; here each D reduces the embedding itself.

    Args:
        image_sizes: heights and widths, powers of two from 16 on, the smallest first.
        base_channels: width after the first convolution; each further one doubles it, down to 4x4,
            where 3x3 convolutions halve it to 8 times as many.
        text_dim: length of the text embedding.
        condition_dim: length to which it is reduced.
        image_channels: channels of the pictures.

    Call: tuple of images, float `(batch, size, size, image_channels)` in [-1, 1] of each size,
        text_embedding float `(batch, text_dim)` -> `{"realism_64", "match_64", …}`, logits float32
        `(batch,)` by score and size. `features` and `score` are its halves.
    """

    def __init__(self, image_sizes=(64, 128, 256), base_channels=64, text_dim=1024,
                 condition_dim=128, image_channels=3, **kwargs):
        super().__init__(**kwargs)
        if any(size < 16 or size & (size - 1) for size in image_sizes):
            raise ValueError(f"image_sizes must be powers of two from 16 on, got {image_sizes}.")
        self.image_sizes = tuple(image_sizes)
        self.base_channels = base_channels
        self.text_dim = text_dim
        self.condition_dim = condition_dim
        self.image_channels = image_channels
        dtype = self.dtype_policy
        self.encoders, self.text_projections, self.heads = [], [], []
        for size in self.image_sizes:
            doublings = size.bit_length() - 3
            widths = [base_channels * 2**i for i in range(doublings)]
            self.encoders.append(PictureEncoder(
                widths, widths[3:-1][::-1], 3, "leaky_relu", dtype=dtype, name=f"encoder_{size}"))
            self.text_projections.append(dense(condition_dim, dtype))
            self.heads.append(TwoScoreHead(dtype=dtype, name=f"head_{size}"))
        self(tuple(keras.KerasTensor((None, size, size, image_channels))
                   for size in self.image_sizes), keras.KerasTensor((None, text_dim)))

    def features(self, images, training=None):
        """Returns what each D sees in its picture, a tuple of `(batch, 4, 4, width)`."""
        return tuple(encoder(image, training=training)
                     for encoder, image in zip(self.encoders, images, strict=True))

    def score(self, features, text_embedding, training=None):
        """Returns the logits for features and texts, row by row; see the class."""
        logits = {}
        for size, projection, head, seen in zip(
                self.image_sizes, self.text_projections, self.heads, features, strict=True):
            text = keras.ops.leaky_relu(projection(text_embedding), 0.2)
            logits |= {f"{name}_{size}": value for name, value in head(seen, text).items()}
        return logits

    def call(self, images, text_embedding, training=None):
        return self.score(self.features(images, training), text_embedding, training)

    def get_config(self):
        return super().get_config() | {
            "image_sizes": self.image_sizes,
            "base_channels": self.base_channels,
            "text_dim": self.text_dim,
            "condition_dim": self.condition_dim,
            "image_channels": self.image_channels,
        }
