"""Differentiable augmentation (Zhao et al. 2020): the same for real, fake and mismatched pictures.

Pure functions of pictures and of uniform numbers, one row an example, so that a caller who gives
the same numbers gets the same change.
"""

import tensorflow as tf

# Numbers in [0, 1) that `augment` takes for each example.
NUM_UNIFORMS = 7


def augment(images, uniforms, policy):
    """Applies the parts of a policy in order.

    Args:
        images: float `(batch, height, width, channels)` in [-1, 1].
        uniforms: float `(batch, NUM_UNIFORMS)` in [0, 1).
        policy: tuple of names out of "color", "translation", "cutout"; empty: no change.

    Returns:
        Pictures of the same shape; differentiable with respect to `images`.

    Raises:
        ValueError: an unknown name.
    """
    unknown = set(policy) - {"color", "translation", "cutout"}
    if unknown:
        raise ValueError(f"no augmentation is called {', '.join(sorted(unknown))}; "
                         "choose from color, translation, cutout.")
    if "color" in policy:
        images = color(images, uniforms[:, 0:3])
    if "translation" in policy:
        images = translation(images, uniforms[:, 3:5])
    if "cutout" in policy:
        images = cutout(images, uniforms[:, 5:7])
    return images


def color(images, uniforms):
    """Shifts brightness by up to ±0.5, scales saturation by 0–2 and contrast by 0.5–1.5."""
    brightness, saturation, contrast = (
        tf.cast(column, images.dtype)[:, None, None, None]
        for column in tf.unstack(uniforms, axis=1))
    images += brightness - 0.5
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = (images - grey) * (2.0 * saturation) + grey
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return (images - mean) * (contrast + 0.5) + mean


def translation(images, uniforms, ratio=0.125):
    """Moves each picture by up to `ratio` of its size in both directions, filling with zeros."""
    height, width = images.shape[1:3]
    shifts = []
    for column, size in ((0, height), (1, width)):
        reach = int(size * ratio + 0.5)
        shifts.append(tf.cast(tf.floor(uniforms[:, column] * (2 * reach + 1)), tf.int32) - reach)
    rows = tf.range(height)[None, :] + shifts[0][:, None]
    columns = tf.range(width)[None, :] + shifts[1][:, None]
    images = tf.gather(_pad(images, 1), tf.clip_by_value(rows + 1, 0, height + 1), axis=1,
                       batch_dims=1)
    return tf.gather(_pad(images, 2), tf.clip_by_value(columns + 1, 0, width + 1), axis=2,
                     batch_dims=1)


def _pad(images, axis):
    return tf.pad(images, [[0, 0] if i != axis else [1, 1] for i in range(4)])


def cutout(images, uniforms, ratio=0.5):
    """Sets a square of `ratio` of the picture's size, anywhere in it, to zero."""
    height, width = images.shape[1:3]
    keep = 1.0
    for column, size, axes in ((0, height, (1, 2)), (1, width, (2, 1))):
        centre = tf.floor(uniforms[:, column] * (size + 1))
        distance = tf.abs(tf.range(size, dtype=uniforms.dtype)[None, :] + 0.5 - centre[:, None])
        inside = tf.expand_dims(tf.cast(distance < size * ratio / 2, images.dtype), axes[1])
        keep = keep * inside
    return images * (1.0 - keep[..., None])
