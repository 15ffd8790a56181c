"""The three layouts in which pictures carry their captions."""

import pathlib
import unicodedata

import pytest

from tests.data.folder.files import captions_of, json_lines, put, refusal, table


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
    captions, [(path, reason)] = captions_of(folder)
    assert captions == {"red_rose/1.gif": ("red rose",), "red_rose/2.bmp": ("red rose",),
                        "sun-flower/1.jpeg": ("sun flower",)}
    assert path == "labels.txt" and "is not used" in reason


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


def test_a_relative_folder_may_be_called_like_one_within(folder, monkeypatch):
    put(folder, {"pictures/a.png": b"", "b.png": b"", "c.png": b"", "captions.csv": table(
        [("pictures/a.png", "within"), (str(folder / "b.png"), "absolute"), ("./c.png", "dot")])})
    monkeypatch.chdir(folder.parent)
    for name in (folder.name, f"../{folder.parent.name}/{folder.name}"):
        assert captions_of(pathlib.Path(name)) == (
            {"pictures/a.png": ("within",), "b.png": ("absolute",), "c.png": ("dot",)}, [])


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
