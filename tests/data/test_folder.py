"""Folders of one's own pictures, made here: layouts, every kind of picture, every kind of flaw."""

import csv
import io
import json
import os
import random
import unicodedata

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import captioned
from zoo.data.folder import layouts, once, pictures, prepared, report, splits, tables
from zoo.errors import RequestError

SIZE = 4
COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}


def colour_of(number):
    """Another colour for each of 4096 numbers."""
    return (number % 16 * 16, number // 16 % 16 * 16, number // 256 * 16)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(number, size=(6, 6)):
    return encoded(PIL.Image.new("RGB", size, colour_of(number)))


def put(folder, files):
    """Writes `{relative path: bytes or str}`; returns the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def table(rows, columns=("file_name", "text")):
    file = io.StringIO()
    csv.writer(file).writerows([columns, *rows])
    return file.getvalue()


def json_lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def few(folder, count=12):
    """A folder of captioned pictures without a flaw."""
    rows = [(f"{number}.png", f"picture number {number}") for number in range(count)]
    return put(folder, {name: png(number) for number, (name, _) in enumerate(rows)}
               | {"captions.csv": table(rows)})


def captions_of(folder):
    files, bad = layouts.list_files(folder)
    captions, more = layouts.read_captions(folder, files)
    return captions, bad + more


def refusal(function, *args):
    with pytest.raises(RequestError) as error:
        function(*args)
    message = str(error.value)
    assert "\n" not in message
    return message


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "tfds"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"


# Layouts.


@pytest.mark.parametrize("name, content", [
    ("captions.csv", table([("a.png", "red, round"), ("a.png", "größe"), ("b/c.JPG", "blue")])),
    ("metadata.csv", "\ufeff" + table([("x", "red, round", "a.png"), ("y", "größe", "a.png"),
                                       ("z", " blue\n", "b\\c.JPG")],
                                      ("id", "text", "file_name"))),
    ("captions.jsonl", json_lines([{"file_name": "a.png", "text": "red, round", "more": [1]},
                                   {"file_name": "./a.png", "text": "größe"},
                                   {"file_name": "b/c.JPG", "text": "blue"}]) + "\n"),
    ("metadata.jsonl", json_lines([{"file_name": "a.png", "text": "red,  round"},
                                   {"file_name": "a.png", "text": "größe"},
                                   {"file_name": "a.png", "text": "größe"},
                                   {"file_name": "b/c.JPG", "text": "blue"}])),
])
def test_captions_in_a_table(folder, name, content):
    put(folder, {"a.png": b"", "b/c.JPG": b"", name: content, "notes.pdf": b"",
                 ".hidden.png": b""})
    assert captions_of(folder) == (
        {"a.png": ("red, round", "größe"), "b/c.JPG": ("blue",)}, [])


def test_a_table_serves_its_own_folder(folder):
    put(folder, {"train/a.png": b"", "val/a.png": b"",
                 "train/metadata.csv": table([("a.png", "one")]),
                 "val/metadata.jsonl": json_lines([{"file_name": "a.png", "text": "two"}])})
    assert captions_of(folder) == ({"train/a.png": ("one",), "val/a.png": ("two",)}, [])


def test_captions_in_texts(folder):
    put(folder, {"a.png": b"", "a.txt": "\ufeffred\r\n\r\n big red \n", "b/c.webp": b"",
                 "b/c.txt": "blue", "README.txt": "about"})
    assert captions_of(folder) == ({"a.png": ("red", "big red"), "b/c.webp": ("blue",)}, [])


def test_captions_from_class_folders(folder):
    put(folder, {"red_rose/1.gif": b"", "red_rose/2.bmp": b"", "sun-flower/1.jpeg": b"",
                 "labels.txt": "not a caption"})
    assert captions_of(folder) == ({"red_rose/1.gif": ("red rose",), "red_rose/2.bmp": (
        "red rose",), "sun-flower/1.jpeg": ("sun flower",)}, [])


def test_class_folders_in_split_folders(folder):
    put(folder, {"train/red_rose/1.png": b"", "test/red_rose/2.png": b""})
    captions, bad = captions_of(folder)
    assert captions == {"train/red_rose/1.png": ("red rose",),
                        "test/red_rose/2.png": ("red rose",)}
    assert bad == []


def test_a_file_name_is_found_in_the_other_unicode_form(folder):
    put(folder, {unicodedata.normalize("NFD", "größe.png"): b"",
                 "captions.csv": table([(unicodedata.normalize("NFC", "größe.png"), "size")])})
    captions, bad = captions_of(folder)
    assert list(captions.values()) == [("size",)] and bad == []


@pytest.mark.parametrize("files, words", [
    ({}, ["holds no pictures"]),
    ({"a.mp4": b""}, ["holds no pictures"]),
    ({"a.png": b"", "b.png": b""}, ["pictures without captions", "captions.csv"]),
    ({"a.png": b"", "captions.csv": "", }, ["captions.csv", "file_name and text", "none"]),
    ({"a.png": b"", "captions.csv": "name,text\n"}, ["captions.csv", "it has name, text"]),
    ({"a.png": b"", "captions.csv": "file_name;text\n"}, ["comma", "file_name;text"]),
    ({"a.png": b"", "captions.csv": table([]), "metadata.jsonl": ""},
     ["both captions.csv and metadata.jsonl"]),
])
def test_a_folder_without_a_layout_is_one_line(folder, files, words):
    folder.mkdir()
    message = refusal(captions_of, put(folder, files))
    assert str(folder) in message and all(word in message for word in words), message


# Pictures.


def converted(data, size=SIZE):
    image = PIL.Image.open(io.BytesIO(pictures.convert(io.BytesIO(data), size)))
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


# Splits.


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


# Preparing and loading.


def by_captions(loaded):
    return dict(zip(loaded.captions, loaded.pictures(range(len(loaded))), strict=True))


def test_all_pictures_arrive_with_their_captions(folder, data_dir, capsys):
    few(folder, 40)
    every = {}
    for split in splits.SPLITS:
        every |= by_captions(captioned.load(str(folder), split, data_dir, SIZE))
    assert "40 good pictures: 36 train, 2 validation, 2 test" in capsys.readouterr().out
    assert len(every) == 40
    for number in range(40):
        pixels = tf.io.decode_image(every[(f"picture number {number}",)]).numpy()
        np.testing.assert_array_equal(pixels, np.full((SIZE, SIZE, 3), colour_of(number)))


def test_a_prepared_folder_is_prepared_again_only_when_it_changes(folder, data_dir, capsys):
    few(folder)

    def said():
        captioned.load(str(folder), "train", data_dir, SIZE)
        return capsys.readouterr().out

    assert "checking and converting 12 pictures" in said()
    assert said() == ""
    (folder / "0.png").write_bytes(png(99))
    assert "checking" in said()
    os.utime(folder / "1.png", ns=(1, 1))
    assert "checking" in said()
    (folder / "captions.csv").write_text((folder / "captions.csv").read_text() + "0.png,more\n")
    assert "checking" in said()
    assert said() == ""


def test_the_fingerprint_is_that_of_what_is_trained_on(folder, data_dir):
    few(folder)

    def fingerprint(size=SIZE):
        return captioned.load(str(folder), "train", data_dir, size).fingerprint

    first = fingerprint()
    os.utime(folder / "1.png", ns=(1, 1))
    assert fingerprint() == first == fingerprint(SIZE + 1)
    name = next(name for name, split in splits.assign(
        [f"{number}.png" for number in range(12)]).items() if split == "train")
    (folder / name).write_bytes(png(99))
    assert fingerprint() != first


def test_preparing_that_is_broken_off_leaves_nothing(folder, data_dir, monkeypatch):
    few(folder)

    def stop(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(splits, "assign", stop)
        with pytest.raises(KeyboardInterrupt):
            prepared.prepare(folder, data_dir, SIZE)
    assert list((data_dir / "own_pictures").iterdir()) == []
    assert len(prepared.prepare(folder, data_dir, SIZE).examples) == 12


def test_another_process_may_prepare_the_same(folder, data_dir, monkeypatch):
    few(folder)
    give_name = once._give_name

    def later(partial, target):
        target.mkdir()
        for path in partial.iterdir():
            (target / path.name).write_bytes(path.read_bytes())
        give_name(partial, target)

    monkeypatch.setattr(once, "_give_name", later)
    assert len(prepared.prepare(folder, data_dir, SIZE).examples) == 12
    assert len(list((data_dir / "own_pictures").iterdir())) == 1


@pytest.mark.parametrize("count, words", [(5, ["5 good pictures", "1 of them", "train"]),
                                          (1, ["1 good pictures", "train"])])
def test_too_few_pictures_are_one_line(folder, data_dir, count, words):
    message = refusal(captioned.load, str(few(folder, count)), "train", data_dir, SIZE)
    assert all(word in message for word in words), message


def test_one_class_is_one_line(folder, data_dir):
    put(folder, {f"rose/{number}.png": png(number) for number in range(12)})
    assert "the same caption, 'rose'" in refusal(
        captioned.load, str(folder), "train", data_dir, SIZE)


def test_folders_that_cannot_be_used_are_one_line(folder, data_dir, tmp_path):
    assert "no such folder" in refusal(captioned.load, str(folder), "train", data_dir, SIZE)
    few(folder)
    assert "no split 'dev'" in refusal(captioned.load, str(folder), "dev", data_dir, SIZE)
    assert refusal(captioned.load, str(folder), "train", folder / "x", SIZE).startswith(
        f"--data_dir={folder}/x: lies in --dataset={folder}")
    assert refusal(captioned.check_inputs, str(folder), data_dir, SIZE, "skip",
                   folder / "w" / "bad_inputs.csv").startswith(f"--workdir={folder}/w: lies in")
    (tmp_path / "file").write_text("")
    assert refusal(captioned.load, str(folder), "train", tmp_path / "file", SIZE).startswith(
        f"--data_dir={tmp_path}/file: cannot prepare")


# Bad inputs.


def broken(folder):
    """Puts every kind of broken input among 12 good ones; returns `{path: words of the reason}`.

    The pictures have captions unless a caption is what is missing.
    """
    good = [(f"{number}.png", f"picture number {number}") for number in range(12)]
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    noise = PIL.Image.fromarray(noise)
    bomb = PIL.Image.new("1", (10_000, 9_000))
    files = {
        "cut.png": (encoded(noise)[:-900], "damaged"),
        "cut.jpg": (encoded(noise, "JPEG")[:-300], "damaged"),
        "cut.gif": (encoded(noise, "GIF")[:-300], "damaged"),
        "cut.webp": (encoded(noise, "WEBP")[:-300], "damaged"),
        "cut.bmp": (encoded(noise, "BMP")[:-300], "damaged"),
        "flipped.png": (encoded(noise)[:200] + b"\0\1\2\3" + encoded(noise)[204:], "damaged"),
        "head.png": (png(50)[:20], "damaged"),
        "zero.png": (b"", "0 bytes"),
        "text.png": (b"not a picture", "no PNG"),
        "page.jpg": (b"<html></html>", "no PNG"),
        "other.tif": (encoded(noise, "TIFF"), "no PNG"),
        "disguised.png": (encoded(noise, "TIFF"), "no PNG"),
        "drawing.svg": (b"<svg/>", "no PNG"),
        "bomb.png": (encoded(bomb), "too large, over 89 million pixels"),
        "twin.png": (png(3), "the same picture as 3.png"),
        "twin.txt.png": (png(4), "the same picture as 4.png"),
    }
    wanted = {name: words for name, (_, words) in files.items()}
    rows = [*good, *((name, f"caption of {name}") for name in files)]
    files = {name: content for name, (content, _) in files.items()}
    files |= {name: png(number) for number, (name, _) in enumerate(good)}
    for name, text, words in (
            ("no_row.png", None, "no row"), ("empty.png", "", "line 30: the caption is empty"),
            ("blank.png", "  ", "line 31: the caption is empty"),
            ("dots.png", "...", "line 32: the caption has no word"),
            ("latin.png", b"gr\xf6\xdfe".decode("utf-8", "surrogateescape"),
             "line 33 is not UTF-8")):
        files[name] = png(100 + len(files))
        wanted[name] = words
        if text is not None:
            rows.append((name, text))
    assert len(rows) == 32
    for name, words in (("gone.png", "line 34 names it, but there is no such file"),
                        ("../up.png", "outside"), ("/etc/hosts", "outside"),
                        ("sub", "line 37 names it, but it is a folder")):
        wanted[name] = words
        rows.append((name, "some caption"))
    wanted["folder.png"] = "is a folder, not a picture"
    wanted["captions.csv"] = "line 38 has 3 cells, not 2"
    put(folder, files | {"sub/deep.pdf": b"", "folder.png/x": b""})
    content = table(rows) + "11.png,one, two\n"
    (folder / "captions.csv").write_bytes(content.encode("utf-8", "surrogateescape"))
    os.symlink("nowhere", folder / "link.png")
    wanted["link.png"] = "No such file"
    os.symlink(".", folder / "loop")
    wanted["loop"] = "a link to a folder that it lies in"
    os.mkfifo(folder / "pipe.png")
    wanted["pipe.png"] = "is no file"
    with open(os.path.join(os.fsencode(folder), b"name\xff.png"), "wb") as file:
        file.write(png(200))
    wanted["name\\udcff.png"] = "not UTF-8"
    return wanted


def test_every_bad_input_is_reported_and_the_good_ones_remain(folder, data_dir, tmp_path, capsys):
    wanted = broken(folder)
    path = tmp_path / "w" / "bad_inputs.csv"
    captioned.check_inputs(str(folder), data_dir, SIZE, "skip", path)
    [header, *rows] = csv.reader(path.open(encoding="utf-8"))
    assert header == ["path", "reason"]
    assert [name for name, _ in rows] == sorted(wanted)
    for name, reason in rows:
        assert wanted[name] in reason, (name, reason)
    assert f"left out {len(wanted)} bad inputs of {folder}, listed in {path}" in (
        capsys.readouterr().out)
    captions = [caption for split in splits.SPLITS for caption in captioned.load(
        str(folder), split, data_dir, SIZE).all_captions()]
    assert sorted(captions) == sorted(f"picture number {number}" for number in range(12))


def test_bad_inputs_stop_unless_they_are_to_be_skipped(folder, data_dir, tmp_path, capsys):
    wanted = broken(folder)
    path = tmp_path / "w" / "bad_inputs.csv"
    message = refusal(captioned.check_inputs, str(folder), data_dir, SIZE, "stop", path)
    assert message == (f"--dataset={folder}: {len(wanted)} bad inputs, listed in {path}; mend "
                       "them, or train on the others with --on_bad_input=skip.")
    shown = [line for line in capsys.readouterr().out.splitlines() if ": " in line]
    assert len([line for line in shown if line.split(": ")[0] in wanted]) == 10
    assert len(path.read_text().splitlines()) == 1 + len(wanted)


def test_a_report_goes_when_all_is_mended(folder, tmp_path):
    path = tmp_path / "bad_inputs.csv"
    report.report([("a.png", "is empty")], folder, path, "skip")
    assert list(csv.reader(path.open())) == [["path", "reason"], ["a.png", "is empty"]]
    report.report([], folder, path, "stop")
    assert not path.exists()


def test_a_file_without_permission_is_reported(folder, monkeypatch):
    put(folder, {"a.png": png(1)})
    # The superuser may read everything, so the refusal is made up.
    monkeypatch.setattr(type(folder), "open", lambda *args: (_ for _ in ()).throw(
        PermissionError(13, "Permission denied")))
    with pytest.raises(pictures.BadPicture, match="cannot be read .Permission denied"):
        pictures.read(folder / "a.png", SIZE)


def test_bad_texts(folder):
    put(folder, {"a.png": b"", "a.txt": "fine\n", "b.png": b"", "c.png": b"", "c.txt": "\n \n",
                 "d.txt": "no picture", "e.png": b"", "e.txt": b"good\ngr\xf6\xdfe\n",
                 "f.png": b"", "f.txt": "utf16".encode("utf-16")})
    captions, bad = captions_of(folder)
    assert captions == {"a.png": ("fine",), "b.png": (), "c.png": (), "e.png": ("good",),
                        "f.png": ()}
    assert sorted(bad) == [
        ("b.png", "has no .txt of the same name beside it"),
        ("c.png", "c.txt: the caption is empty"),
        ("d.txt", "has no picture of the same name beside it"),
        ("e.png", "e.txt line 2 is not UTF-8"), ("f.png", "f.txt line 1 is not UTF-8")]


def test_bad_class_folders(folder):
    put(folder, {"red/1.png": b"", "top.png": b"", "blue/deep/2.png": b"", "--/3.png": b""})
    captions, bad = captions_of(folder)
    assert {name: each for name, each in captions.items() if each} == {"red/1.png": ("red",)}
    assert sorted(bad) == [
        ("--/3.png", "its folder's name: the caption is empty"),
        ("blue/deep/2.png", "lies deeper than a class folder"),
        ("top.png", "has no caption, being in no class folder")]


@pytest.mark.parametrize("name, content, problems", [
    ("c.csv", 'file_name,text\na,"x" y\nb,fine\n', {2: "is not CSV"}),
    ("c.csv", 'file_name,text\na,fine\nb,"never closed\nc,lost\n', {4: "is not CSV"}),
    ("c.csv", "file_name,text\n\na\n", {3: "has 1 cells, not 2"}),
    ("c.jsonl", '{"file_name": "a", "text": "x"}\n{"file_name"\n[]\n{"text": "x"}\n'
                '{"file_name": "a", "text": ["x"]}\n' + "[" * 100_000 + "\n",
     {2: "is not JSON", 3: "has no string file_name and no string text",
      4: "has no string file_name", 5: "has no string text", 6: "is not JSON"}),
])
def test_bad_rows(tmp_path, name, content, problems):
    put(tmp_path, {name: content})
    found = {line: problem for line, _, _, problem in tables.read_rows(tmp_path / name, name)
             if problem}
    assert found.keys() == problems.keys()
    assert all(problems[line] in found[line] for line in found), found


# Runs.


def test_a_run_on_a_changed_folder_is_refused(tmp_path):
    workdir, settings = Workdir(tmp_path / "w"), Settings(dataset="/pictures")
    workdir.bad_inputs.parent.mkdir()
    workdir.bad_inputs.write_text("path,reason\n")  # Of a try that stopped before.
    workdir.open(settings, "one")
    workdir.open(settings, "one")
    assert "pictures or captions in /pictures have changed" in refusal(
        workdir.open, settings, "two")
    workdir.open(Settings(dataset="/pictures", overwrite=True), "two")
    assert workdir.bad_inputs.exists() and workdir.fingerprint.read_text() == "two"
