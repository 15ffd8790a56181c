"""Picture metrics: pixel features, fidelity to a target, sharpness and diversity."""

import numpy as np
import tensorflow as tf
from scipy.spatial import distance
from skimage.metrics import structural_similarity

_SSIM_WINDOW = 11
_BATCH_SIZE = 256
_EDGE, _LEAST_GRADIENT = 0.1, 0.02  # Of the way from black to white, in one pixel.


def to_pixel_features(images, size=16):
    """Pictures shrunk by area averaging and flattened, for plain pixel-space retrieval.

    Args:
      images: uint8 `(n, height, width, channels)` in [0, 255].
      size: int, height and width in pixels after shrinking.

    Returns:
      float32 `(n, size * size * channels)` in [0, 1], row by row, channels last.

    Raises:
      ValueError: `images` is not uint8 of rank 4.
    """
    images = _check_images(images, "images")
    resized = tf.image.resize(images, (size, size), method="area").numpy() / 255
    return resized.reshape(len(images), -1)


def psnr_db(real_images, fake_images):
    """Peak signal-to-noise ratio of each pair, `10 log10(255^2 / MSE)`.

    Args:
      real_images: uint8 `(n, height, width, channels)` in [0, 255].
      fake_images: uint8, the same shape.

    Returns:
      float32 `(n,)` in decibels; infinite for an equal pair.

    Raises:
      ValueError: an argument is not uint8 of rank 4, or the shapes differ.
    """
    real_images, fake_images = _check_pair(real_images, fake_images)
    return _in_batches(_psnr_db, real_images, fake_images)


def ssim(real_images, fake_images):
    """Structural similarity of each pair: 11x11 Gaussian window, averaged over the channels.

    By scikit-image, in double precision, since in the single precision of `tf.image.ssim` the
    local variances of flat bright pictures cancel: pictures of 250 and 255 get 1.0010 there
    instead of 0.9998.

    Source: Wang et al. 2004, "Image Quality Assessment: From Error Visibility to Structural
    Similarity", eq. 13, with the paper's K1 = 0.01, K2 = 0.03 and sigma = 1.5 pixels.

    Args:
      real_images: uint8 `(n, height, width, channels)` in [0, 255], sides of at least 11 pixels.
      fake_images: uint8, the same shape.

    Returns:
      float64 `(n,)` in [-1, 1]; 1 for an equal pair.

    Raises:
      ValueError: an argument is not uint8 of rank 4, the shapes differ, or a side is too short.
    """
    return ssim_maps(real_images, fake_images).mean(axis=(1, 2))


def ssim_maps(real_images, fake_images):
    """Structural similarity around each pixel; `ssim` is its mean.

    Args:
      real_images, fake_images: as of `ssim`.

    Returns:
      float64 `(n, height - 10, width - 10)` in [-1, 1], averaged over the channels: one value for
      each whole window, so that value `[i, j]` is around pixel `[i + 5, j + 5]`.

    Raises:
      ValueError: as `ssim`.
    """
    real_images, fake_images = _check_pair(real_images, fake_images)
    if min(real_images.shape[1:3]) < _SSIM_WINDOW:
        raise ValueError(
            f"SSIM needs sides of at least {_SSIM_WINDOW} pixels, got shape {real_images.shape}."
        )
    return _in_batches(_ssim_maps, real_images, fake_images)


def gradient_magnitude(images):
    """Sharpness of each picture: its mean luminance gradient, by forward differences.

    The average answer of a supervised network is blurred, which lowers this; so does a flat
    picture, and noise raises it. Read it beside the value of the real pictures.

    Luminance is 0.2989 R + 0.587 G + 0.114 B (ITU-R BT.601, as in `tf.image.rgb_to_grayscale`).

    Args:
      images: uint8 `(n, height, width, channels)` in [0, 255], 1 or 3 channels, sides of at least
        2 pixels.

    Returns:
      float64 `(n,)`: the mean of `sqrt(dx^2 + dy^2)` over the `(height - 1, width - 1)` pixels
      that have both neighbours, in full black-to-white steps a pixel.

    Raises:
      ValueError: `images` is not as described.
    """
    return _gradients(images).mean(axis=(1, 2))


def invented_edges(sources, images, margin=2):
    """How much of each picture is an edge that its source does not show.

    A pixel is an edge where the gradient of `gradient_magnitude` is 0.1 or more, and counts where
    the source has no gradient of 0.02 or more within `margin` pixels. The average of all right
    answers blurs such edges away; those that the source shows it keeps.

    Args:
      sources, images: as for `gradient_magnitude`, of one height and width.
      margin: int, pixels, horizontally and vertically.

    Returns:
      float64 `(n,)`: edges that count, as a share of all pixels.

    Raises:
      ValueError: an argument is not as described.
    """
    return ((_gradients(images) >= _EDGE) & _is_flat(sources, margin)).mean(axis=(1, 2))


def invented_gradient(sources, images, margin=2):
    """Sharpness of each picture where its source is flat: `gradient_magnitude` of nothing else.

    Args:
      sources, images, margin: as for `invented_edges`.

    Returns:
      float64 `(n,)`: the mean over all pixels, 0 counting for those near an edge of the source.

    Raises:
      ValueError: an argument is not as described.
    """
    return (_gradients(images) * _is_flat(sources, margin)).mean(axis=(1, 2))


def _is_flat(sources, margin):
    shown = (_gradients(sources) >= _LEAST_GRADIENT)[..., None].astype(np.float32)
    near = tf.nn.max_pool2d(shown, 2 * margin + 1, strides=1, padding="SAME").numpy()[..., 0]
    return near == 0


def _gradients(images):
    images = _check_images(images, "images")
    if images.shape[-1] not in (1, 3) or min(images.shape[1:3]) < 2:
        raise ValueError(
            f"images must have 1 or 3 channels and sides of at least 2, got {images.shape}."
        )
    weights = (0.2989, 0.587, 0.114) if images.shape[-1] == 3 else (1.0,)
    luminance = images @ np.array(weights) / 255
    across = luminance[:, :-1, 1:] - luminance[:, :-1, :-1]
    down = luminance[:, 1:, :-1] - luminance[:, :-1, :-1]
    return np.hypot(across, down)


def mean_pairwise_distance(features):
    """Diversity: the mean root-mean-square distance between all distinct pairs of rows.

    Dividing by the root of `d` makes sets of different width comparable: pixel features in [0, 1]
    give at most 1, and a collapsed generator gives 0.

    Args:
      features: float `(n, d)`, `n >= 2`, for instance `to_pixel_features` of samples that share
        one condition.

    Returns:
      float, at least 0, in the units of the features.

    Raises:
      ValueError: `features` is not a matrix of at least two rows.
    """
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2 or features.shape[0] < 2:
        raise ValueError(
            f"features must be a matrix of at least two rows, got shape {features.shape}."
        )
    return float(distance.pdist(features).mean() / np.sqrt(features.shape[1]))


def _check_images(images, name):
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4:
        raise ValueError(
            f"{name} must be uint8 (n, height, width, channels), "
            f"got {images.dtype} {images.shape}."
        )
    return images


def _check_pair(real_images, fake_images):
    real_images = _check_images(real_images, "real_images")
    fake_images = _check_images(fake_images, "fake_images")
    if real_images.shape != fake_images.shape:
        raise ValueError(
            "real_images and fake_images differ in shape: "
            f"{real_images.shape} and {fake_images.shape}."
        )
    return real_images, fake_images


def _in_batches(metric, real_images, fake_images):
    """Applies a metric of pairs in slices, which bounds the memory of its float copies."""
    starts = range(0, max(len(real_images), 1), _BATCH_SIZE)
    slices = [slice(start, start + _BATCH_SIZE) for start in starts]
    return np.concatenate([metric(real_images[rows], fake_images[rows]) for rows in slices])


def _psnr_db(real_images, fake_images):
    return tf.image.psnr(real_images, fake_images, max_val=255).numpy()


def _ssim_maps(real_images, fake_images):
    maps = [structural_similarity(
        real, fake, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
        data_range=255, channel_axis=-1, full=True)[1] for real, fake in zip(
            real_images, fake_images, strict=True)]
    reach = _SSIM_WINDOW // 2  # Windows nearer to an edge would hold mirrored pixels.
    return np.array(maps)[:, reach:-reach, reach:-reach].mean(axis=3)
