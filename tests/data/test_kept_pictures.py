import io

import numpy as np
import PIL.Image
import pytest

from zoo.data import image, kept_pictures
from zoo.data.captioned import CaptionedPictures
from zoo.errors import RequestError


def pictures(size, count=70):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (count, size, size, 3), np.uint8)

    def read(index):
        file = io.BytesIO()
        PIL.Image.fromarray(pixels[index]).save(file, "png")
        return file.getvalue()
    return CaptionedPictures(read, [("x",)] * count), pixels


def test_pictures_of_the_size_are_kept_as_they_are_in_order(capsys):
    some, pixels = pictures(4)
    np.testing.assert_array_equal(kept_pictures.keep(some, 4), pixels)
    out = capsys.readouterr().out
    assert "70 pictures of 4 pixels, 0 MiB: decoding them once" in out and "70/70" in out


def test_others_are_resized_as_they_are_in_the_graph_and_rounded():
    some, _ = pictures(6)
    kept = kept_pictures.keep(some, 4)
    exact = image.decode(some.pictures(range(70)), 4).numpy()
    assert np.abs(image.to_float(kept) - exact).max() <= 0.5001 / 127.5


def test_what_does_not_fit_is_not_kept_and_that_is_said(monkeypatch, capsys):
    monkeypatch.setattr(kept_pictures, "_MEMORY_LIMIT", 70 * 4 * 4 * 3 - 1)
    assert kept_pictures.keep(pictures(4)[0], 4) is None
    assert "decoded anew whenever they are read" in capsys.readouterr().out


@pytest.mark.parametrize("limit", [0, 10**6])
def test_a_whole_multiple_of_what_is_decoded_at_once_has_no_rest(monkeypatch, limit):
    monkeypatch.setattr(kept_pictures, "_MEMORY_LIMIT", limit)
    kept = kept_pictures.keep(pictures(2, 64)[0], 2)
    assert (kept is None) == (limit == 0)


def test_a_damaged_picture_is_named_by_its_place():
    some, _ = pictures(4)
    damaged = CaptionedPictures(
        lambda index: some.read(index)[:60 if index in (66, 68) else None], some.captions)
    with pytest.raises(RequestError, match="example 66, counted from 0, of the 70 .* cannot be"):
        kept_pictures.keep(damaged, 4)
