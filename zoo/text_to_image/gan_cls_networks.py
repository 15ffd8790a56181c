"""Generator and discriminator of GAN-CLS.

Source: Reed et al., "Generative Adversarial Text to Image Synthesis", ICML 2016, section 4.1, and
its released code, https://github.com/reedscot/icml2016, `main_cls.lua` (the layers) and
`main_cls_int.lua` (the 128-dimensional text projection, which is also the paper's).

What one may trip over when comparing with the released code:

- The residual blocks are in the code only; the paper does not mention them.
- The code has a bias in every convolution, but sets it to zero before each evaluation of a loss.
  Here these biases start at zero and train.
- `main_cls_int.lua` differs in the discriminator: it has batch norm on the text projection, and
  no activation after the 8x8 stage. Here both are as in `main_cls.lua`.
- Torch's running variance is unbiased and that of Keras biased; at batch 64 nobody can tell.
"""

import keras

from zoo.layers.heads import HEADS
from zoo.layers.residual import BottleneckResidualBlock, batch_norm, convolution

_SEED_SIZE = 4
_SLOPE = 0.2


@keras.saving.register_keras_serializable(package="zoo")
class GANCLSGenerator(keras.Model):
    """Generator of Reed et al. 2016: noise and a caption's embedding to an image.

    The projected text is appended to the noise; transposed 4x4 convolutions then double the size
    until `image_size`. There is a residual block at 4x4 and at 8x8, and none in the stages
    above. With the default arguments it is the released network. An `image_size` of 32 drops the
    last of the two plain stages; each doubling beyond 64 adds one of half the channels.

    Call: `generator(noise, text_embedding, training=None)`

    - `noise`: float (batch, latent_dim), standard normal.
    - `text_embedding`: float (batch, text_dim).
    - returns float32 (batch, image_size, image_size, image_channels) in [-1, 1], whatever the
      dtype policy.

    It is built by its constructor, so that its variables exist from then on.

    Args:
        image_size: height and width of the image in pixels, a power of two, at least 32.
        latent_dim: dimensions of the noise.
        text_dim: dimensions of the text embedding.
        text_projection_dim: dimensions to which the text embedding is reduced.
        base_channels: channels of the 32x32 stage of the 64x64 network; 4x4 has 8 times as many.
        image_channels: channels of the image.
        **kwargs: `name`, `dtype` and `trainable`, as for any Keras model.

    Raises:
        ValueError: `image_size` is not a power of two of at least 32.

    Example:
        >>> generator = GANCLSGenerator()
        >>> images = generator(keras.random.normal((2, 100)), embeddings)  # (2, 64, 64, 3)
    """

    def __init__(
        self,
        image_size=64,
        latent_dim=100,
        text_dim=1024,
        text_projection_dim=128,
        base_channels=128,
        image_channels=3,
        **kwargs,
    ):
        num_doublings = _num_doublings(image_size)
        super().__init__(**kwargs)
        self.image_size = image_size
        self.latent_dim = latent_dim
        self.text_dim = text_dim
        self.text_projection_dim = text_projection_dim
        self.base_channels = base_channels
        self.image_channels = image_channels

        dtype = self.dtype_policy
        layers = [
            _transposed_convolution(8 * base_channels, 1, "valid", dtype),
            batch_norm(dtype),
            BottleneckResidualBlock(2 * base_channels, dtype=dtype),
            _transposed_convolution(4 * base_channels, 2, "same", dtype),
            batch_norm(dtype),
            BottleneckResidualBlock(base_channels, dtype=dtype),
        ]
        for stage in range(num_doublings - 2):
            layers += [
                _transposed_convolution(max(2 * base_channels >> stage, 1), 2, "same", dtype),
                batch_norm(dtype),
                _activation(0.0, dtype),
            ]
        layers += [
            _transposed_convolution(image_channels, 2, "same", dtype),
            # In half precision tanh has few levels near -1 and 1, so images would show bands.
            keras.layers.Activation("tanh", dtype="float32"),
        ]
        self.text_projection = keras.Sequential(
            [_dense(text_projection_dim, dtype), _activation(_SLOPE, dtype)],
            name="text_projection",
        )
        self.image_layers = keras.Sequential(layers, name="image_layers")
        self.text_projection.build((None, text_dim))
        self.image_layers.build((None, 1, 1, latent_dim + text_projection_dim))
        self.built = True

    def call(self, noise, text_embedding, training=None):
        text = self.text_projection(text_embedding, training=training)
        seed = keras.ops.concatenate([noise, text], axis=-1)
        return self.image_layers(seed[:, None, None, :], training=training)

    def get_config(self):
        return {
            **super().get_config(),
            "image_size": self.image_size,
            "latent_dim": self.latent_dim,
            "text_dim": self.text_dim,
            "text_projection_dim": self.text_projection_dim,
            "base_channels": self.base_channels,
            "image_channels": self.image_channels,
        }


@keras.saving.register_keras_serializable(package="zoo")
class GANCLSDiscriminator(keras.Model):
    """Discriminator of Reed et al. 2016: one logit for an image together with a caption.

    Strided 4x4 convolutions reduce the image to 4x4, where a residual block follows; the projected
    text is then repeated at every position and joined to the image's features. With the default
    arguments it is the released network without its sigmoid. An `image_size` of 32 drops the
    plain stage before the last; each doubling beyond 64 adds one of 8 `base_channels`.

    Calls:

    - `discriminator(image, text_embedding, training=None)`: logits, float32 (batch,), unbounded
      (or what the head returns); the same as `score(features(image), text_embedding)`.
    - `features(image, training=None)`: (batch, 4, 4, 8 * base_channels), of the policy's compute
      dtype. Several captions may be scored against one image's features.
    - `score(features, text_embedding, training=None)`: logits, float32 (batch,).

    `image` is float (batch, image_size, image_size, image_channels) in [-1, 1] and
    `text_embedding` float (batch, text_dim). It is built by its constructor, so that its
    variables exist from then on.

    Args:
        image_size: height and width of the image in pixels, a power of two, at least 32.
        text_dim: dimensions of the text embedding.
        text_projection_dim: dimensions to which the text embedding is reduced.
        base_channels: channels of the first stage; the last has 8 times as many.
        image_channels: channels of the image.
        head: "joint", the released last layers, or a key of `zoo.layers.heads.HEADS`.
        **kwargs: `name`, `dtype` and `trainable`, as for any Keras model.

    Raises:
        ValueError: `image_size` is not a power of two of at least 32.

    Example:
        >>> discriminator = GANCLSDiscriminator()
        >>> logits = discriminator(images, embeddings)  # (batch,)
    """

    def __init__(
        self,
        image_size=64,
        text_dim=1024,
        text_projection_dim=128,
        base_channels=64,
        image_channels=3,
        head="joint",
        **kwargs,
    ):
        num_halvings = _num_doublings(image_size)
        super().__init__(**kwargs)
        self.image_size = image_size
        self.text_dim = text_dim
        self.text_projection_dim = text_projection_dim
        self.base_channels = base_channels
        self.image_channels = image_channels

        dtype = self.dtype_policy
        feature_channels = 8 * base_channels
        layers = [convolution(base_channels, 4, 2, dtype=dtype), _activation(_SLOPE, dtype)]
        for stage in range(1, num_halvings - 1):
            layers += [
                convolution(base_channels * min(2**stage, 8), 4, 2, dtype=dtype),
                batch_norm(dtype),
                _activation(_SLOPE, dtype),
            ]
        layers += [
            convolution(feature_channels, 4, 2, dtype=dtype),
            batch_norm(dtype),
            BottleneckResidualBlock(2 * base_channels, _SLOPE, dtype=dtype),
        ]
        self.image_layers = keras.Sequential(layers, name="image_layers")
        self.text_projection = keras.Sequential(
            [_dense(text_projection_dim, dtype), _activation(_SLOPE, dtype)],
            name="text_projection",
        )
        self.head = head
        self.image_layers.build((None, image_size, image_size, image_channels))
        self.text_projection.build((None, text_dim))
        if head == "joint":
            self.joint_layers = self._joint_layers(feature_channels, dtype)
            joint_channels = feature_channels + text_projection_dim
            self.joint_layers.build((None, _SEED_SIZE, _SEED_SIZE, joint_channels))
        else:
            self.judge = HEADS[head](dtype=dtype, name="judge")
            self.judge.build((None, _SEED_SIZE, _SEED_SIZE, feature_channels),
                             (None, text_projection_dim))
        self.built = True

    @staticmethod
    def _joint_layers(feature_channels, dtype):
        return keras.Sequential(
            [
                convolution(feature_channels, 1, dtype=dtype),
                batch_norm(dtype),
                _activation(_SLOPE, dtype),
                convolution(1, _SEED_SIZE, padding="valid", dtype="float32"),
                keras.layers.Reshape((), dtype="float32"),
            ],
            name="joint_layers",
        )

    def features(self, image, training=None):
        return self.image_layers(image, training=training)

    def score(self, features, text_embedding, training=None):
        text = self.text_projection(text_embedding, training=training)
        if self.head != "joint":
            return self.judge(features, text)
        text = keras.ops.tile(text[:, None, None, :], (1, _SEED_SIZE, _SEED_SIZE, 1))
        joint = keras.ops.concatenate([features, text], axis=-1)
        return self.joint_layers(joint, training=training)

    def call(self, image, text_embedding, training=None):
        return self.score(self.features(image, training), text_embedding, training)

    def get_config(self):
        return {
            **super().get_config(),
            "image_size": self.image_size,
            "text_dim": self.text_dim,
            "text_projection_dim": self.text_projection_dim,
            "base_channels": self.base_channels,
            "image_channels": self.image_channels,
            "head": self.head,
        }


def _num_doublings(image_size):
    """Returns how often 4 doubles to `image_size`, or raises ValueError."""
    is_power_of_two = isinstance(image_size, int) and image_size & (image_size - 1) == 0
    if not is_power_of_two or image_size < 32:
        raise ValueError(
            f"image_size must be a power of two of at least 32 (32, 64, 128, ...), "
            f"got {image_size!r}."
        )
    return (image_size // _SEED_SIZE).bit_length() - 1


def _transposed_convolution(filters, strides, padding, dtype):
    return keras.layers.Conv2DTranspose(
        filters,
        4,
        strides=strides,
        padding=padding,
        kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
        dtype=dtype,
    )


def _dense(units, dtype):
    # The released initialisation covers convolutions and batch norm; this is Torch's own for the
    # weights of a linear layer, uniform within 1 / sqrt(inputs).
    initializer = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
    return keras.layers.Dense(units, kernel_initializer=initializer, dtype=dtype)


def _activation(negative_slope, dtype):
    return keras.layers.LeakyReLU(negative_slope, dtype=dtype)
