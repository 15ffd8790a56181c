"""One table of what folders hold beside good files: every family reads it alike.

A case is (files to add, links to add, what of them is to be reported: `{path: words}`, and how many
examples more there are). Names are made with the family's own suffix by `{s}`.
"""

import csv
import io
import os
import unicodedata

import numpy as np
import PIL.Image
import pytest
import soundfile

from tests.data.folder.files import put
from zoo.data.folder import captions, preparing
from zoo.data.image_pairs import folder as own_pairs
from zoo.data.image_pairs.form import Form
from zoo.data.speech import layouts
from zoo.data.video_folder import folder as own_videos
from zoo.errors import RequestError

SIZE = 8


def picture(number):
    file = io.BytesIO()
    PIL.Image.new("RGB", (SIZE, SIZE), (number % 256, number // 256, 9)).save(file, "PNG")
    return file.getvalue()


def animation(number):
    file = io.BytesIO()
    frames = [PIL.Image.new("RGB", (SIZE, SIZE), (number % 256, number // 256, 50 * i))
              for i in range(3)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def sound(number):
    file = io.BytesIO()
    soundfile.write(file, np.random.default_rng(number).uniform(-0.1, 0.1, 8000), 16000,
                    format="WAV")
    return file.getvalue()


class Captioned:
    suffix, content, places = ".png", staticmethod(picture), ("",)
    beside = staticmethod(lambda stem: {f"{stem}.txt": f"picture called {stem}"})

    modality = captions.modality(SIZE)


class Pairs:
    suffix, content, places = ".png", staticmethod(picture), ("source/", "target/")
    beside = staticmethod(lambda stem: {})

    modality = own_pairs.modality(Form(SIZE, SIZE))


class Sounds:
    suffix, content, places = ".wav", staticmethod(sound), ("noisy/", "clean/")
    beside = staticmethod(lambda stem: {})

    modality = layouts.modality()


class Videos:
    suffix, content, places = ".gif", staticmethod(animation), ("",)
    beside = staticmethod(lambda stem: {})

    modality = own_videos.modality(SIZE)


FAMILIES = [Captioned(), Pairs(), Sounds(), Videos()]


def example(family, stem, number, suffix=None, within=""):
    """The files of one example whose content depends on the number."""
    files = {f"{within}{place}{stem}{suffix or family.suffix}": family.content(2 * number + side)
             for side, place in enumerate(family.places)}
    return files | {f"{within}{name}": text for name, text in family.beside(stem).items()}


def good(family, count=4, within=""):
    files = {}
    for number in range(count):
        files |= example(family, f"g{number}", number + 100 * len(within), within=within)
    return files


@pytest.fixture(params=FAMILIES, ids=lambda family: type(family).__name__.lower())
def family(request):
    return request.param


def found(family, tmp_path, files, links=()):
    folder = put(tmp_path / "own", files)
    for link, target in links:
        os.symlink(target, folder / link)
    result = preparing.prepare(folder, tmp_path / "data", family.modality)
    return sorted(item["name"] for item in result.items), dict(result.bad), result


CASES = {
    "hidden": lambda f: (example(f, "._g0", 50) | example(f, "x", 51, within=".ipynb_checkpoints/")
                         | example(f, "x", 52, within="__MACOSX/"), {}, 0),
    "left_by_systems": lambda f: ({"Thumbs.db": b"x", "desktop.ini": b"x", ".DS_Store": b"x",
                                   f"{f.places[0]}Thumbs.db": b"x"}, {}, 0),
    "upper_case_suffix": lambda f: (example(f, "up", 60, f.suffix.upper()), {}, 1),
    "composed_and_decomposed": lambda f: (
        {unicodedata.normalize("NFC" if name == min(example(f, "grün", 61)) else "NFD", name):
         content for name, content in example(f, "grün", 61).items()}, {}, 1),
    "not_utf_8": lambda f: ({os.fsdecode(os.fsencode(name).replace(b"q", b"\xff")): content
                             for name, content in example(f, "q", 62).items()
                             if name.endswith(f.suffix)},
                            {f"{place}\\udcff{f.suffix}": "not UTF-8" for place in f.places}, 0),
    "line_end": lambda f: ({name.replace("q", "\n"): content
                            for name, content in example(f, "q", 62).items()
                            if name.endswith(f.suffix)},
                           {f"{place}\\n{f.suffix}": "control character" for place in f.places}, 0),
    "same_content": lambda f: (
        {name.replace("twin", "zz"): content for name, content in example(f, "twin", 0).items()},
        {"zz": "is the same"}, 0),
    "same_name": lambda f: (
        example(f, "g0", 63, {".png": ".bmp", ".wav": ".flac", ".gif": ".webp"}[f.suffix]),
        {f"{place}g0": "has the same name as" for place in f.places}, 0),
}


@pytest.mark.parametrize("case", CASES)
def test_oddities(family, case, tmp_path):
    files, wanted, more = CASES[case](family)
    clean = good(family)
    names, bad, _ = found(family, tmp_path, clean | files)
    assert len(names) == 4 + more, names
    assert len(bad) == len(wanted), bad
    for start, words in wanted.items():
        [reason] = [each for path, each in bad.items() if path.startswith(start)]
        assert words in reason


def test_given_splits_are_kept_and_a_folder_beside_them_is_reported(family, tmp_path):
    files = good(family, 4, "Train/") | good(family, 2, "testing/") | good(family, 1, "other/")
    names, bad, result = found(family, tmp_path, files)
    assert len(names) == 6
    assert [len(result.of_split(split)) for split in ("train", "test")] == [2, 2]
    assert all("Train/" in item["name"] or "train/" in item["name"]
               for item in result.of_split("train") + result.of_split("validation"))
    assert len(bad) >= 1
    for path, reason in bad.items():
        assert path.startswith("other/") and " lies " in f" {reason}"


@pytest.mark.parametrize("train, test", [
    ("train2017/", "test2017/"), ("Training Set/", "test-set/"), ("train_images/", "eval_images/"),
    ("train/", "evaluation/")])
def test_given_splits_have_usual_names(family, train, test, tmp_path):
    _, bad, result = found(family, tmp_path, good(family, 3, train) | good(family, 3, test))
    of_test = [item["name"].rpartition("/")[2].partition(".")[0]
               for item in result.of_split("test")]
    assert (of_test, len(result.items), bad) == (["g0", "g1", "g2"], 6, {})


@pytest.mark.parametrize("train, test", [
    ("train_hr/", "valid_hr/"), ("train1/", "test2/"), ("some/deep/train/", "other/deep/test/")])
def test_what_looks_like_splits_is_never_drawn_anew(family, train, test, tmp_path):
    with pytest.raises(RequestError, match="look like splits that are not understood"):
        found(family, tmp_path, good(family, 3, train) | good(family, 2, test))


def test_every_example_counts_as_progress(family, tmp_path, capsys):
    found(family, tmp_path, good(family))
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()
            if " min left" in line] == ["1/4", "2/4", "3/4", "4/4"]


@pytest.mark.parametrize("names", [
    ["photo/0", "photo/1", "photo/2", "sketch/2", "sketch/8", "sketch/9"],  # One of six is enough.
    ["0_A", "0_B", "1_A", "1_B"], ["left 0-input", "left 0-Output"]])
def test_pictures_that_pair_up_by_name_are_not_cut_in_two(names, tmp_path):
    with pytest.raises(RequestError, match="have equal names like a pair, and nothing says"):
        found(FAMILIES[1], tmp_path, {f"{name}.png": picture(i) for i, name in enumerate(names)})


def test_side_by_side_pictures_of_one_name_are_reported(tmp_path):
    names, bad, _ = found(FAMILIES[1], tmp_path, {
        f"{name}": picture(i) for i, name in enumerate(
            ["train/0.png", "train/1.png", "train/1.jpg", "val/0.png", "val/1.png"])})
    assert names == ["train/0.png", "train/1.jpg", "val/0.png", "val/1.png"]
    assert bad == {"train/1.png": "has the same name as train/1.jpg; keep one"}


def test_links_to_folders(family, tmp_path, capsys):
    put(tmp_path / "elsewhere", example(family, "far", 70))
    place = family.places[0]
    names, bad, _ = found(family, tmp_path, good(family), [
        (f"{place}loop", "."), ("around", ".."), ("again", family.places[0] or "."),
        *((f"{each}out", tmp_path / "elsewhere" / each) for each in family.places)])
    assert len(names) == 5 and any("out" in name for name in names)
    assert capsys.readouterr().out.count("following the link") == len(family.places)
    assert sorted(bad) == sorted(["again", "around", f"{place}loop"])
    assert all("is a link to" in reason for reason in bad.values())


def test_a_split_of_no_use_is_refused(family, tmp_path):
    with pytest.raises(RequestError, match="none for train"):
        found(family, tmp_path, good(family, 2, "test/") | good(family, 2, "val/"))


def test_a_folder_of_something_else_is_refused_naming_what_is_understood(family, tmp_path):
    with pytest.raises(RequestError, match=f"--dataset={tmp_path}/own: (holds no|needs sound)"):
        found(family, tmp_path, {"notes.md": "x", "a/b.pdf": "x"})


def test_a_text_that_is_not_used_is_said(family, tmp_path, capsys):
    _, bad, _ = found(family, tmp_path, good(family) | {"labels.csv": "a,b", "README.md": "x"})
    said = capsys.readouterr().out
    assert "not used" in said or bad
    assert ("labels.csv" in bad) == isinstance(family, Captioned)
    assert "README.md" not in bad


def test_the_report_lists_what_has_no_name(family, tmp_path):
    found(family, tmp_path, good(family) | CASES["not_utf_8"](family)[0])
    path = tmp_path / "w" / "bad_inputs.csv"
    preparing.check(str(tmp_path / "own"), tmp_path / "data", family.modality, "skip", path)
    assert len(list(csv.reader(path.open(encoding="utf-8")))) == 1 + len(family.places)


def test_preparing_again_reads_nothing(family, tmp_path, monkeypatch, capsys):
    first, _, _ = found(family, tmp_path, good(family))
    capsys.readouterr()
    monkeypatch.setattr(preparing, "_write", None)
    result = preparing.prepare(tmp_path / "own", tmp_path / "data", family.modality)
    assert sorted(item["name"] for item in result.items) == first
    assert capsys.readouterr().out == ""
