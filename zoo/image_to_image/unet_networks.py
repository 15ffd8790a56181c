"""The U-Net of pix2pix."""

import functools

import keras
from keras import layers

from zoo.image_to_image.encoder_networks import TargetEncoder
from zoo.layers.conditioning import AffineModulation
from zoo.layers.normalization import make_norm
from zoo.layers.seeded import SeededDropout, SeededNormal
from zoo.layers.upsampling import UpsampleConv2D


# Layers that double height and width.
_UP = {"transposed": functools.partial(layers.Conv2DTranspose, kernel_size=4, strides=2,
                                       padding="same"),
       "resize": UpsampleConv2D}


def _kernel():
    return keras.initializers.RandomNormal(stddev=0.02)


@keras.saving.register_keras_serializable("zoo")
class UNetGenerator(keras.Model):
    """An encoder and a decoder with a skip at every size (Isola et al. 2017, section 6.1.1).

    4x4 convolutions of stride 2 down to a bottleneck and transposed ones up again; widths double
    from `base_channels` up to eight times that. As in the released code the first layer and the
    bottleneck have no norm, and only the last layer has a bias where there is batch norm: with
    the defaults 54,413,955 trained weights.

    Args:
        source_channels, target_channels: channels in and out.
        depth: halvings; a picture of `2**depth` pixels comes down to one.
        base_channels: width of the first layer.
        norm, inference_statistics: see `zoo.layers.normalization.make_norm`.
        num_dropout_blocks: decoder blocks, from the bottleneck on, whose dropout of one half is
            the noise; 0: no noise.
        upsampling: "transposed", or "resize": by nearest neighbour and then 3x3 convolutions, which
            leave no grid (Odena et al. 2016, "Deconvolution and checkerboard artifacts").
        latent_dim: length of a noise vector that scales and shifts the features of every decoder
            block but the last, the bottleneck's first; 0: none.
        encoder_base_channels: width of a `TargetEncoder` that is trained with it, which says for a
            true picture what noise stands for it; 0: none.

    Call: source float `(batch, height, width, source_channels)` in [-1, 1], sides multiples of
        `multiple`; seeds int32 `(batch, 2)` of the noise, or None for none; latents float
        `(batch, latent_dim)`, the noise vectors, or None for those that `latents` draws ->
        float32 `(batch, height, width, target_channels)` in [-1, 1].
    """

    def __init__(self, source_channels=3, target_channels=3, depth=8, base_channels=64,
                 norm="batch", inference_statistics="moving", num_dropout_blocks=3,
                 upsampling="transposed", latent_dim=0, encoder_base_channels=0, **kwargs):
        super().__init__(**kwargs)
        if depth < 2:
            raise ValueError(f"depth must be at least 2, got {depth}.")
        if upsampling not in _UP:
            raise ValueError(f"upsampling must be one of {', '.join(_UP)}, got {upsampling}.")
        if encoder_base_channels and not latent_dim:
            raise ValueError("encoder_base_channels: there is no noise vector to say; set "
                             "latent_dim.")
        self.source_channels = source_channels
        self.target_channels = target_channels
        self.depth = depth
        self.base_channels = base_channels
        self.norm = norm
        self.inference_statistics = inference_statistics
        self.num_dropout_blocks = num_dropout_blocks
        self.upsampling = upsampling
        self.latent_dim = latent_dim
        self.encoder_base_channels = encoder_base_channels
        self.multiple = 2**depth  # Sides must be multiples of it, pixels.
        widths = [base_channels * min(2**i, 8) for i in range(depth)]
        ups = [*reversed(widths[:-1]), target_channels]
        self.down_convs = [
            layers.Conv2D(width, 4, 2, "same", use_bias=norm == "none",
                          kernel_initializer=_kernel(), dtype=self.dtype_policy, name=f"down_{i}")
            for i, width in enumerate(widths)]
        self.up_convs = [
            _UP[upsampling](width, use_bias=norm == "none" or i == depth - 1,
                            kernel_initializer=_kernel(), dtype=self.dtype_policy, name=f"up_{i}")
            for i, width in enumerate(ups)]
        self.down_norms = [self._make_norm(f"down_norm_{i}") for i in range(1, depth - 1)]
        self.up_norms = [self._make_norm(f"up_norm_{i}") for i in range(depth - 1)]
        self.dropouts = [SeededDropout(0.5, salt=i, dtype=self.dtype_policy, name=f"dropout_{i}")
                         for i in range(min(num_dropout_blocks, depth - 1))]
        self.modulations, self.encoder = [], None
        if latent_dim:
            self.to_latents = SeededNormal(latent_dim, name="to_latents")
            self.modulations = [AffineModulation(dtype=self.dtype_policy, name=f"modulation_{i}")
                                for i in range(depth - 1)]
        if encoder_base_channels:
            self.encoder = TargetEncoder(latent_dim, target_channels, encoder_base_channels,
                                         dtype=self.dtype_policy, name="encoder")
        self(keras.KerasTensor((None, None, None, source_channels)),
             keras.KerasTensor((None, 2), dtype="int32"))

    def _make_norm(self, name):
        return make_norm(self.norm, self.inference_statistics, self.dtype_policy, name)

    def latents(self, seeds):
        """Returns the noise vectors of seeds int32 `(batch, 2)`, float32 `(batch, latent_dim)`."""
        return self.to_latents(seeds)

    def call(self, source, seeds=None, latents=None, training=None):
        if self.latent_dim and latents is None and seeds is not None:
            latents = self.latents(seeds)
        features, skips = self.down_convs[0](source), []
        for i, conv in enumerate(self.down_convs[1:]):
            skips.append(features)
            features = conv(keras.ops.leaky_relu(features, 0.2))
            if i < len(self.down_norms):
                features = _apply(self.down_norms[i], features, training)
        for i, conv in enumerate(self.up_convs[:-1]):
            features = conv(keras.ops.relu(features))
            features = _apply(self.up_norms[i], features, training)
            if latents is not None:
                features = self.modulations[i](features, latents)
            if seeds is not None and i < len(self.dropouts):
                features = self.dropouts[i](features, seeds)
            features = keras.ops.concatenate([skips.pop(), features], axis=-1)
        result = self.up_convs[-1](keras.ops.relu(features))
        return keras.ops.tanh(keras.ops.cast(result, "float32"))

    def get_config(self):
        return super().get_config() | {
            "source_channels": self.source_channels,
            "target_channels": self.target_channels,
            "depth": self.depth,
            "base_channels": self.base_channels,
            "norm": self.norm,
            "inference_statistics": self.inference_statistics,
            "num_dropout_blocks": self.num_dropout_blocks,
            "upsampling": self.upsampling,
            "latent_dim": self.latent_dim,
            "encoder_base_channels": self.encoder_base_channels,
        }


def _apply(norm, features, training):
    return features if norm is None else norm(features, training=training)
