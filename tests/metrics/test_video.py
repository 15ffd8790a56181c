"""Metrics of predicted frames, on numbers worked by hand."""

import numpy as np
import pytest

from zoo.metrics import image, video


def frames(value, n=1, size=16):
    return np.full((n, size, size, 3), value, np.uint8)


def noise(n=1, size=16, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, size, size, 3), np.uint8)


def test_moving_areas_reach_two_pixels_beyond_what_changed():
    before, after = frames(100), frames(100)
    after[0, 5, 7, 1] = 109  # One channel, by more than 8.
    after[0, 12, 12] = 108
    expected = np.zeros((16, 16), bool)
    expected[3:8, 5:10] = True
    np.testing.assert_array_equal(video.moving_areas(before, after)[0], expected)
    np.testing.assert_array_equal(video.moving_areas(after, before)[0], expected)


def test_psnr_counts_the_pixels_within_the_mask():
    real, fake = frames(0), frames(0)
    fake[0, :4] = 10
    masks = np.zeros((1, 16, 16), bool)
    masks[0, 2:6] = True  # Half of it has an error of 10: mean squared error 50.
    assert video.psnr_db(real, fake, masks) == pytest.approx([10 * np.log10(255**2 / 50)])
    np.testing.assert_allclose(video.psnr_db(real, noise(), video.everywhere(real)),
                               image.psnr_db(real, noise()), rtol=1e-5)


def test_equal_frames_have_60_decibels():
    masks = video.everywhere(noise())
    assert video.psnr_db(noise(), noise(), masks) == pytest.approx([60])
    assert video.sharpness_difference_db(noise(), noise(), masks) == pytest.approx([60])
    assert video.ssim(noise(), noise(), masks) == pytest.approx([1])


def test_ssim_of_everything_is_the_usual_one_and_a_mask_chooses_its_windows():
    real, fake = noise(2), noise(2)
    fake[:, :, 12:] = 255 - fake[:, :, 12:]
    np.testing.assert_allclose(
        video.ssim(real, fake, video.everywhere(real)), image.ssim(real, fake))
    masks = np.zeros((2, 16, 16), bool)
    masks[:, :, :7] = True  # Windows around column 6 reach to column 11.
    assert video.ssim(real, fake, masks) == pytest.approx([1, 1])


def test_sharpness_difference_by_hand():
    real, fake = frames(0), frames(0)
    real[0, :, 8:] = 51  # One step of 0.2, across, in 15 rows of 15x15 gradients.
    fake[0, :, 8:] = 204  # One of 0.8.
    masks = video.everywhere(real)
    assert video.sharpness_difference_db(real, fake, masks) == pytest.approx(
        [-10 * np.log10(0.6 / 15)])
    assert video.sharpness_ratio(real, fake, masks) == pytest.approx([4])
    # The sum of both directions counts: a step down is as good as a step across, at the corner.
    assert video.sharpness_difference_db(real, real.transpose(0, 2, 1, 3), masks) == (
        pytest.approx([-10 * np.log10(2 * 14 * 0.2 / 225)], abs=0.2))


def test_blur_has_a_sharpness_ratio_below_one():
    real = noise()
    blurred = (real // 2 + np.roll(real, 1, axis=2) // 2).astype(np.uint8)
    assert video.sharpness_ratio(real, blurred, video.everywhere(real)) < 0.9


def test_nothing_moves_means_no_value():
    real, masks = noise(2), np.zeros((2, 16, 16), bool)
    masks[1] = True
    for metric in (video.psnr_db, video.ssim, video.sharpness_difference_db,
                   video.sharpness_ratio):
        first, second = metric(real, noise(2, seed=1), masks)
        assert np.isnan(first) and np.isfinite(second)
