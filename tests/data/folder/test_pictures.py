"""Known pixels of every kind of picture."""

import io

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from tests.data.folder.files import COLOURS, SIZE, encoded
from zoo.data.folder import pictures


def converted(data, size=SIZE):
    image = PIL.Image.open(io.BytesIO(pictures.to_png(pictures.parse(data), size)))
    assert (image.format, image.mode) == ("PNG", "RGB")
    return np.asarray(image).astype(int)


def two_halves(left, right, mode="RGB", size=(4, 4)):
    image = PIL.Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


RED_BLUE = np.repeat([[COLOURS["red"]] * 2 + [COLOURS["blue"]] * 2], 4, axis=0)
SIXTEEN_BITS = np.repeat([[0, 257, 32768, 65535]], 4, axis=0).astype(np.uint16)


def palette():
    return two_halves(COLOURS["red"], COLOURS["blue"]).quantize(2)


def half_clear(mode):
    values = {"RGBA": ((255, 0, 0, 255), (0, 0, 255, 0)), "LA": ((7, 255), (9, 0))}[mode]
    return two_halves(*values, mode=mode)


def grey(*columns):
    return np.repeat([[[value] * 3 for value in columns]], 4, axis=0)


@pytest.mark.parametrize("data, wanted", [
    (encoded(two_halves(COLOURS["red"], COLOURS["blue"])), RED_BLUE),
    (encoded(two_halves(COLOURS["red"], COLOURS["blue"]), "BMP"), RED_BLUE),
    (encoded(two_halves(COLOURS["red"], COLOURS["blue"]), "WEBP", lossless=True), RED_BLUE),
    (encoded(palette()), RED_BLUE),
    (encoded(palette(), "GIF"), RED_BLUE),
    (encoded(palette(), "GIF", save_all=True,
             append_images=[PIL.Image.new("RGB", (4, 4), "lime")]), RED_BLUE),
    (encoded(two_halves(7, 200, "L")), grey(7, 7, 200, 200)),
    (encoded(two_halves(0, 1, "1")), grey(0, 0, 255, 255)),
    (encoded(PIL.Image.fromarray(SIXTEEN_BITS)), grey(0, 1, 128, 255)),
    (encoded(half_clear("LA")), grey(7, 7, 255, 255)),
    (encoded(half_clear("RGBA")), grey(0, 0, 255, 255) + RED_BLUE * [1, 0, 0] * [
        [[1], [1], [0], [0]]]),
    (encoded(PIL.Image.new("RGBA", (4, 4), (255, 0, 0, 51))), np.full((4, 4, 3), [255, 204, 204])),
    (encoded(palette(), transparency=palette().getpixel((3, 0))),
     grey(0, 0, 255, 255) + RED_BLUE * [1, 0, 0] * [[[1], [1], [0], [0]]]),
    (encoded(PIL.Image.new("RGB", (4, 4), "lime"), transparency=(0, 255, 0)),
     np.full((4, 4, 3), 255)),
], ids=["rgb", "bmp", "webp", "palette", "gif", "animation", "grey", "one_bit", "sixteen_bits",
        "grey_alpha", "alpha", "half_alpha", "clear_palette", "clear_colour"])
def test_known_pixels_of_each_mode(data, wanted):
    np.testing.assert_array_equal(converted(data), wanted)


def test_jpeg_in_print_colours_is_nearly_the_same():
    data = encoded(PIL.Image.new("RGB", (16, 16), "red").convert("CMYK"), "JPEG", quality=100)
    assert np.abs(converted(data) - COLOURS["red"]).max() < 8


@pytest.mark.parametrize("orientation, corner", [
    (1, (0, 0)), (2, (0, 3)), (3, (3, 3)), (4, (3, 0)), (5, (0, 0)), (6, (0, 3)), (7, (3, 3)),
    (8, (3, 0))])
@pytest.mark.parametrize("kind, options", [("PNG", {}), ("WEBP", {"lossless": True})])
def test_pictures_are_turned_upright(orientation, corner, kind, options):
    image = PIL.Image.new("RGB", (4, 4), "white")
    image.putpixel((0, 0), (0, 0, 0))
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    wanted = np.full((4, 4, 3), 255)
    wanted[corner] = 0
    np.testing.assert_array_equal(converted(encoded(image, kind, exif=exif, **options)), wanted)


@pytest.mark.parametrize("wide", [True, False])
def test_the_middle_of_an_oblong_picture_is_kept(wide):
    image = PIL.Image.new("RGB", (10, 4), "lime")
    image.paste(two_halves(COLOURS["red"], COLOURS["blue"]), (3, 0))
    wanted = RED_BLUE
    if not wide:
        image = image.transpose(PIL.Image.Transpose.TRANSPOSE)
        wanted = RED_BLUE.transpose(1, 0, 2)
    np.testing.assert_array_equal(converted(encoded(image)), wanted)


@pytest.mark.parametrize("size, wanted", [(1, 127.5), (2, None), (4, None), (9, None)])
def test_larger_pictures_are_averaged_and_smaller_ones_kept(size, wanted):
    result = converted(encoded(two_halves(COLOURS["red"], COLOURS["blue"])), size)
    assert result.shape == (min(size, 4), min(size, 4), 3)
    if wanted:
        np.testing.assert_allclose(result, [[[wanted, 0, wanted]]], atol=0.5)
    else:
        np.testing.assert_array_equal(result[:, 0], [COLOURS["red"]] * len(result))


def test_averaging_is_that_of_the_pipeline():
    noise = np.random.default_rng(0).integers(0, 256, (12, 12, 3)).astype(np.uint8)
    wanted = tf.image.resize(noise, (4, 4), method="area").numpy()
    np.testing.assert_allclose(converted(encoded(PIL.Image.fromarray(noise))), wanted, atol=1.01)
