"""Are the colours right, and are there any?"""

import numpy as np
from skimage import color

_CHUNK = 64
_BINS = np.arange(-135, 136, 10)  # Their middles are multiples of 10; grey is in the middle of one.


def palette_accuracy(real_images, fake_images, tolerance=10.0):
    """Share of each picture's pixels whose colour nobody would mistake: Delta E up to 10.

    Delta E is CIEDE2000 (Sharma et al. 2005), by scikit-image, in CIELAB under D65.

    Args:
        real_images, fake_images: uint8 `(n, height, width, 3)` in [0, 255], sRGB.
        tolerance: largest Delta E.

    Returns:
        float64 `(n,)` in [0, 1].
    """
    shares = []
    for start in range(0, len(real_images), _CHUNK):  # Bounds the memory of the float copies.
        real, fake = (color.rgb2lab(images[start:start + _CHUNK])
                      for images in (real_images, fake_images))
        shares.append(np.mean(color.deltaE_ciede2000(real, fake) <= tolerance, axis=(1, 2)))
    return np.concatenate(shares)


def colourfulness(images):
    """Colourfulness of each picture (Hasler and Suesstrunk 2003, eq. 5, the metric M3).

    The average of possible answers is greyer than each of them, which lowers this. Read it beside
    the value of the real pictures.

    Args:
        images: uint8 `(n, height, width, 3)` in [0, 255], sRGB.

    Returns:
        float64 `(n,)`, at least 0; 0 for grey pictures, above 80 for very colourful ones.
    """
    red, green, blue = np.moveaxis(np.asarray(images, np.float64), -1, 0)
    opponents = np.stack([red - green, 0.5 * (red + green) - blue])
    deviation, mean = opponents.std(axis=(2, 3)), opponents.mean(axis=(2, 3))
    return np.hypot(*deviation) + 0.3 * np.hypot(*mean)


def lab_histograms(images):
    """Which lightness and which colours each picture has.

    Args:
        images: uint8 `(n, height, width, 3)` in [0, 255], sRGB.

    Returns:
        float64 `(n, 3, 27)`: for each of L*, a* and b* (CIELAB under D65) the shares of the pixels
        in bins of 10, whose middles are -130, -120, …, 130.
    """
    shares = []
    for image in images:
        lab = color.rgb2lab(image).reshape(-1, 3)
        shares.append([np.histogram(channel, _BINS)[0] / len(lab) for channel in lab.T])
    return np.array(shares)


def histogram_intersection(real_histograms, fake_histograms):
    """How much two sets of pictures agree in the distribution of a value over all their pixels.

    An answer between all right ones has too few of the rare colours (Isola et al. 2017, section
    4.2 and figure 7, which leaves the bins open).

    Args:
        real_histograms, fake_histograms: float `(n, bins)`, each row sums to 1.

    Returns:
        float in [0, 1]; 1 where both distributions are the same.
    """
    return float(np.minimum(np.mean(real_histograms, axis=0),
                            np.mean(fake_histograms, axis=0)).sum())
