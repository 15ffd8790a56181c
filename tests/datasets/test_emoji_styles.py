"""On small archives of the packages' structure; OpenMoji's pictures and names are the real ones."""

import collections
import io
import json
import os
import tarfile

import numpy as np
import pytest

from zoo.data.image_pairs import batches, pairs
from zoo.data.image_pairs.form import Form
from zoo.datasets import builders
from zoo.datasets.emoji_styles import archives, concepts, icons, rendering, splits
from zoo.errors import RequestError, RunFailed

ENGLISH = [
    {"hexcode": "1F355", "label": "pizza", "tags": ["cheese", "slice"], "group": 4},
    {"hexcode": "2764-FE0F", "label": "red heart", "tags": ["love"], "group": 0},
    {"hexcode": "1F449", "label": "backhand index pointing right", "tags": ["hand"], "group": 1,
     "skins": [{"hexcode": "1F449-1F3FB", "label": "backhand index pointing right: light skin tone"}]},
    {"hexcode": "1F1E8-1F1F1", "label": "flag: Chile", "tags": ["CL"], "group": 9},
    {"hexcode": "1F3FB", "label": "light skin tone", "group": 2},
    {"hexcode": "1F1E6", "label": "regional indicator A"}]
CHINESE = [entry | {"label": label, "tags": ["标签"]} for entry, label in zip(
    ENGLISH, ("披萨", "红心", "反手食指向右指", "旗: 智利", "较浅肤色", "A"))]
RED, BLUE = '<path fill="red" d="M0 0h8v16H0z"/>', '<path fill="blue" d="M0 0h16v16H0z"/>'
# With code points, and with names alone: of Unicode, of the other set, of the package `emoji`.
NAMED = {"icons.json": {
    "icons": {"pizza": {"body": RED}, "heart-red": {"body": BLUE},
              "pointing-left": {"body": RED}},
    "aliases": {"red-love": {"parent": "heart-red"},
                "pointing-right": {"parent": "pointing-left", "hFlip": True}}},
    "chars.json": {"1f355": "pizza", "2764": "heart-red", "1f449": "pointing-right"}}
UNNAMED = {"icons.json": {
    "icons": {"pizza": {"body": BLUE, "height": 8}, "red-love": {"body": RED},
              "point-right": {"body": BLUE}, "letter-a": {"body": RED}}}, "chars.json": {}}
THINGS = [{"hexcode": f"{0x1F400 + number:X}", "label": f"thing {number}", "group": 3}
          for number in range(60)]


def write(folder, package, files):
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / archives.file_name(package), "w:gz") as archive:
        for name, content in files.items():
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def write_all(folder):
    write(folder, archives.NAMES, {"en/data.json": ENGLISH, "zh/data.json": CHINESE})
    for style, package in archives.STYLES.items():
        write(folder, package, NAMED if style in ("noto", "twemoji", "fluent") else UNNAMED)
    return folder


def write_many(folder):
    """Enough concepts for every split, each drawn otherwise in each style."""
    write(folder, archives.NAMES, {"en/data.json": THINGS, "zh/data.json": [
        entry | {"label": entry["label"].replace("thing", "东西")} for entry in THINGS]})
    for rank, package in enumerate(archives.STYLES.values()):
        write(folder, package, {"chars.json": {}, "icons.json": {"icons": {
            f"thing-{number}": {"body": f'<path fill="#{rank}00" d="M0 0h{number}v16H0z"/>'}
            for number in range(60)}}})
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("styles") / "downloads" / "manual")


def test_concepts_have_no_flags_and_no_skin_tones_unless_they_are_wanted(folder):
    few = concepts.read(folder)
    assert list(few) == ["1F355", "2764", "1F449"] and few["2764"].label == "red heart"
    every = concepts.read(folder, with_variants=True)
    assert list(every) == ["1F355", "2764", "1F449", "1F449-1F3FB", "1F1E8-1F1F1"]
    assert every["1F449-1F3FB"].tags == ("hand",)


def test_captions_name_the_style_in_the_language(folder):
    assert concepts.captions(concepts.read(folder)["1F355"], "blob") == (
        "pizza", "pizza in blob style", "cheese", "slice")
    assert concepts.captions(concepts.read(folder, "zh")["1F355"], "blob", "zh") == (
        "披萨", "披萨，blob风格", "标签")


def test_icons_are_found_by_code_point_or_by_any_name_and_once(folder):
    svgs = icons.read_svgs(folder, concepts.read(folder))
    assert {style: list(each) for style, each in svgs.items()} == {
        style: ["1F355", "2764", "1F449"] for style in icons.STYLES}
    assert BLUE in svgs["noto"]["2764"] and RED in svgs["classic"]["2764"]


def test_pictures_are_square_and_turned_as_the_alias_says(folder):
    svgs = icons.read_svgs(folder, concepts.read(folder))
    noto = svgs["noto"]
    left, right, flat = rendering.render_all(
        [noto["1F355"], noto["1F449"], svgs["blob"]["1F355"]], 4)
    white, red, blue = [255] * 3, [255, 0, 0], [0, 0, 255]
    assert left[0].tolist() == [red, red, white, white]
    assert right[0].tolist() == [white, white, red, red]
    assert flat[:, 0].tolist() == [white, blue, blue, white]  # 16 by 8 lie in the middle.


def test_small_pictures_are_averages_of_larger_ones():
    half = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
            '<path d="M0 0h30v64h-30z"/></svg>')
    large, = rendering.render_all([half], 64)
    small, = rendering.render_all([half], 8)
    np.testing.assert_array_equal(
        small, np.rint(large.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))))
    assert small[0, 3, 0] == round(255 * 2 / 8)  # 30 of 64 columns are black: 6 of 8 there.


def test_a_picture_that_cannot_be_rendered_ends_the_work():
    with pytest.raises(RunFailed, match="rendering has failed: .*root node"):
        list(rendering.render_all(["<svg"], 4))


def test_about_5_and_2_5_percent_are_held_out_and_three_styles_stay():
    pictures = {style: {f"{number:X}": f'<svg><path d="M{number} {rank}"/></svg>'
                        for number in range(400) if rank < 3 or number % 2}
                for rank, style in enumerate(icons.STYLES)}
    split = splits.assign(pictures)
    counts = collections.Counter(split.values())
    assert len(split) == 400 * 3 + 200 * 5
    assert abs(counts["test"] / 1600 - 0.05) < 0.02
    assert abs(counts["validation"] / 1600 - 0.025) < 0.015
    trained = collections.Counter(code for (code, _), each in split.items() if each == "train")
    assert min(trained.values()) == 3
    assert all(each == "train" for (code, _), each in split.items() if int(code, 16) % 2 == 0)
    assert splits.assign({style: dict(reversed(each.items())) for style, each in
                          reversed(pictures.items())}) == split


def test_equal_pictures_are_trained_on():
    same = {style: {f"{number:X}": f'<svg><path id="{style}{number}" d="M{number // 2} 0"/></svg>'
                    for number in range(200)} for style in icons.STYLES}
    assert set(splits.assign(same).values()) == {"train"}


@pytest.fixture
def many(tmp_path_factory):
    """A data root with the archives of 60 concepts in every style."""
    root = tmp_path_factory.getbasetemp() / "many"
    if not root.exists():
        write_many(root / "downloads" / "manual")
    return str(root)


@pytest.mark.parametrize("config, label, styled", [
    ("32", "thing 7", "thing 7 in noto style"), ("32_zh", "东西 7", "东西 7，noto风格")])
def test_the_data_set(many, config, label, styled):
    name = f"emoji_styles/{config}"
    builder = builders.find(name, many)
    builders.prepare(builder, name)
    examples = [each for split in builder.info.splits for each in builder.as_data_source(split)]
    assert len(examples) == 8 * 60 and len(builder.as_data_source("test")) > 10
    [seventh] = [each for each in examples if each["captions"][1].decode() == styled]
    assert (seventh["concept"], int(seventh["style"])) == (b"1F407", icons.STYLES.index("noto"))
    assert [each.decode() for each in seventh["captions"]] == [label, styled]
    # Seven sixteenths of a black square on white, enlarged twice.
    assert (seventh["image"][:, :14] == 0).all() and (seventh["image"][:, 14:] == 255).all()
    styles = [int(each["style"]) for each in examples if each["concept"] == b"1F407"]
    assert sorted(styles) == list(range(8))


def test_pairs_of_two_styles_are_held_out_where_one_of_their_pictures_is(many):
    left, right = "noto", "blob"
    builder = builders.find("emoji_styles/32", many)
    builders.prepare(builder, "emoji_styles/32")
    held_out = {split: {example["concept"].decode() for example in builder.as_data_source(split)
                        if icons.STYLES[example["style"]] in (left, right)}
                for split in ("test", "validation")}
    assert held_out["test"] and held_out["validation"]
    held_out["validation"] -= held_out["test"]
    form = Form(32, 32)
    loaded = {split: pairs.load("emoji_styles/32", split, many, form, f"{left},{right}")
              for split in ("train", "validation", "test")}
    assert {split: set(loaded[split].names) for split in held_out} == held_out
    assert len(loaded["train"]) == 60 - len(held_out["test"] | held_out["validation"])
    source, target = batches.plain(loaded["train"], form, [0])
    for picture, style in ((source, left), (target, right)):
        expected = next(
            example["image"] for split in builder.info.splits
            for example in builder.as_data_source(split)
            if icons.STYLES[example["style"]] == style
            and example["concept"].decode() == loaded["train"].names[0])
        np.testing.assert_array_equal(np.rint((picture[0].numpy() + 1) * 127.5), expected)


@pytest.mark.parametrize("named", ["image", "noto", "noto,noto", "noto,nobody", "noto,blob,fluent"])
def test_pairs_need_two_styles(many, named):
    with pytest.raises(RequestError, match=f"image_feature={named}: name two styles .*gradient"):
        pairs.load("emoji_styles/32", "train", many, Form(32, 32), named)


def test_npm_fetches_what_is_missing(tmp_path, monkeypatch):
    store = write_all(tmp_path / "store")
    (tmp_path / "npm").write_text(
        f"#!/bin/sh\necho \"$@\" > {tmp_path}/asked\ncp {store}/*.tgz .\n")
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    target = tmp_path / "manual"
    archives.fetch(target)
    assert sorted(path.name for path in target.iterdir()) == sorted(
        map(archives.file_name, archives.PACKAGES))
    (target / archives.file_name(archives.NAMES)).unlink()
    archives.fetch(target)
    assert (tmp_path / "asked").read_text() == f"pack --silent {archives.NAMES}\n"


def test_without_npm_or_with_a_broken_one_it_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RequestError, match="8 npm archives are missing, and npm is not installed"
                                           ".*npm pack emojibase-data@17"):
        archives.fetch(tmp_path / "manual")
    (tmp_path / "npm").write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
    (tmp_path / "npm").chmod(0o755)
    with pytest.raises(RequestError, match=r"npm has failed \(npm error network\); run this in"):
        archives.fetch(tmp_path / "manual")
    assert not list((tmp_path / "manual").iterdir())


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_damaged_archive_is_one_line(tmp_path, content):
    path = tmp_path / archives.file_name(archives.NAMES)
    if content is None:
        write(tmp_path, archives.NAMES, {"de/data.json": []})
    else:
        path.write_bytes(content)
    with pytest.raises(RequestError, match="cannot be read as emojibase-data@17.0.0 .*delete it"):
        concepts.read(tmp_path)


