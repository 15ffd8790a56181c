"""Encoded pictures of every kind to numbers and back, with values worked by hand."""

import io

import numpy as np
import PIL.Image
import tensorflow as tf

from zoo.data import decoding


def encoded(array, kind="PNG", mode=None, **options):
    file = io.BytesIO()
    image = PIL.Image.fromarray(np.asarray(array))
    (image.convert(mode) if mode else image).save(file, kind, **options)
    return file.getvalue()


def decode(content, channels):
    image = decoding.decode(tf.constant(content), channels)
    assert image.dtype == tf.float32
    return (image.numpy() + 1) / 2


GREY = np.array([[0, 51], [102, 255]], np.uint8)
COLOUR = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [51, 51, 51]]], np.uint8)


def test_grey_of_8_bits_goes_into_one_three_and_four_channels():
    content = encoded(GREY)
    for channels in (1, 3):
        np.testing.assert_allclose(
            decode(content, channels), np.repeat(GREY[..., None] / 255, channels, -1), atol=1e-6)
    four = decode(content, 4)
    np.testing.assert_allclose(four[..., 0], GREY / 255, atol=1e-6)
    np.testing.assert_array_equal(four[..., 3], 1)


def test_grey_keeps_16_bits():
    values = np.array([[0, 1], [257, 65535]], np.uint16)
    np.testing.assert_allclose(
        decode(encoded(values), 1)[..., 0] * 65535, values, atol=0.02)


def test_colours_become_luminance():
    np.testing.assert_allclose(
        decode(encoded(COLOUR), 1)[..., 0], [[0.299, 0.587], [0.114, 0.2]], atol=1e-6)


def test_transparent_parts_lie_on_white_unless_alpha_is_wanted():
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 0], rgba[0, :, 3] = 255, (0, 51, 255)
    content = encoded(rgba)
    np.testing.assert_allclose(
        decode(content, 3)[0], [[1, 1, 1], [1, 0.8, 0.8], [1, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(decode(content, 4)[0, :, 3], [0, 0.2, 1], atol=1e-6)


def test_jpeg_is_decoded_as_pillow_does():
    content = encoded(np.random.default_rng(0).integers(0, 256, (9, 13, 3), np.uint8), "JPEG")
    expected = np.asarray(PIL.Image.open(io.BytesIO(content)))
    np.testing.assert_allclose(decode(content, 3) * 255, expected, atol=1e-3)
    assert (decode(content, 4)[..., 3] == 1).all()


def test_integers_of_8_and_16_bits():
    values = tf.constant([-2.0, -1.0, 0.0, 1.0, 3.0])
    eight, sixteen = decoding.to_integers(values, 8), decoding.to_integers(values, 16)
    assert eight.dtype == tf.uint8 and sixteen.dtype == tf.uint16
    np.testing.assert_array_equal(eight, [0, 0, 128, 255, 255])
    np.testing.assert_array_equal(sixteen, [0, 0, 32768, 65535, 65535])


def test_other_channels_are_shown_in_three():
    np.testing.assert_allclose(decoding.to_rgb(tf.constant([[[0.5]]])), [[[0.5] * 3]])
    np.testing.assert_allclose(
        decoding.to_rgb(tf.constant([[[1.0, -1.0, -1.0, 0.0]]])), [[[1, 0, 0]]])
