"""Unit-length features of an image encoder."""

import keras
import numpy as np
import pytest

from zoo.errors import RequestError
from zoo.metrics.encoder import image_features, window_features


class MeanColour(keras.Model):
    """Sees pictures of 2x2 pixels by their mean channels."""

    image_size = 2

    def call(self, images):
        assert images.shape[1:] == (2, 2, 3)
        return keras.ops.mean(images, axis=(1, 2))


def test_features_of_pictures_in_minus_one_to_one_have_unit_length():
    images = np.full((2, 2, 2, 3), 127.5, np.float32)
    images[0, ..., :2] = (255, 0)  # (1, -1, 0) in [-1, 1].
    images[1, 0, 0, 2] = 255  # (0, 0, 1/4).
    expected = [[0.5**0.5, -(0.5**0.5), 0], [0, 0, 1]]
    np.testing.assert_allclose(image_features(MeanColour(), images), expected, atol=1e-6)


def test_pictures_of_another_size_are_area_averaged():
    small = np.array([[[[200, 10, 90], [0, 90, 160]], [[40, 30, 20], [180, 190, 255]]]], np.uint8)
    large = small.repeat(3, axis=1).repeat(4, axis=2)
    np.testing.assert_allclose(
        image_features(MeanColour(), large), image_features(MeanColour(), small), atol=1e-6)


@pytest.mark.parametrize("size, stride, starts", [
    (4, 1, (0, 1, 2)), (4, 2, (0, 2)), (5, 2, (0, 2, 3)), (7, 2, (0, 2, 3, 5)), (2, 1, (0,))])
def test_windows_cover_a_picture_at_its_own_scale(size, stride, starts):
    images = np.random.default_rng(0).integers(0, 256, (3, size, 4, 3), np.uint8)
    found = window_features(MeanColour(), images, stride)
    lefts = (0, 1, 2) if stride == 1 else (0, 2)
    windows = [image[top:top + 2, left:left + 2] for image in images
               for top in starts for left in lefts]
    np.testing.assert_allclose(found, image_features(MeanColour(), np.stack(windows)), atol=1e-6)


def test_pictures_smaller_than_a_window_are_refused():
    with pytest.raises(RequestError, match="5x1 pixels: .* windows of 2x2"):
        window_features(MeanColour(), np.zeros((1, 1, 5, 3), np.uint8), 1)
