"""Which pictures are trained on, and which are not."""

import random

import pytest

from zoo.data.folder import splits


def test_splits_are_about_90_5_5_and_a_function_of_the_name():
    names = [f"{number}.png" for number in range(4000)]
    split = splits.assign(names)
    shares = {name: list(split.values()).count(name) / len(names) for name in splits.SPLITS}
    assert abs(shares["train"] - 0.9) < 0.02 and abs(shares["test"] - 0.05) < 0.015
    random.Random(0).shuffle(names)
    assert splits.assign(names) == split
    half = splits.assign(names[:2000])
    assert all(split[name] == half[name] for name in half)


def test_the_splits_of_known_names():
    # The first four bytes of `printf a.png | sha256sum`, over 2**32.
    assert abs(splits.position("a.png") - int("7f071235", 16) / 2**32) < 1e-6


@pytest.mark.parametrize("count", [6, 12, 40])
def test_small_folders_have_two_pictures_to_test(count):
    split = list(splits.assign([f"{number}.png" for number in range(count)]).values())
    assert split.count("test") >= 2 and split.count("validation") >= 2
    assert split.count("train") >= min(2, count - 4)


def test_split_folders():
    names = [f"{top}/{number}.png" for top in ("train", "val", "test") for number in range(3)]
    assert splits.assign([*names, "valid/a/b.png"]) == {
        **{name: {"t": "train", "v": "validation"}[name[0]] for name in names[:6]},
        **dict.fromkeys(names[6:], "test"), "valid/a/b.png": "validation"}


def test_a_split_without_a_folder_is_taken_out_of_train():
    names = [f"train/{number}.png" for number in range(400)] + ["test/1.png", "test/2.png"]
    split = splits.assign(names)
    assert [name for name in names if split[name] == "test"] == names[-2:]
    assert 5 < list(split.values()).count("validation") < 40


@pytest.mark.parametrize("names", [["train/1.png", "car/1.png"], ["test/1.png", "val/1.png"]])
def test_other_folders_are_no_splits(names):
    assert splits.from_folders(names) == {}
