import numpy as np
import pytest
from PIL import Image, ImageDraw

from zoo.core import sheets


def test_pictures_stand_in_order_under_their_label():
    red, blue = (np.zeros((64, 64, 3), np.uint8) for _ in range(2))
    red[..., 0] = 255
    blue[..., 2] = 255
    sheet = sheets.labelled([("first", [red, blue]), ("second", [blue, blue])])
    reds, blues = ((sheet == picture[0, 0]).all(axis=-1) for picture in (red, blue))
    assert reds.sum() == 64 * 64 and blues.sum() == 3 * 64 * 64
    rows, columns = np.nonzero(reds)
    assert rows.max() < sheet.shape[0] // 2 and columns.max() < sheet.shape[1] // 2


def test_small_pictures_are_enlarged_and_columns_fill_downwards():
    black = np.zeros((16, 16, 3), np.uint8)
    one = sheets.labelled([("", [black])])
    four = sheets.labelled([("", [black])] * 4, columns=2)
    assert (one == 0).all(axis=-1).sum() == 64 * 64
    assert four.shape == (2 * one.shape[0], 2 * one.shape[1], 3)


def test_pictures_are_enlarged_by_a_whole_number_to_the_least_height():
    black = np.zeros((20, 10, 3), np.uint8)
    sheet = sheets.labelled([("", [black])], least_height=70)
    assert (sheet == 0).all(axis=-1).sum() == (3 * 20) * (3 * 10)


def test_a_long_label_ends_before_the_next_column():
    white = np.full((64, 64, 3), 255, np.uint8)
    for label in ("a long label " * 10, "длинная подпись " * 10, "很长的标签" * 20, "two\nlines"):
        sheet = sheets.labelled([(label, [white]), ("", [white])], columns=2)
        dark = (sheet < 128).any(axis=(0, 2))
        assert dark.any() and not dark[dark.size // 2:].any()


class Counting(ImageDraw.ImageDraw):
    measured = 0

    def textlength(self, text, *args, **kwargs):
        self.measured += len(text)
        return super().textlength(text, *args, **kwargs)


@pytest.mark.parametrize("label", ["word " * 2000, "字" * 10_000, "❤" * 10_000, "\u0301" * 10_000,
                                   "i" * 10**6])
def test_measuring_a_label_costs_little_whatever_its_length(label):
    draw = Counting(Image.new("RGB", (128, 16)))
    fitting = sheets._fitting(label, draw, 120)
    assert draw.measured < 20 * 4 * 120
    assert fitting.endswith("…") and label.startswith(fitting[:-1])
    assert draw.textlength(fitting) <= 120


def test_the_longest_beginning_that_fits_is_kept():
    draw = ImageDraw.Draw(Image.new("RGB", (128, 16)))
    width = int(draw.textlength("a long la…")) + 1
    assert sheets._fitting("a long label", draw, width) == "a long la…"
    assert sheets._fitting("a long la", draw, width) == "a long la"
    assert sheets._fitting("", draw, width) == ""


@pytest.mark.parametrize("letter", ["e\u0301", "👩\u200d🌾", "👍🏽", "❤\ufe0f", "दि"])
def test_no_letter_is_cut_in_two(letter):
    draw = ImageDraw.Draw(Image.new("RGB", (128, 16)))
    for width in range(10, 60):
        kept = sheets._fitting(20 * letter, draw, width).removesuffix("…")
        assert kept == len(kept) // len(letter) * letter
