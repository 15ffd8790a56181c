import numpy as np

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
