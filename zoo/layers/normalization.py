"""Normalisation of feature maps, with a say in which statistics are used at inference."""

import keras
from keras import layers

NORMS = ("batch", "instance", "none")
INFERENCE_STATISTICS = ("moving", "picture")
_EPSILON = 1e-5


@keras.saving.register_keras_serializable("zoo")
class PictureNormalization(layers.Layer):
    """Batch normalisation in training; at inference each picture has its own statistics.

    What the released pix2pix does at batch 1 (Isola et al. 2017, section 3.3): no moving
    statistics are kept, and a picture's result does not depend on the others in its batch.

    Call: features `(batch, height, width, channels)` -> the same shape.
    """

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma, self.beta = (
            self.add_weight(shape=channels, initializer=start, name=name, autocast=False)
            for name, start in (("gamma", "ones"), ("beta", "zeros")))

    def call(self, features, training=None):
        is_learning = training and self.trainable
        dtype = features.dtype
        features = keras.ops.cast(features, "float32")
        mean, variance = keras.ops.moments(
            features, axes=(0, 1, 2) if is_learning else (1, 2), keepdims=True,
            synchronized=is_learning)
        scale = keras.ops.rsqrt(variance + _EPSILON) * self.gamma
        return keras.ops.cast((features - mean) * scale + self.beta, dtype)

    def compute_output_shape(self, input_shape):
        return input_shape


def make_norm(kind, inference_statistics, dtype, name):
    """Returns a normalising layer, or None for no norm.

    Args:
        kind: one of `NORMS`. Instance norm knows a picture's own statistics only.
        inference_statistics: of batch norm, one of `INFERENCE_STATISTICS`.
        dtype: dtype policy.
        name: of the layer.

    Raises:
        ValueError: an unknown kind.
    """
    if kind not in NORMS or inference_statistics not in INFERENCE_STATISTICS:
        raise ValueError(f"norm must be one of {NORMS} and inference_statistics one of "
                         f"{INFERENCE_STATISTICS}, got {kind!r}, {inference_statistics!r}.")
    if kind == "none":
        return None
    if kind == "instance":
        return layers.GroupNormalization(groups=-1, epsilon=_EPSILON, dtype=dtype, name=name)
    if inference_statistics == "picture":
        return PictureNormalization(dtype=dtype, name=name)
    return layers.BatchNormalization(
        momentum=0.9, epsilon=_EPSILON, synchronized=True, dtype=dtype, name=name)
