"""The multi-scale generator and discriminators of Mathieu et al.

Source: Mathieu, Couprie & LeCun, "Deep multi-scale video prediction beyond mean square error",
ICLR 2016, section 3 and table 1 (kernels and widths).

What differs here:

- G's last layers are linear, not tanh: plain white is 1, which tanh cannot reach.
- D's fully connected layers are convolutions of the same weights, so that D judges 32x32 patches
  with one score a scale, as in the paper, and larger frames with a map of scores.
"""

import keras
import tensorflow as tf
from keras import layers

from zoo.layers.frames import stack
from zoo.layers.pyramid import pyramid

_NUM_SCALES = 4

# Of each scale, the coarsest first: kernel sizes, and widths of all layers but the last.
_GENERATOR_KERNELS = ((3, 3, 3, 3), (5, 3, 3, 5), (5, 3, 3, 3, 3, 5), (7, 5, 5, 5, 5, 7))
_GENERATOR_WIDTHS = ((128, 256, 128), (128, 256, 128), (128, 256, 512, 256, 128),
                     (128, 256, 512, 256, 128))
# Likewise; then the side of what is left of a patch after pooling, and the fully connected widths.
_DISCRIMINATOR_KERNELS = ((3,), (3, 3, 3), (5, 5, 5), (7, 7, 5, 5))
_DISCRIMINATOR_WIDTHS = ((64,), (64, 128, 128), (128, 256, 256), (128, 256, 512, 128))
_POOLED_SIZES = (1, 1, 2, 6)
_DENSE_WIDTHS = ((512, 256), (1024, 512), (1024, 512), (1024, 512))


def _scaled(widths, width):
    return [max(1, round(width * each)) for each in widths]


@keras.saving.register_keras_serializable("zoo")
class MultiScaleGenerator(keras.Model):
    """Predicts the next frame at 1/8, 1/4, 1/2 and the full size, each from the one before it.

    Mathieu et al. 2016, eq. 4: at each scale, the upscaled coarser prediction plus a correction
    made from it and from the past frames at that scale. Fully convolutional.

    Args:
        context_frames: past frames.
        width: share of the paper's widths.

    Attributes:
        latent_dim: 0, there is no noise.
        size_multiple: sides of the frames must be multiples of this.

    Call: context float `(batch, context_frames, height, width, 3)` in [-1, 1], noise None -> tuple
        of float32 `(batch, height / 8, width / 8, 3)`, …, `(batch, height, width, 3)`.
    """

    latent_dim = 0
    size_multiple = 2 ** (_NUM_SCALES - 1)

    def __init__(self, context_frames=4, width=1.0, **kwargs):
        # Frames and predictions stay float32 in any precision.
        super().__init__(autocast=False, **kwargs)
        self.context_frames = context_frames
        self.width = width
        self.scales = []
        for scale, kernels in enumerate(_GENERATOR_KERNELS):
            convs = [layers.Conv2D(filters, kernel, padding="same", activation="relu",
                                   dtype=self.dtype_policy)
                     for filters, kernel in zip(_scaled(_GENERATOR_WIDTHS[scale], width), kernels)]
            convs.append(layers.Conv2D(3, kernels[-1], padding="same", dtype="float32"))
            network = keras.Sequential(convs, name=f"scale_{scale}")
            network.build((None, None, None, 3 * (context_frames + (scale > 0))))
            self.scales.append(network)
        self.built = True

    def call(self, context, noise=None, training=None):
        frames, predictions = pyramid(stack(context), _NUM_SCALES), []
        for past, network in zip(frames, self.scales, strict=True):
            if not predictions:
                predictions.append(network(past))
                continue
            coarse = tf.image.resize(predictions[-1], tf.shape(past)[1:3])
            predictions.append(coarse + network(tf.concat([past, coarse], axis=-1)))
        return tuple(predictions)

    def get_config(self):
        return super().get_config() | {"context_frames": self.context_frames, "width": self.width}


@keras.saving.register_keras_serializable("zoo")
class MultiScaleDiscriminator(keras.Model):
    """Judges a next frame together with the past, at 1/8, 1/4, 1/2 and the full size.

    Args:
        context_frames: past frames.
        width: share of the paper's widths.

    Attributes:
        num_scales: sizes at which it sees the candidate.

    Call: context float `(batch, context_frames, height, width, 3)` in [-1, 1], sides multiples of
        8 and at least 32; next_frames, the candidate at the four sizes, the smallest first -> a
        tuple of float32 logits `(batch, rows, columns, 1)`, one a scale, 1x1 for 32x32 patches.
    """

    num_scales = _NUM_SCALES

    def __init__(self, context_frames=4, width=1.0, **kwargs):
        super().__init__(**kwargs)
        self.context_frames = context_frames
        self.width = width
        self.scales = [self._scale(scale) for scale in range(_NUM_SCALES)]
        self.built = True

    def _scale(self, scale):
        def convs(widths, kernels):
            return [layers.Conv2D(filters, kernel, activation="relu", dtype=self.dtype_policy)
                    for filters, kernel in zip(_scaled(widths, self.width), kernels, strict=True)]

        network = keras.Sequential([
            *convs(_DISCRIMINATOR_WIDTHS[scale], _DISCRIMINATOR_KERNELS[scale]),
            layers.MaxPooling2D(dtype=self.dtype_policy),
            *convs(_DENSE_WIDTHS[scale], (_POOLED_SIZES[scale], 1)),
            layers.Conv2D(1, 1, dtype="float32"),
        ], name=f"scale_{scale}")
        network.build((None, None, None, 3 * (self.context_frames + 1)))
        return network

    def call(self, context, next_frames, training=None):
        past = pyramid(stack(context), _NUM_SCALES)
        return tuple(network(tf.concat([frames, candidate], axis=-1))
                     for network, frames, candidate in zip(
                         self.scales, past, next_frames, strict=True))

    def get_config(self):
        return super().get_config() | {"context_frames": self.context_frames, "width": self.width}
