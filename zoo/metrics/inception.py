"""Inception features of pictures, for distances between sets of them.

None of these is the published FID: Keras's weights are not those of the network behind it (Heusel
et al. 2017). They compare models within this project only.
"""

import keras
import numpy as np
from PIL import Image

from zoo.metrics.distances import distances as between
from zoo.metrics.distances import real_against_real

_SIDE = 299
_WEIGHTS_FILE = "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
# Keras reports a failed download as a bare `Exception` and a damaged file as a `ValueError`;
# the beginnings of its messages are all that tells them from a bug.
_LOADING_FAILURES = ("URL fetch failure on", "Incomplete or corrupted file detected")


def load_inception():
    """InceptionV3 without its classifier, with ImageNet weights, averaged over space.

    Source: Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision".

    Returns:
      `keras.Model` from float32 `(n, 299, 299, 3)` in [-1, 1] to float32 `(n, 2048)`, whatever
      precision the models under evaluation use.

    Raises:
      OSError: the weights are not in Keras's cache and can not be downloaded.
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        return keras.applications.InceptionV3(
            include_top=False, weights="imagenet", pooling="avg", input_shape=(_SIDE, _SIDE, 3)
        )
    except Exception as error:
        if not str(error).startswith(_LOADING_FAILURES):
            raise
        raise OSError(
            f"InceptionV3's ImageNet weights can not be loaded: put {_WEIGHTS_FILE} into "
            f"~/.keras/models, or connect to the network once ({error})."
        ) from error
    finally:
        keras.config.set_dtype_policy(policy)


def inception_features(model, images, batch_size=64):
    """Pooled features of pictures, resized to 299x299 and scaled to [-1, 1].

    Resized as by clean-fid (Parmar et al. 2022, "On Aliased Resizing and Surprising Subtleties in
    GAN Evaluation", section 3): Pillow's bicubic filter, which widens with the reduction, so that
    nothing is aliased, on each channel in float and without rounding.

    Args:
      model: what `load_inception` returns, or any model of the same shapes.
      images: uint8 `(n, height, width, 3)` in [0, 255].
      batch_size: int, how many pictures the network sees at a time.

    Returns:
      float32 `(n, 2048)`.

    Raises:
      ValueError: `images` is not uint8 `(n, height, width, 3)` with `n >= 1`.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or not len(images):
        raise ValueError(
            "images must be uint8 (n, height, width, 3) with n >= 1, "
            f"got {images.dtype} {images.shape}."
        )
    features = []
    for start in range(0, len(images), batch_size):
        resized = np.stack([_resized(image) for image in images[start : start + batch_size]])
        scaled = keras.applications.inception_v3.preprocess_input(resized)
        features.append(model(scaled, training=False).numpy())
    return np.concatenate(features)


def distances(real, fake, other, seed):
    """Returns the distances of pictures in Inception's features, where it can be loaded.

    Args:
        real, fake: uint8 `(n, height, width, 3)`; row i of both belongs to one example.
        other: uint8 `(m, height, width, 3)`, other true ones, see `real_against_real`.
        seed: int, of the bootstrap.

    Returns:
        `{"inception_frechet_distance", "inception_kernel_distance",
        "inception_real_against_real_…"}`; nothing, and a line that says why, without the weights.
    """
    try:
        network = load_inception()
    except OSError as error:
        print(f"no distances on InceptionV3: {error}", flush=True)
        return {}
    real, fake, other = (inception_features(network, images) for images in (real, fake, other))
    found = between(real, fake, seed, num_resamples=10)
    found |= real_against_real(real, other, seed, num_resamples=10)
    return {f"inception_{name}": result for name, result in found.items()}


def _resized(image):
    """Returns uint8 `(height, width, 3)` as float32 `(299, 299, 3)` in [0, 255]."""
    channels = [Image.fromarray(image[..., i].astype(np.float32)).resize(
        (_SIDE, _SIDE), Image.Resampling.BICUBIC) for i in range(image.shape[-1])]
    return np.clip(np.stack(channels, axis=-1), 0, 255)
