"""Every kind of flaw is reported, and stops or is left out."""

import csv
import os

import numpy as np
import PIL.Image
import pytest

from tests.data.folder.files import SIZE, captions_of, encoded, few, png, put, refusal, table
from zoo.data import captioned
from zoo.data.folder import pictures, splits, tables
from zoo.data.folder.kept import BadInput


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
        "other.jp2": (encoded(noise, "JPEG2000"), "no PNG"),
        "disguised.png": (encoded(noise, "PPM"), "no PNG"),
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
    wanted["captions.csv"] = "line 38 has 3 cells, not 2"
    put(folder, files | {"sub/deep.pdf": b""})
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


def test_a_report_goes_when_all_is_mended(folder, data_dir, tmp_path):
    path = tmp_path / "bad_inputs.csv"
    few(folder, 6)
    (folder / "0.png").write_bytes(b"")
    captioned.check_inputs(str(folder), data_dir, SIZE, "skip", path)
    assert list(csv.reader(path.open())) == [["path", "reason"], ["0.png", "is empty (0 bytes)"]]
    (folder / "0.png").write_bytes(png(0))
    captioned.check_inputs(str(folder), data_dir, SIZE, "stop", path)
    assert not path.exists()


def test_a_file_without_permission_is_reported(folder, monkeypatch):
    put(folder, {"a.png": png(1)})
    # The superuser may read everything, so the refusal is made up.
    monkeypatch.setattr(type(folder), "read_bytes", lambda *args: (_ for _ in ()).throw(
        PermissionError(13, "Permission denied")))
    with pytest.raises(BadInput, match="cannot be read .Permission denied"):
        pictures.read(folder / "a.png", SIZE)


def test_a_text_without_permission_is_one_line_that_names_it(folder, data_dir, monkeypatch):
    put(folder, {"a.png": png(1), "a.txt": "red"})
    monkeypatch.setattr(type(folder), "read_text", lambda path, **options: (_ for _ in ()).throw(
        PermissionError(13, "Permission denied", str(path))))
    assert refusal(captioned.load, str(folder), "train", data_dir, SIZE) == (
        f"--data_dir={data_dir}: cannot prepare {folder} ({folder}/a.txt: Permission denied).")


def test_bad_texts(folder):
    put(folder, {"a.png": b"", "a.txt": "fine\n", "b.png": b"", "c.png": b"", "c.txt": "\n \n",
                 "d.txt": "no picture", "e.png": b"", "e.txt": b"good\ngr\xf6\xdfe\n",
                 "f.png": b"", "f.txt": "utf16".encode("utf-16")})
    captions, bad = captions_of(folder)
    assert captions == {"a.png": ("fine",), "e.png": ("good",)}
    assert sorted(bad) == [
        ("b.png", "has no .txt of the same name beside it"),
        ("c.png", "c.txt: the caption is empty"),
        ("d.txt", "is not used; captions stand in a table, in a .txt beside the picture of its "
                  "name, or in the names of folders, see docs/your_data.md"),
        ("e.png", "e.txt line 2 is not UTF-8"), ("f.png", "f.txt line 1 is not UTF-8")]


def test_bad_class_folders(folder):
    put(folder, {"red/1.png": b"", "top.png": b"", "blue/deep/2.png": b"", "--/3.png": b""})
    captions, bad = captions_of(folder)
    assert captions == {"red/1.png": ("red",)}
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
    found = {line: row for line, row in tables.read_rows(tmp_path / name) if isinstance(row, str)}
    assert found.keys() == problems.keys()
    assert all(problems[line] in found[line] for line in found), found
