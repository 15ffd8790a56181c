"""Which pictures are trained on, and which are not."""

import random

import pytest

from zoo.data.folder import captions, places, splits
from zoo.errors import RequestError


def assigned(names):
    """The splits of paths, as their folders or else their names give them."""
    found, bad = places.find("f", names)
    assert bad == []
    return splits.assign({path: place.split for path, place in found.items()})


def test_splits_are_about_90_5_5_and_a_function_of_the_name():
    names = [f"{number}.png" for number in range(4000)]
    split = assigned(names)
    shares = {name: list(split.values()).count(name) / len(names) for name in splits.SPLITS}
    assert abs(shares["train"] - 0.9) < 0.02 and abs(shares["test"] - 0.05) < 0.015
    random.Random(0).shuffle(names)
    assert assigned(names) == split
    half = assigned(names[:2000])
    assert all(split[name] == half[name] for name in half)


def test_the_splits_of_known_names():
    # The first four bytes of `printf a.png | sha256sum`, over 2**32.
    assert abs(splits.position("a.png") - int("7f071235", 16) / 2**32) < 1e-6


@pytest.mark.parametrize("count", [6, 12, 40])
def test_small_folders_have_two_pictures_to_test(count):
    split = list(assigned([f"{number}.png" for number in range(count)]).values())
    assert split.count("test") >= 2 and split.count("validation") >= 2
    assert split.count("train") >= min(2, count - 4)


def test_split_folders():
    names = [f"{top}/{number}.png" for top in ("train", "val", "test") for number in range(3)]
    assert assigned([*names, "valid/a/b.png"]) == {
        **{name: {"t": "train", "v": "validation"}[name[0]] for name in names[:6]},
        **dict.fromkeys(names[6:], "test"), "valid/a/b.png": "validation"}


def test_a_split_without_a_folder_is_taken_out_of_train():
    names = [f"train/{number}.png" for number in range(400)] + ["test/1.png", "test/2.png"]
    split = assigned(names)
    assert [name for name in names if split[name] == "test"] == names[-2:]
    assert 5 < list(split.values()).count("validation") < 40


@pytest.mark.parametrize("name, split", [
    ("train", "train"), ("Training", "train"), ("TRAIN", "train"), ("val", "validation"),
    ("Valid", "validation"), ("validation", "validation"), ("dev", "validation"),
    ("test", "test"), ("testing", "test"), ("Eval", "test"), ("testset", "test")])
def test_names_of_splits(name, split):
    found, bad = places.find("f", [f"{name}/a/1.png", "train/2.png"])
    assert bad == [] and found[f"{name}/a/1.png"] == (split, "", "a/1.png")


def test_what_lies_beside_given_splits_is_reported_and_left_out():
    found, bad = places.find("f", ["train/1.png", "test/1.png", "val2/1.png", "extra/1.png",
                                   "2.png"])
    assert {path: place.split for path, place in found.items()} == {
        "train/1.png": "train", "test/1.png": "test"}
    assert [path for path, _ in bad] == ["val2/1.png", "extra/1.png", "2.png"]
    assert all("lies beside given splits (test, train)" in reason for _, reason in bad)


def test_a_class_called_train_is_said_to_need_another_name():
    paths = [f"{name}/1.png" for name in ("train", "car", "plane")]
    with pytest.raises(RequestError, match="car/1.png lies beside given splits .train. .*; if they "
                                           "are no splits, give them other names"):
        captions.find("f", paths)
    found, bad, _ = captions.find("f", ["trains/1.png", *paths[1:]])
    assert bad == [] and found["trains/1.png"].more == {"captions": ("trains",)}


def test_a_picture_beside_given_splits_is_said_to_be_that_and_no_more():
    found, bad, _ = captions.find("f", ["train/rose/1.png", "test/rose/1.png", "car/1.png", "2.png"])
    assert list(found) == ["train/rose/1.png", "test/rose/1.png"]
    assert [path for path, _ in bad] == ["car/1.png", "2.png"]
    assert all("lies beside given splits" in reason for _, reason in bad)


def test_splits_without_train_are_refused():
    with pytest.raises(RequestError, match="f: has folders for test and validation, and none for "
                                           "train"):
        places.find("f", ["test/1.png", "val/1.png", "car/1.png"])


@pytest.mark.parametrize("path, place", [
    ("data/train/1.png", ("train", "", "1.png")),
    ("trainA/x/1.png", ("train", "source", "x/1.png")),
    ("test_B/1.png", ("test", "target", "1.png")),
    ("trainA_resized/1.png", ("train", "source", "1.png")),
    ("Source/Train/1.png", ("train", "source", "1.png")),
    ("val/target/1.png", ("validation", "target", "1.png")),
    ("target_images/1.png", ("", "target", "1.png")),
    ("a_house/1.png", ("", "", "a_house/1.png")),
    ("train/test/1.png", ("train", "", "test/1.png")),
    ("clean_trainset_28spk_wav/p1_1.wav", ("train", "clean", "p1_1.wav")),
    ("noisy_valset_wav/1.wav", ("validation", "noisy", "1.wav"))])
def test_what_folders_say(path, place):
    roles = {"source": ("source", "a"), "target": ("target", "b"), "clean": ("clean",),
             "noisy": ("noisy",)}
    train = [f"train/{role[0]}/0.png" for role in roles.values()]
    paths = [path, *(f"data/{name}" if path.startswith("data/") else name for name in train)]
    found, _ = places.find("f", paths if place[0] else [path], roles)
    assert found[path] == place
