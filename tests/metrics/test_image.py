import numpy as np
import pytest
import tensorflow as tf

from zoo.metrics.image import (
    gradient_magnitude,
    invented_edges,
    invented_gradient,
    mean_pairwise_distance,
    psnr_db,
    ssim,
    to_pixel_features,
)


def _constant(value, shape=(1, 16, 16, 3)):
    return np.full(shape, value, np.uint8)


def _step(side=4, channels=3):
    """Left half black, right half white."""
    image = _constant(0, (1, side, side, channels))
    image[:, :, side // 2 :] = 255
    return image


def test_pixel_features_average_a_checkerboard_to_grey():
    board = (np.indices((32, 32)).sum(axis=0) % 2 * 255).astype(np.uint8)[None, :, :, None]
    features = to_pixel_features(board, size=16)
    assert features.shape == (1, 256) and features.dtype == np.float32
    np.testing.assert_allclose(features, 0.5, atol=1e-6)
    unchanged = to_pixel_features(board, size=32).reshape(board.shape)
    np.testing.assert_allclose(unchanged, board / 255)


def test_pixel_features_keep_places_and_channels():
    image = _constant(0, (1, 4, 4, 3))
    image[0, :2, 2:, 1] = 255
    expected = np.zeros((2, 2, 3))
    expected[0, 1, 1] = 1
    np.testing.assert_allclose(to_pixel_features(image, size=2), expected.reshape(1, 12))


def test_psnr_by_hand():
    # An error of 25.5 everywhere would be 20 dB; of 51 = 255 / 5, 20 log10(5) dB.
    real = np.concatenate([_constant(0), _constant(100), _constant(7)])
    fake = np.concatenate([_constant(51), _constant(151), _constant(7)])
    expected = 20 * np.log10(5)
    np.testing.assert_allclose(psnr_db(real, fake), [expected, expected, np.inf], rtol=1e-5)


def test_ssim_by_hand():
    # Constant pictures have no variance, so SSIM is the luminance term alone:
    # (2 * 100 * 200 + C1) / (100^2 + 200^2 + C1), C1 = (0.01 * 255)^2 = 6.5025.
    real = np.concatenate([_constant(100), _constant(3)])
    fake = np.concatenate([_constant(200), _constant(3)])
    np.testing.assert_allclose(ssim(real, fake), [40006.5025 / 50006.5025, 1.0])


def test_ssim_agrees_with_tensorflow_on_texture():
    generator = np.random.default_rng(0)
    real = generator.integers(0, 256, (3, 20, 24, 3)).astype(np.uint8)
    noise = generator.normal(0, 40, real.shape)
    fake = np.clip(real + noise, 0, 255).astype(np.uint8)
    np.testing.assert_allclose(
        ssim(real, fake), tf.image.ssim(real, fake, max_val=255), atol=1e-5
    )


def test_ssim_of_flat_bright_pictures_stays_below_one():
    # (2 * 250 * 255 + C1) / (250^2 + 255^2 + C1)
    expected = 127506.5025 / 127531.5025
    np.testing.assert_allclose(ssim(_constant(250), _constant(255)), [expected])


def test_pair_metrics_keep_the_order_over_batches():
    real = np.repeat(np.arange(300) % 200, 11 * 11).reshape(300, 11, 11, 1).astype(np.uint8)
    fake = real + np.uint8(1)
    fake[299] += 50
    values = psnr_db(real, fake)
    assert values.shape == (300,) and values.argmin() == 299
    assert ssim(real, fake).shape == (300,)


def test_gradient_magnitude_of_a_unit_step():
    # 3 of the 4 x 4 picture's rows and columns have both neighbours; one column of them steps.
    np.testing.assert_allclose(gradient_magnitude(_step()), [1 / 3], rtol=1e-4)
    np.testing.assert_allclose(gradient_magnitude(_step(channels=1)), [1 / 3])
    transposed = _step().transpose(0, 2, 1, 3)
    np.testing.assert_allclose(gradient_magnitude(transposed), [1 / 3], rtol=1e-4)


def test_edges_are_invented_where_the_source_is_flat():
    # Columns 0 to 8 of 10 have a right neighbour. The source steps between columns 4 and 5, which
    # leaves 0 and 1, 7 and 8, more than two pixels from column 4, flat.
    source = np.zeros((1, 4, 10, 1), np.uint8)
    source[:, :, 5:] = 255
    stripes = np.zeros((1, 4, 10, 3), np.uint8)
    stripes[:, :, 2:4] = 51  # Edges of a fifth of a step in columns 1, which counts, and 3.
    stripes[:, :, 8:] = 20  # Less than a tenth of a step in column 7: no edge.
    assert invented_edges(source, stripes) == [1 / 9]
    assert invented_edges(source, stripes, margin=0) == [2 / 9]
    assert invented_edges(source, source) == [0.0]
    assert invented_gradient(source, stripes) == pytest.approx(
        [(51 + 20) / 255 / 9], rel=1e-3)
    assert invented_gradient(source, source) == [0.0]


def test_gradient_magnitude_joins_both_directions():
    # One inner pixel: right neighbour +255, lower neighbour +255, so sqrt(2).
    image = np.array([[0, 255], [255, 0]], np.uint8)[None, :, :, None]
    np.testing.assert_allclose(gradient_magnitude(image), [np.sqrt(2)])


def test_gradient_magnitude_weighs_channels_by_luminance():
    image = _step()
    image[..., 0] = image[..., 2] = 0
    np.testing.assert_allclose(gradient_magnitude(image), [0.587 / 3])
    assert gradient_magnitude(_constant(80)) == [0.0]


def test_mean_pairwise_distance_by_hand():
    # Distances 3, 4 and 5, mean 4, over the root of two dimensions.
    points = [[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]]
    assert mean_pairwise_distance(points) == pytest.approx(4 / np.sqrt(2))


def test_mean_pairwise_distance_does_not_depend_on_width():
    points = np.random.default_rng(0).normal(size=(6, 3))
    assert mean_pairwise_distance(np.tile(points, 5)) == pytest.approx(
        mean_pairwise_distance(points)
    )
    assert mean_pairwise_distance(np.ones((4, 7))) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_pixel_features(np.zeros((1, 4, 4, 3))), "must be uint8"),
        (lambda: to_pixel_features(_constant(0)[0]), "must be uint8"),
        (lambda: psnr_db(_constant(0), _constant(0, (2, 16, 16, 3))), "differ in shape"),
        (lambda: ssim(_step(), _step()), "at least 11 pixels"),
        (lambda: gradient_magnitude(_constant(0, (1, 1, 4, 3))), "sides of at least 2"),
        (lambda: gradient_magnitude(_constant(0, (1, 4, 4, 4))), "1 or 3 channels"),
        (lambda: mean_pairwise_distance(np.ones((1, 3))), "at least two rows"),
    ],
)
def test_rejects(call, message):
    with pytest.raises(ValueError, match=message):
        call()
