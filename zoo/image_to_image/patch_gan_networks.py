"""The discriminator of pix2pix: one logit a patch."""

import keras
from keras import layers

from zoo.layers.normalization import make_norm
from zoo.layers.one_channel import OneChannelConv2D

# Side of the patch that one logit sees, pixels -> 4x4 convolutions of stride 2 (Isola et al. 2017,
# section 6.1.2); two of stride 1 follow. At 1 all convolutions are 1x1.
HALVINGS_OF_PATCH = {1: 0, 16: 1, 34: 2, 70: 3, 142: 4, 286: 5}


@keras.saving.register_keras_serializable("zoo")
class PatchGANDiscriminator(keras.Model):
    """Judges each patch of a (source, candidate) pair (Isola et al. 2017, section 3.2.2).

    At a patch of 70 with the defaults 2,768,705 trained weights, those of the released code. Where
    that pads the two last convolutions by one pixel and loses two rows and columns of logits, here
    they are "same", so that every patch size works on pictures of any size.

    Args:
        patch_size: key of `HALVINGS_OF_PATCH`.
        source_channels, target_channels: of the pair.
        base_channels: width of the first layer; doubles up to eight times that.
        norm, inference_statistics: see `zoo.layers.normalization.make_norm`; the first and the
            last convolution have none.
        conditional: False judges the candidate alone ("GAN" instead of "cGAN" in the paper).

    Call: source and candidate, float `(batch, height, width, channels)` in [-1, 1] -> logits
        float32 `(batch, height / 2**n, width / 2**n, 1)` with n halvings, rounded up.
    """

    def __init__(self, patch_size=70, source_channels=3, target_channels=3, base_channels=64,
                 norm="batch", inference_statistics="moving", conditional=True, **kwargs):
        super().__init__(**kwargs)
        if patch_size not in HALVINGS_OF_PATCH:
            raise ValueError(f"patch_size must be one of {tuple(HALVINGS_OF_PATCH)}, "
                             f"got {patch_size!r}.")
        self.patch_size = patch_size
        self.source_channels = source_channels
        self.target_channels = target_channels
        self.base_channels = base_channels
        self.norm = norm
        self.inference_statistics = inference_statistics
        self.conditional = conditional
        halvings = HALVINGS_OF_PATCH[patch_size]
        kernel = 4 if halvings else 1
        # (width, stride) of all but the last convolution.
        stages = [(base_channels * min(2**i, 8), 2) for i in range(halvings)]
        stages.append((base_channels * min(2**halvings, 8), 1))
        if not halvings:
            stages.append((2 * base_channels, 1))
        self.convs = [self._conv(width, kernel, stride, norm == "none" or i == 0, f"conv_{i}")
                      for i, (width, stride) in enumerate(stages)]
        self.norms = [make_norm(norm, inference_statistics, self.dtype_policy, f"norm_{i}")
                      for i in range(1, len(stages))]
        self.to_logits = OneChannelConv2D(
            kernel, kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
            dtype=self.dtype_policy, name="to_logits")
        self(keras.KerasTensor((None, None, None, source_channels)),
             keras.KerasTensor((None, None, None, target_channels)))

    def _conv(self, filters, kernel, strides, use_bias, name):
        return layers.Conv2D(filters, kernel, strides, "same", use_bias=use_bias,
                             kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
                             dtype=self.dtype_policy, name=name)

    def features(self, source, candidate, training=None):
        """Returns what each layer but the last one found, a list of `(batch, …, channels)`."""
        pair = [source, candidate] if self.conditional else [candidate]
        features, found = keras.ops.concatenate(pair, axis=-1), []
        for conv, norm in zip(self.convs, [None, *self.norms], strict=True):
            features = conv(features)
            if norm is not None:
                features = norm(features, training=training)
            features = keras.ops.leaky_relu(features, 0.2)
            found.append(features)
        return found

    def score(self, features):
        """Returns the logits that follow from `features`."""
        return keras.ops.cast(self.to_logits(features[-1]), "float32")

    def call(self, source, candidate, training=None):
        return self.score(self.features(source, candidate, training=training))

    def get_config(self):
        return super().get_config() | {
            "patch_size": self.patch_size,
            "source_channels": self.source_channels,
            "target_channels": self.target_channels,
            "base_channels": self.base_channels,
            "norm": self.norm,
            "inference_statistics": self.inference_statistics,
            "conditional": self.conditional,
        }
