import io

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from zoo.data.image import as_float, decode, to_float, to_uint8

COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [51, 102, 204]]], np.uint8)


def encode(pixels, kind="PNG"):
    file = io.BytesIO()
    PIL.Image.fromarray(np.asarray(pixels, np.uint8)).save(file, kind)
    return file.getvalue()


def decode_one(picture, size, channels=3):
    """Back in [0, 255], so that hands can work with it."""
    result = decode(tf.constant([picture]), size, channels)
    assert result.shape == (1, size, size, channels) and result.dtype == tf.float32
    return (result.numpy()[0] + 1) * 127.5


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_decodes_exactly(kind):
    np.testing.assert_allclose(decode_one(encode(COLOURS, kind), 2), COLOURS, atol=1e-4)


def test_decodes_the_first_frame_of_a_gif():
    file = io.BytesIO()
    frames = [PIL.Image.fromarray(np.full((2, 2, 3), colour, np.uint8))
              for colour in ((255, 0, 0), (0, 0, 255))]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(decode_one(file.getvalue(), 2), [[[255, 0, 0]] * 2] * 2, atol=1e-4)


def test_decodes_jpeg_nearly():
    pixels = np.full((8, 8, 3), (200, 100, 50), np.uint8)
    np.testing.assert_allclose(decode_one(encode(pixels, "JPEG"), 8), pixels, atol=3)


def test_red_is_plus_one_and_missing_colours_are_minus_one():
    result = decode(tf.constant([encode(COLOURS)]), 2)
    np.testing.assert_array_equal(result[0, 0], [[1, -1, -1], [-1, 1, -1]])


def test_grey_pictures_become_three_equal_channels():
    grey = np.array([[0, 100], [200, 255]])
    expected = np.repeat(grey[..., None], 3, axis=-1)
    np.testing.assert_allclose(decode_one(encode(grey), 2), expected, atol=1e-4)


def test_one_channel_is_kept_where_one_is_wanted():
    grey = np.array([[0, 100], [200, 255]])
    np.testing.assert_allclose(decode_one(encode(grey), 2, 1)[..., 0], grey, atol=1e-4)


def test_transparency_is_dropped_or_kept_as_wanted():
    pixels = np.concatenate([COLOURS, [[[0], [255]], [[128], [255]]]], axis=-1)
    np.testing.assert_allclose(decode_one(encode(pixels), 2, 4), pixels, atol=1e-4)
    np.testing.assert_allclose(decode_one(encode(pixels), 2, 3), COLOURS, atol=1e-4)


def test_larger_pictures_are_averaged_by_area():
    pixels = np.arange(0, 160, 10).reshape(4, 4, 1).repeat(3, axis=-1)
    # The corner: (0 + 10 + 40 + 50) / 4.
    expected = np.array([[25, 45], [105, 125]])
    np.testing.assert_allclose(decode_one(encode(pixels), 2)[..., 1], expected, atol=1e-4)


def test_areas_may_cut_pixels_and_stretch_sides():
    pixels = np.array([[0, 60, 120], [0, 60, 120]])[..., None].repeat(3, axis=-1)
    # Columns of one pixel and a half: (0 + 60 / 2) / 1.5 and (60 / 2 + 120) / 1.5.
    np.testing.assert_allclose(
        decode_one(encode(pixels), 2)[..., 0], [[20, 100], [20, 100]], atol=1e-3)


def test_smaller_pictures_are_repeated():
    np.testing.assert_allclose(
        decode_one(encode(COLOURS), 4), COLOURS.repeat(2, axis=0).repeat(2, axis=1), atol=1e-4)


def test_a_batch_may_hold_pictures_of_any_size_and_kind():
    pictures = [encode(np.full((size, 3 * size, 3), size), kind)
                for size, kind in ((2, "PNG"), (5, "JPEG"), (40, "BMP"))]

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
    def call(encoded):
        result = decode(encoded, 4)
        assert result.shape.as_list() == [None, 4, 4, 3]
        return result

    means = (np.mean(call(tf.constant(pictures)), axis=(1, 2, 3)) + 1) * 127.5
    np.testing.assert_allclose(means, [2, 5, 40], atol=1)


def test_uint8_to_float_and_back_for_every_value():
    values = np.arange(256, dtype=np.uint8)
    floats = to_float(values)
    assert floats.dtype == tf.float32
    assert (floats[0], floats[255]) == (-1, 1)
    assert to_uint8(floats).dtype == tf.uint8
    np.testing.assert_array_equal(to_uint8(floats), values)


def test_to_uint8_rounds_and_cuts():
    # 127.5 (x + 1), the last of them 100.49 and 100.51.
    values = tf.constant([-7.0, -1.0, 1.0, 1.5, 100.49 / 127.5 - 1, 100.51 / 127.5 - 1])
    np.testing.assert_array_equal(to_uint8(values), [0, 0, 255, 255, 100, 101])


def test_to_uint8_takes_half_precision():
    assert to_uint8(tf.constant([-1.0, 1.0], tf.bfloat16)).numpy().tolist() == [0, 255]


def test_whole_numbers_of_8_and_16_bits_become_floats_and_floats_stay():
    for images in (np.array([0, 51, 255], np.uint8), np.array([0, 13107, 65535], np.uint16),
                   np.array([-1, -0.6, 1], np.float64)):
        np.testing.assert_allclose(as_float(images), [-1, -0.6, 1], atol=1e-6)
        assert as_float(images).dtype == tf.float32
