"""The same pictures at several sizes."""

import keras


def pyramid(images, num_scales):
    """Halves pictures again and again by the mean of 2x2 pixels.

    Args:
        images: float `(batch, height, width, channels)`, sides multiples of 2^(num_scales - 1).
        num_scales: sizes in all, at least 1.

    Returns:
        tuple of `num_scales` tensors, the smallest first, `images` last.
    """
    levels = [images]
    for _ in range(num_scales - 1):
        levels.insert(0, keras.ops.average_pool(levels[0], 2, 2))
    return tuple(levels)
