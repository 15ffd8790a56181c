import keras
import numpy as np
import pytest

from zoo.metrics.inception import inception_features, load_inception


class _MeanColour:
    """Stands in for Inception: the features are the picture's mean colour."""

    def __init__(self):
        self.input_shapes = []

    def __call__(self, images, training):
        assert training is False
        self.input_shapes.append(tuple(images.shape))
        return keras.ops.mean(images, axis=(1, 2))


def test_features_see_299_pixels_in_minus_one_to_one():
    images = np.zeros((3, 8, 6, 3), np.uint8)
    images[1] = 255
    images[2, ..., 0] = 255
    model = _MeanColour()
    features = inception_features(model, images, batch_size=2)
    assert model.input_shapes == [(2, 299, 299, 3), (1, 299, 299, 3)]
    np.testing.assert_allclose(features, [[-1, -1, -1], [1, 1, 1], [1, -1, -1]], atol=1e-5)


class _Pixels:
    """Stands in for Inception: the features are the middle row of the first channel."""

    def __call__(self, images, training):
        return keras.ops.convert_to_tensor(images[:, 149, :, 0])


def test_pictures_are_reduced_without_aliasing_and_without_rounding():
    stripes = np.zeros((1, 598, 598, 3), np.uint8)
    stripes[:, :, ::4] = stripes[:, :, 1::4] = 255  # Two black, two white.
    features = inception_features(_Pixels(), stripes)
    np.testing.assert_allclose(features[0, 100:102], _expected_stripes(), atol=1e-5)


def _expected_stripes():
    """Pillow's bicubic filter written out: Keys' cubic with a = -0.5, stretched by 2."""
    def cubic(x):
        x = abs(x)
        return 1.5 * x**3 - 2.5 * x**2 + 1 if x < 1 else -0.5 * (x**3 - 5 * x**2 + 8 * x - 4)
    values = []
    for column in (100, 101):
        pixels = range(2 * column - 3, 2 * column + 5)
        weights = [cubic((pixel + 0.5) / 2 - (column + 0.5)) for pixel in pixels]
        white = sum(w for pixel, w in zip(pixels, weights) if pixel % 4 < 2)
        values.append(2 * np.clip(white / sum(weights), 0, 1) - 1)
    return values


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((1, 8, 8, 3), np.float32),
        np.zeros((1, 8, 8, 1), np.uint8),
        np.zeros((0, 8, 8, 3), np.uint8),
        np.zeros((8, 8, 3), np.uint8),
    ],
)
def test_rejects(images):
    with pytest.raises(ValueError, match="must be uint8"):
        inception_features(_MeanColour(), images)


def test_network_has_2048_float32_features_under_any_policy(monkeypatch):
    inception_v3 = keras.applications.InceptionV3
    monkeypatch.setattr(
        keras.applications,
        "InceptionV3",
        lambda weights, **arguments: inception_v3(weights=None, **arguments),
    )
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = load_inception()
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    features = inception_features(model, np.zeros((2, 8, 8, 3), np.uint8))
    assert features.shape == (2, 2048) and features.dtype == np.float32


def _fail_with(monkeypatch, error):
    def fail(**_):
        raise error

    monkeypatch.setattr(keras.applications, "InceptionV3", fail)


@pytest.mark.parametrize(
    "error",
    [
        Exception("URL fetch failure on somewhere: None -- unreachable"),
        ValueError("Incomplete or corrupted file detected. The md5 file hash differs."),
    ],
)
def test_missing_weights_are_one_clear_line(monkeypatch, error):
    _fail_with(monkeypatch, error)
    with pytest.raises(OSError, match="weights can not be loaded: put inception_v3_") as caught:
        load_inception()
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is error


def test_other_errors_pass_through(monkeypatch):
    _fail_with(monkeypatch, ValueError("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        load_inception()
