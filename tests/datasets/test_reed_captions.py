"""`cub_captions` and `flowers_captions` on archives made here, laid out as the true ones."""

import io
import tarfile

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.data import captioned
from zoo.datasets.cub_captions import cub_captions_dataset_builder
from zoo.datasets.flowers_captions import flowers_captions_dataset_builder
from zoo.datasets.reed_captions import to_captions
from zoo.errors import RequestError

LISTS = {"train": "trainclasses.txt", "validation": "valclasses.txt", "test": "testclasses.txt"}


def jpeg(number, mode="RGB"):
    """A picture of one colour, 20 pixels wide and 10 high, another for each number."""
    colour = 10 * number if mode == "L" else (10 * number, 100, 200)
    file = io.BytesIO()
    PIL.Image.new(mode, (20, 10), colour).save(file, "jpeg")
    return file.getvalue()


def ten(number):
    return tuple(f"caption {line} of picture {number}" for line in range(10))


class Birds:
    name = "cub_captions"
    builder_class = cub_captions_dataset_builder.Builder
    archives = "CUB_200_2011.tgz", "cvpr2016_cub.tar.gz"
    classes = {"train": ["001.Black_footed_Albatross", "002.Laysan_Albatross"],
               "validation": ["003.Sooty_Albatross"], "test": ["004.Groove_billed_Ani"]}
    pictures = {"001.Black_footed_Albatross/Black_Footed_Albatross_0046_18": jpeg(0),
                "001.Black_footed_Albatross/Black_Footed_Albatross_0009_34": jpeg(1, "L"),
                "002.Laysan_Albatross/Laysan_Albatross_0002_1027": jpeg(2),
                "003.Sooty_Albatross/Sooty_Albatross_0048_1130": jpeg(3),
                "004.Groove_billed_Ani/Groove_Billed_Ani_0002_1670": jpeg(4)}
    boxes = dict(zip(pictures, ["5.0 2.0 10.0 4.0", "0.0 0.0 20.0 10.0", "15.0 5.0 6.0 5.5",
                                "1.0 1.0 1.0 1.0", "10.0 5.0 10.0 5.0"]))

    @classmethod
    def images(cls):
        rows = list(enumerate(cls.pictures, 1))
        return {"attributes.txt": b"1 has_bill_shape::curved\n",
                **{f"CUB_200_2011/images/{key}.jpg": cls.pictures[key] for key in cls.pictures},
                "CUB_200_2011/images.txt": "".join(
                    f"{index} {key}.jpg\n" for index, key in rows).encode(),
                "CUB_200_2011/bounding_boxes.txt": "".join(
                    f"{index} {cls.boxes[key]}\n" for index, key in rows).encode()}

    @staticmethod
    def file_name(key):
        return f"{key}.jpg"


class Flowers:
    name = "flowers_captions"
    builder_class = flowers_captions_dataset_builder.Builder
    archives = "102flowers.tgz", "cvpr2016_flowers.tar.gz"
    classes = {"train": ["class_00001", "class_00003"], "validation": ["class_00002"],
               "test": ["class_00102"]}
    pictures = {"class_00001/image_06734": jpeg(0), "class_00001/image_06735": jpeg(1),
                "class_00003/image_00002": jpeg(2), "class_00002/image_05087": jpeg(3),
                "class_00102/image_08000": jpeg(4)}

    @classmethod
    def images(cls):
        return {f"jpg/{cls.file_name(key)}": content for key, content in cls.pictures.items()}

    @staticmethod
    def file_name(key):
        return f"{key.split('/')[1]}.jpg"


BOTH = pytest.mark.parametrize("kind", [Birds, Flowers])


def texts(kind):
    """Files of a caption archive, with those that a builder has to pass over."""
    files = {"manifest.txt": b"not a list of classes\n"}
    for number, key in enumerate(kind.pictures):
        lines = "\n".join(ten(number)) + "\n"
        files |= {f"text_c10/{key}.txt": lines.encode(), f"text_c10/{key}.h5": b"\x89HDF",
                  f"text_c10/{key.split('/')[0]}.t7": b"torch", f"word_c10/{key}.txt": b"7 1\n"}
    return files | {LISTS[split]: "\n".join(names).encode() + b"\n"
                    for split, names in kind.classes.items()}


def write(path, files, mode="w:gz"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def put(kind, data_dir, images=None, captions=None, mode="w:gz"):
    """Puts both archives where TFDS looks for them, and returns that folder."""
    folder = data_dir / "downloads" / "manual"
    write(folder / kind.archives[0], kind.images() if images is None else images, mode)
    write(folder / kind.archives[1], texts(kind) if captions is None else captions)
    return folder


def prepare(kind, data_dir, file_format="array_record"):
    builder = kind.builder_class(data_dir=data_dir, file_format=file_format)
    builder.download_and_prepare()
    return builder


def read(builder):
    """Returns dict from split to dict from file name to example; pictures stay encoded."""
    decoders = {"image": tfds.decode.SkipDecoding()}
    return {split: {example["file_name"].decode(): example
                    for example in builder.as_data_source(split, decoders=decoders)}
            for split in builder.info.splits}


def refusal(kind, data_dir):
    """Loads as the tools do, and returns the one line that says why that cannot be."""
    with pytest.raises(RequestError) as error:
        captioned.load(kind.name, "train", data_dir)
    message = str(error.value)
    assert "\n" not in message
    return message


@BOTH
def test_splits_follow_the_lists_of_classes(kind, tmp_path):
    put(kind, tmp_path)
    examples = read(prepare(kind, tmp_path))
    assert {split: {example["class_name"].decode() for example in examples[split].values()}
            for split in examples} == {
                split: set(names) for split, names in kind.classes.items()}
    assert {split: len(examples[split]) for split in examples} == {
        "train": 3, "validation": 1, "test": 1}


@BOTH
def test_examples_are_what_the_archives_hold(kind, tmp_path):
    put(kind, tmp_path)
    every = {name: example for split in read(prepare(kind, tmp_path)).values()
             for name, example in split.items()}
    assert every.keys() == {kind.file_name(key) for key in kind.pictures}
    for number, (key, encoded) in enumerate(kind.pictures.items()):
        example = every[kind.file_name(key)]
        assert example["image"] == encoded
        assert tuple(text.decode() for text in example["captions"]) == ten(number)
        assert example["class_name"].decode() == key.split("/")[0]


@BOTH
@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_features(kind, tmp_path, file_format):
    put(kind, tmp_path)
    builder = prepare(kind, tmp_path, file_format)
    if file_format == "array_record":
        example = builder.as_data_source("train")[0]
    else:
        example = next(builder.as_dataset(split="train").as_numpy_iterator())
    assert example["image"].shape == (10, 20, 3) and example["image"].dtype == np.uint8
    assert len(example["captions"]) == 10
    assert example.keys() - {"bounding_box"} == {"image", "captions", "class_name", "file_name"}
    assert builder.name == kind.name
    assert "Reed et al. 2016" in builder.info.description
    assert "Fine-Grained Visual Descriptions" in builder.info.citation


def test_boxes_are_shares_of_the_picture_and_end_at_its_edge(tmp_path):
    put(Birds, tmp_path)
    examples = read(prepare(Birds, tmp_path))
    boxes = {name: example["bounding_box"] for split in examples.values()
             for name, example in split.items()}
    wanted = [[.2, .25, .6, .75], [0, 0, 1, 1], [.5, .75, 1, 1], [.1, .05, .2, .1],
              [.5, .5, 1, 1]]
    for key, box in zip(Birds.pictures, wanted, strict=True):
        np.testing.assert_allclose(boxes[Birds.file_name(key)], box, rtol=1e-6)


@BOTH
def test_loads_by_name_for_training(kind, tmp_path):
    folder = put(kind, tmp_path)
    pictures = captioned.load(kind.name, "train", tmp_path)
    assert len(pictures) == 3 and len(pictures.all_captions()) == 30
    for encoded in pictures.pictures(range(3)):
        assert tf.io.decode_image(encoded, 3).shape == (10, 20, 3)
    assert not list((folder.parent / "extracted").iterdir())
    for archive in folder.iterdir():  # Once prepared, they are not needed again.
        archive.unlink()
    assert len(captioned.load(kind.name, "test", tmp_path)) == 1


@BOTH
def test_a_tar_without_compression_and_a_leading_folder_do(kind, tmp_path):
    captions = {f"./top/{name}": content for name, content in texts(kind).items()}
    captions["./top/text_c10/._class_00001.txt"] = b"macOS"
    first = next(iter(kind.pictures))
    captions[f"./top/text_c10/{first.replace('/', '/._')}.txt"] = b"macOS"
    put(kind, tmp_path, captions=captions, mode="w")
    assert len(read(prepare(kind, tmp_path))["train"]) == 3


@BOTH
def test_a_missing_folder_is_tfds_s_own_message(kind, tmp_path):
    message = refusal(kind, tmp_path)
    assert f"Manual directory {tmp_path}/downloads/manual does not exist or is empty" in message
    assert all(name in message for name in kind.archives)
    assert "https://github.com/reedscot/cvpr2016" in message


@BOTH
@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_archive_is_named(kind, tmp_path, number):
    (put(kind, tmp_path) / kind.archives[number]).unlink()
    message = refusal(kind, tmp_path)
    assert f"lacks {kind.archives[number]}. Instructions: Two archives" in message


@BOTH
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("damage", ["web page", "cut short"])
def test_a_damaged_archive_is_named(kind, tmp_path, number, damage):
    path = put(kind, tmp_path) / kind.archives[number]
    path.write_bytes(b"<html>Quota exceeded</html>" * 50 if damage == "web page"
                     else path.read_bytes()[:-200])
    message = refusal(kind, tmp_path)
    assert message.startswith(f"{path}: damaged, or not an archive")


@BOTH
def test_pictures_of_another_release_are_refused(kind, tmp_path):
    images = {name.replace("_0046_18", "_0001_7").replace("06734", "00001"): content
              for name, content in kind.images().items()}
    put(kind, tmp_path, images)
    assert "lacks 1 pictures that have captions, for instance" in refusal(kind, tmp_path)


def test_an_archive_of_birds_without_boxes_is_refused(tmp_path):
    images = Birds.images()
    del images["CUB_200_2011/bounding_boxes.txt"]
    put(Birds, tmp_path, images)
    assert "lacks CUB_200_2011/images.txt or" in refusal(Birds, tmp_path)


@BOTH
@pytest.mark.parametrize("list_name", LISTS.values())
def test_a_missing_list_of_classes_is_refused(kind, tmp_path, list_name):
    captions = texts(kind)
    del captions[list_name]
    put(kind, tmp_path, captions=captions)
    assert "no list of classes for the split" in refusal(kind, tmp_path)


@BOTH
def test_a_class_in_two_splits_is_refused(kind, tmp_path):
    captions = texts(kind)
    captions["testclasses.txt"] += captions["valclasses.txt"]
    put(kind, tmp_path, captions=captions)
    assert f"the class {kind.classes['validation'][0]} is in two" in refusal(kind, tmp_path)


@BOTH
def test_a_class_without_captions_is_refused(kind, tmp_path):
    captions = texts(kind)
    captions["trainclasses.txt"] += b"class_00099\r\n"
    put(kind, tmp_path, captions=captions)
    assert "no captions of the class class_00099." in refusal(kind, tmp_path)


@BOTH
def test_a_picture_without_a_caption_is_left_out(kind, tmp_path):
    captions = texts(kind)
    key = next(iter(kind.pictures))
    captions[f"text_c10/{key}.txt"] = b"\n \r\n"
    put(kind, tmp_path, captions=captions)
    names = read(prepare(kind, tmp_path))["train"].keys()
    assert len(names) == 2 and kind.file_name(key) not in names


@pytest.mark.parametrize("content, captions", [
    (b"a red bird.\nIt is  small \n", ("a red bird.", "It is small")),
    (b"one\r\n\r\n\ttwo\n\n\nthree", ("one", "two", "three")),
    (b"the bird\x92s beak\n", ("the bird s beak",)),
    ("the bird\ufffd\ufffds beak\n\ufffd\n".encode(), ("the bird s beak",)),
    ("\ufeffna\u00efve\u00a0bird\n".encode(), ("na\u00efve bird",)),
    ("one\x85line\u2028only\n".encode(), ("one line only",)),
    (b"\n \n", ()),
    (b"", ()),
])
def test_captions_of_a_file(content, captions):
    assert to_captions(content) == captions
