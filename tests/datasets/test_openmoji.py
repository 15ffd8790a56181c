"""Tests of the OpenMoji data set on the true captions and on a handful of its pictures."""

import collections
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds

from zoo.datasets.openmoji import openmoji_dataset_builder, rendering, sources
from zoo.datasets.openmoji.captions import captions_of_each, is_keyword_caption, to_caption, words_of
from zoo.datasets.openmoji.splits import (
    MIN_TRAINING_PICTURES_PER_WORD,
    assign,
    assign_pairs,
    drawing,
    is_skin_tone_variant,
    split_of_each,
    split_of_each_pair,
)
from zoo.errors import RequestError

FARMER = "1F468-1F3FD-200D-1F33E"
FEW = {
    "1F600": "train",
    "1F355": "train",
    FARMER: "validation",
    "1F4AA-1F3FF": "test",
    "1F10D": "lines_only",
}

KNOWN_SPLITS = {
    "1F600": "train",
    "1F3FB": "train",
    "1F10D": "lines_only",
    "1F385-1F3FE": "test",
    "1F937-1F3FE-200D-2642-FE0F": "test",
    "1F469-1F3FD-200D-1F692": "validation",
    "1F575-1F3FF-200D-2640-FE0F": "validation",
}


@pytest.fixture(scope="module")
def svgs():
    return sources.read_svgs()


@pytest.fixture
def few_pictures(monkeypatch):
    monkeypatch.setattr(openmoji_dataset_builder, "split_of_each", lambda: FEW)


def in_splits(*splits):
    return [code_point for code_point, split in split_of_each().items() if split in splits]


def words_of_picture(code_point):
    return {word for caption in captions_of_each()[code_point] for word in words_of(caption)}


@pytest.mark.parametrize(
    "name, caption",
    [
        (
            ":woman_firefighter_medium-dark_skin_tone:",
            "woman firefighter medium-dark skin tone",
        ),
        (":Bosnia_&_Herzegovina:", "bosnia and herzegovina"),
        (":Côte_d’Ivoire:", "côte d'ivoire"),
        (":O_button_(blood_type):", "o button blood type"),
        (":St._Lucia:", "st lucia"),
        ("red\xa0devil", "red devil"),
    ],
)
def test_to_caption(name, caption):
    assert to_caption(name) == caption


def test_emoticons_and_times_are_no_captions():
    assert is_keyword_caption("french fries")
    assert not any(is_keyword_caption(to_caption(word)) for word in (":d", "^^", "+1", "12:30"))


def test_captions_start_with_the_name():
    assert captions_of_each()["1F600"][:4] == (
        "grinning face",
        "grinning",
        "face",
        "smile",
    )
    assert captions_of_each()[FARMER] == ("man farmer medium skin tone",)


def test_captions_are_plain_and_unique():
    for captions in captions_of_each().values():
        assert len(set(captions)) == len(captions)
        for caption in captions:
            assert caption == " ".join(caption.lower().split()) != ""


def test_split_counts():
    assert collections.Counter(split_of_each().values()) == {
        "train": 3664,
        "validation": 88,
        "test": 201,
        "lines_only": 542,
    }


def test_splits_depend_on_no_order(svgs):
    captions = captions_of_each()
    backwards = dict(reversed(captions.items()))
    assert assign(backwards, dict(reversed(svgs.items()))) == split_of_each()


def test_known_pictures_stay_in_their_splits():
    splits = split_of_each()
    assert {code_point: splits[code_point] for code_point in KNOWN_SPLITS} == KNOWN_SPLITS


def test_held_out_pictures_are_skin_tone_variants():
    assert all(
        is_skin_tone_variant(captions_of_each()[code_point])
        for code_point in in_splits("validation", "test")
    )
    assert not is_skin_tone_variant(("dark skin tone",))
    assert not is_skin_tone_variant(())


def test_held_out_words_are_common_in_training():
    frequency = collections.Counter(
        word for code_point in in_splits("train") for word in words_of_picture(code_point)
    )
    for code_point in in_splits("validation", "test"):
        for word in words_of_picture(code_point):
            assert frequency[word] >= MIN_TRAINING_PICTURES_PER_WORD, (code_point, word)


def test_held_out_captions_belong_to_one_picture():
    owners = collections.Counter(
        caption for captions in captions_of_each().values() for caption in captions
    )
    for code_point in in_splits("validation", "test"):
        assert all(owners[caption] == 1 for caption in captions_of_each()[code_point])


def made_up_splits(names):
    captions = {f"1F{number:03X}": (name,) for number, name in enumerate(names)}
    svgs = {code_point: f'<svg d="{code_point}"/>' for code_point in captions}
    return collections.Counter(assign(captions, svgs).values())


def test_a_picture_with_a_rare_word_returns_to_training():
    tones = ("light", "medium", "dark")
    things = [f"{thing} in {colour}" for thing in "abcdefghijklmnop" for colour in ("red", "blue")]
    names = [f"{thing} {tone} skin tone" for thing in things for tone in tones]
    held_out = made_up_splits(names)
    assert held_out["test"] > 0 and held_out["validation"] > 0
    assert made_up_splits([f"rare{n} dark skin tone" for n in range(100)]) == {"train": 100}


def test_no_held_out_picture_is_in_another_split(svgs):
    size = 32
    owners = collections.Counter(rendering.render(svg, size).tobytes() for svg in svgs.values())
    for code_point in in_splits("validation", "test"):
        assert owners[rendering.render(svgs[code_point], size).tobytes()] == 1, code_point


def test_split_of_pairs_keeps_equal_pictures_together(svgs):
    split = split_of_each_pair()
    assert collections.Counter(split.values()) == {"train": 3834, "validation": 213, "test": 448}
    assert split == assign_pairs(dict(reversed(svgs.items())))
    splits_of = collections.defaultdict(set)
    for code_point, svg in svgs.items():
        splits_of[drawing(svg)].add(split[code_point])
    assert all(len(found) == 1 for found in splits_of.values()) and len(splits_of) < len(svgs)
    # One rectangle serves all flags: some are to be guessed from lines that have been seen.
    assert len({drawing(rendering.keep_line_layers(svgs[code]))
                for code in ("1F1E9-1F1EA", "1F1EB-1F1F7")}) == 1


def test_lines_only_has_no_captions():
    assert all(captions_of_each()[code_point] == () for code_point in in_splits("lines_only"))
    assert all(captions_of_each()[code_point] for code_point in in_splits("train"))


@pytest.mark.parametrize("size", [64, 128])
def test_rendering(svgs, size):
    image = rendering.render(svgs[FARMER], size)
    lines = rendering.render(rendering.keep_line_layers(svgs[FARMER]), size)
    for picture in (image, lines):
        assert picture.shape == (size, size, 3)
        assert picture.dtype == np.uint8
        assert (picture[0, 0] == 255).all()
        assert picture.min() < 20
    assert np.ptp(image, axis=-1).max() > 100
    assert np.ptp(lines, axis=-1).max() == 0
    assert 0.05 < (lines < 128).mean() < 0.5


def test_a_drawing_without_lines_is_an_error():
    with pytest.raises(ValueError, match="line"):
        rendering.keep_line_layers('<svg xmlns="http://www.w3.org/2000/svg"><g id="color"/></svg>')


def read_split(builder, split):
    if builder.info.file_format == tfds.core.FileFormat.ARRAY_RECORD:
        return builder.as_data_source(split)
    return builder.as_dataset(split=split).as_numpy_iterator()


@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_prepares_and_reads_back(few_pictures, svgs, tmp_path, file_format):
    builder = openmoji_dataset_builder.Builder(config="64", data_dir=tmp_path)
    builder.download_and_prepare(file_format=file_format)
    assert builder.name == "openmoji"
    assert {name: split.num_examples for name, split in builder.info.splits.items()} == (
        collections.Counter(FEW.values())
    )
    assert "CC BY-SA 4.0" in builder.info.description
    assert "OpenMoji" in builder.info.citation

    examples = {
        example["code_point"].decode(): example
        for split in set(FEW.values())
        for example in read_split(builder, split)
    }
    assert examples.keys() == FEW.keys()
    for code_point, example in examples.items():
        lines = rendering.keep_line_layers(svgs[code_point])
        np.testing.assert_array_equal(example["image"], rendering.render(svgs[code_point], 64))
        np.testing.assert_array_equal(example["line_image"], rendering.render(lines, 64))
        captions = tuple(caption.decode() for caption in example["captions"])
        assert captions == captions_of_each()[code_point]


def test_random_access(few_pictures, tmp_path):
    builder = openmoji_dataset_builder.Builder(config="128", data_dir=tmp_path)
    builder.download_and_prepare(file_format="array_record")
    source = builder.as_data_source("train")
    assert len(source) == 2
    first, second = source[0], source[1]
    assert first["image"].shape == (128, 128, 3)
    assert {first["code_point"], second["code_point"]} == {b"1F600", b"1F355"}
    assert source[0]["code_point"] == first["code_point"]


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(RequestError, match=r"resvg_py is not installed.*'conditional-zoo\[openmoji\]'"):
        rendering.render("<svg/>", 8)
