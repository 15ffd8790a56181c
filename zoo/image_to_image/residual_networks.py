"""The residual generator: a second choice beside the U-Net."""

import keras
from keras import layers

from zoo.image_to_image.hparams import RESIDUAL_MULTIPLE
from zoo.layers.normalization import make_norm
from zoo.layers.seeded import SeededDropout
from zoo.layers.upsampling import UpsampleConv2D


def _kernel():
    return keras.initializers.RandomNormal(stddev=0.02)


@keras.saving.register_keras_serializable("zoo")
class ResidualGenerator(keras.Model):
    """Two halvings, residual blocks, two doublings (Johnson et al. 2016, as in CycleGAN's code).

    Here borders are padded with zeros instead of reflections, and the doublings are
    `UpsampleConv2D`, which leaves no checkerboard, instead of transposed convolutions.

    Args:
        source_channels, target_channels: channels in and out.
        base_channels: width at the full size; it doubles at each halving.
        num_blocks: residual blocks; 9 there for 256x256 pictures, 6 for 128x128.
        norm, inference_statistics: see `zoo.layers.normalization.make_norm`.
        num_dropout_blocks: how many of the first residual blocks have a dropout of one half
            between their convolutions: the noise.

    Call: as `zoo.image_to_image.unet_networks.UNetGenerator`.
    """

    multiple = RESIDUAL_MULTIPLE  # Of the sides of what it takes.
    latent_dim, encoder = 0, None  # Its noise is dropout alone.

    def __init__(self, source_channels=3, target_channels=3, base_channels=64, num_blocks=9,
                 norm="instance", inference_statistics="moving", num_dropout_blocks=3, **kwargs):
        super().__init__(**kwargs)
        self.source_channels = source_channels
        self.target_channels = target_channels
        self.base_channels = base_channels
        self.num_blocks = num_blocks
        self.norm = norm
        self.inference_statistics = inference_statistics
        self.num_dropout_blocks = num_dropout_blocks
        widths = [base_channels * 2**i for i in range(3)]
        self.down_convs = [self._conv(widths[0], 7, 1, "from_source"),
                           self._conv(widths[1], 3, 2, "down_0"),
                           self._conv(widths[2], 3, 2, "down_1")]
        self.block_convs = [self._conv(widths[2], 3, 1, f"block_{i // 2}_{i % 2}")
                            for i in range(2 * num_blocks)]
        self.up_convs = [UpsampleConv2D(width, use_bias=norm == "none", dtype=self.dtype_policy,
                                        kernel_initializer=_kernel(), name=f"up_{i}")
                         for i, width in enumerate(reversed(widths[:-1]))]
        self.to_target = layers.Conv2D(target_channels, 7, padding="same", dtype=self.dtype_policy,
                                       kernel_initializer=_kernel(), name="to_target")
        self.down_norms, self.block_norms, self.up_norms = (
            [make_norm(norm, inference_statistics, self.dtype_policy, f"{kind}_norm_{i}")
             for i in range(count)]
            for kind, count in (("down", 3), ("block", 2 * num_blocks), ("up", 2)))
        self.dropouts = [SeededDropout(0.5, salt=i, dtype=self.dtype_policy, name=f"dropout_{i}")
                         for i in range(min(num_dropout_blocks, num_blocks))]
        self(keras.KerasTensor((None, None, None, source_channels)),
             keras.KerasTensor((None, 2), dtype="int32"))

    def _conv(self, filters, kernel, strides, name):
        return layers.Conv2D(filters, kernel, strides, "same", use_bias=self.norm == "none",
                             kernel_initializer=_kernel(), dtype=self.dtype_policy, name=name)

    def call(self, source, seeds=None, training=None):
        def normalised(conv, norm, features):
            features = conv(features)
            return features if norm is None else norm(features, training=training)

        features = source
        for conv, norm in zip(self.down_convs, self.down_norms, strict=True):
            features = keras.ops.relu(normalised(conv, norm, features))
        for i in range(self.num_blocks):
            (first, last), (first_norm, last_norm) = (
                pairs[2 * i:2 * i + 2] for pairs in (self.block_convs, self.block_norms))
            residual = keras.ops.relu(normalised(first, first_norm, features))
            if seeds is not None and i < len(self.dropouts):
                residual = self.dropouts[i](residual, seeds)
            features = features + normalised(last, last_norm, residual)
        for conv, norm in zip(self.up_convs, self.up_norms, strict=True):
            features = keras.ops.relu(normalised(conv, norm, features))
        return keras.ops.tanh(keras.ops.cast(self.to_target(features), "float32"))

    def get_config(self):
        return super().get_config() | {
            "source_channels": self.source_channels,
            "target_channels": self.target_channels,
            "base_channels": self.base_channels,
            "num_blocks": self.num_blocks,
            "norm": self.norm,
            "inference_statistics": self.inference_statistics,
            "num_dropout_blocks": self.num_dropout_blocks,
        }
