import os
import shutil

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.data import captioned
from zoo.errors import RequestError

CAPTIONS = {
    "train": [("red square", "größe"), ("blue",), ("one", "two", "three")],
    "test": [("held out",)],
    "bare": [("fine",), ()],
}


def picture(split, index):
    return np.full((4, 5, 3), 10 * len(split) + index, np.uint8)


class TinyBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """What the builders below share: a few pictures of one grey each."""

    VERSION = tfds.core.Version("1.0.0")
    url_infos = None
    captions = tfds.features.Sequence(tfds.features.Text())

    def _info(self):
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(
            {"image": tfds.features.Image(shape=(None, None, 3)), "captions": self.captions}))

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(split) for split in CAPTIONS}

    def _generate_examples(self, split):
        for index, captions in enumerate(CAPTIONS[split]):
            yield index, {"image": picture(split, index), "captions": captions}


class TinyCaptioned(TinyBuilder):
    """Found by TFDS as "tiny_captioned"."""


class TinyLabelled(TinyBuilder):
    """Without captions."""

    def _info(self):
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(
            {"image": tfds.features.Image(shape=(4, 5, 3)), "label": tf.int64}))


class TinyNested(TinyBuilder):
    """With captions as COCO has them, a single title, and a picture within another feature."""

    def _info(self):
        picture = tfds.features.Image(shape=(None, None, 3))
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict({
            "views": {"front": picture}, "title": tfds.features.Text(),
            "captions": tfds.features.Sequence({"id": tf.int64, "text": tfds.features.Text()})}))

    def _generate_examples(self, split):
        for index, captions in enumerate(CAPTIONS[split]):
            yield index, {
                "views": {"front": picture(split, index)}, "title": f"größe {index}",
                "captions": [{"id": 7, "text": text} for text in captions]}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    captioned.load("tiny_captioned", "train", folder)
    return folder


def refusal(*args):
    """Loads, and returns the one line that says why that cannot be."""
    with pytest.raises(RequestError) as error:
        captioned.load(*args)
    message = str(error.value)
    assert "\n" not in message
    return message


def by_captions(pictures):
    encoded = pictures.pictures(range(len(pictures)))
    return dict(zip(pictures.captions, encoded, strict=True))


@pytest.mark.parametrize("memory_limit", [2**20, 0])
@pytest.mark.parametrize("split", ["train", "test"])
def test_reads_captions_and_pictures_from_memory_or_disk(
        data_dir, monkeypatch, split, memory_limit):
    monkeypatch.setattr(captioned, "_MEMORY_LIMIT", memory_limit)
    pictures = captioned.load("tiny_captioned", split, data_dir)
    assert len(pictures) == len(CAPTIONS[split])
    encoded = by_captions(pictures)
    assert encoded.keys() == set(CAPTIONS[split])
    for index, captions in enumerate(CAPTIONS[split]):
        assert isinstance(encoded[captions], bytes)
        decoded = tf.io.decode_image(encoded[captions])
        np.testing.assert_array_equal(decoded, picture(split, index))


def test_up_to_the_memory_limit_pictures_are_read_once(data_dir, monkeypatch):
    remembered = captioned.load("tiny_captioned", "train", data_dir)
    sizes = list(map(len, remembered.pictures(range(3))))
    monkeypatch.setattr(captioned, "_MEMORY_LIMIT", sizes[2] + sizes[0])
    read = captioned.load("tiny_captioned", "train", data_dir)
    for indices in ([2, 0, 1], [2, 0, 0], np.array([1])):
        np.testing.assert_array_equal(read.pictures(indices), remembered.pictures(indices))
    [first, again] = ([read.read(index) for index in range(3)] for _ in range(2))
    assert [one is other for one, other in zip(first, again)] == [True, False, True]


@pytest.fixture
def own_data_dir(data_dir, tmp_path):
    shutil.copytree(data_dir, tmp_path / "tfds")
    for file in (tmp_path / "tfds").rglob(".captions*"):
        file.unlink()
    return tmp_path / "tfds"


def kept_files(folder):
    return sorted(path.name for path in folder.rglob(".captions*"))


def test_captions_are_read_from_the_records_once(own_data_dir, capsys):
    read = [captioned.load("tiny_captioned", "train", own_data_dir).captions for _ in range(2)]
    assert read[0] == read[1] and set(read[0]) == set(CAPTIONS["train"])
    assert capsys.readouterr().out.count("3/3 captions") == 1
    assert kept_files(own_data_dir) == [".captions_train_captions.json"]
    captioned.load("tiny_captioned", "test", own_data_dir)
    assert len(kept_files(own_data_dir)) == 2


def test_captions_are_read_again_when_the_records_have_changed(own_data_dir, capsys):
    captioned.load("tiny_captioned", "train", own_data_dir)
    [records] = own_data_dir.rglob("*train.array_record*")
    os.utime(records, ns=(0, 0))
    captioned.load("tiny_captioned", "train", own_data_dir)
    assert capsys.readouterr().out.count("3/3 captions") == 2


def test_where_nothing_can_be_kept_that_is_said_and_captions_are_read(own_data_dir, capsys):
    [info] = own_data_dir.rglob("dataset_info.json")
    (info.parent / ".captions_train_captions.json").mkdir()
    (info.parent / ".captions_train_captions.json" / "file").touch()
    pictures = captioned.load("tiny_captioned", "train", own_data_dir)
    assert set(pictures.captions) == set(CAPTIONS["train"])
    assert "captions are not kept there" in capsys.readouterr().out
    assert kept_files(own_data_dir) == [".captions_train_captions.json"]


def test_a_prepared_data_set_is_not_prepared_again(data_dir, capsys):
    captioned.load("tiny_captioned", "test", str(data_dir))
    assert "preparing" not in capsys.readouterr().out


def test_all_captions_are_in_the_order_of_the_examples():
    pictures = captioned.CaptionedPictures(None, CAPTIONS["train"])
    assert pictures.all_captions() == ["red square", "größe", "blue", "one", "two", "three"]


def test_pictures_are_an_array_of_bytes_whatever_their_lengths():
    pictures = captioned.CaptionedPictures([b"ab", b"\x00"].__getitem__, 2 * [("x",)])
    result = pictures.pictures(np.array([1, 0, 1]))
    assert result.dtype == object and result.tolist() == [b"\x00", b"ab", b"\x00"]


@pytest.mark.parametrize(
    "name", ["tiny_captoined", "openmoji/63", "openmoji/64:9.9.9", "no name", "folder", ""])
def test_an_unknown_data_set_is_one_line(tmp_path, name):
    assert refusal(name, "train", tmp_path).startswith(
        f"--dataset={name}: neither a folder nor a TFDS data set")


def test_data_prepared_in_another_format_are_one_line(tmp_path):
    tfds.builder("tiny_captioned", data_dir=tmp_path).download_and_prepare()
    message = refusal("tiny_captioned", "train", tmp_path)
    assert message.startswith(f"--data_dir={tmp_path}: tiny_captioned was prepared there in")


def test_an_unknown_split_is_one_line_that_names_the_splits(data_dir):
    message = refusal("tiny_captioned", "validation", data_dir)
    assert "no split 'validation'" in message
    assert all(split in message for split in CAPTIONS)


def test_missing_captions_are_named_before_anything_is_prepared(tmp_path):
    assert "has no feature captions" in refusal("tiny_labelled", "train", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text_feature, wanted", [
    ("captions/text", CAPTIONS["train"]),
    ("title", [("größe 0",), ("größe 1",), ("größe 2",)])])
def test_features_are_found_by_their_names(data_dir, text_feature, wanted):
    pictures = captioned.load("tiny_nested", "train", data_dir, image_feature="views/front",
                              text_feature=text_feature)
    encoded = by_captions(pictures)
    assert encoded.keys() == set(wanted)
    for index, captions in enumerate(wanted):
        np.testing.assert_array_equal(
            tf.io.decode_image(encoded[captions]), picture("train", index))


@pytest.mark.parametrize("image_feature, text_feature, words", [
    ("image", "title", ["--image_feature=image", "has no feature image; it has captions, title"]),
    ("views", "title", ["--image_feature=views", "no picture", "FeaturesDict"]),
    ("title", "title", ["--image_feature=title", "no picture", "Text"]),
    ("views/back", "title", ["no feature back in views; it has front"]),
    ("views/front/x", "title", ["no feature x in views/front; it has none"]),
    ("views/front", "captions", ["--text_feature=captions", "strings", "Sequence of id, text"]),
    ("views/front", "captions/id", ["--text_feature=captions/id", "strings"]),
    ("views/front", "text", ["--text_feature=text", "has no feature text"]),
])
def test_features_of_other_kinds_are_refused(tmp_path, image_feature, text_feature, words):
    message = refusal("tiny_nested", "train", tmp_path, 64, image_feature, text_feature)
    assert all(word in message for word in words), message
    assert list(tmp_path.iterdir()) == []


def test_pictures_without_a_caption_are_refused(data_dir):
    assert "split 'bare' has pictures without a caption" in refusal(
        "tiny_captioned", "bare", data_dir)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    message = refusal("tiny_captioned", "train", tmp_path / "file")
    assert message.startswith(f"--data_dir={tmp_path}/file/tiny_captioned/1.0.0: cannot prepare")


def test_variants_share_the_square_root_of_their_number():
    captions = [("woman farmer",), ("woman farmer dark skin tone", "farmer"),
                ("woman farmer light skin tone",), ("woman farmer medium skin tone",),
                ("bus", "woman farmer"), ("dark",)]
    pictures = captioned.CaptionedPictures(lambda index: b"", captions)
    weights = captioned.variant_weights(pictures, ("dark", "light", "medium", "skin", "tone"))
    np.testing.assert_allclose(weights, [0.5, 0.5, 0.5, 0.5, 1, 1])
