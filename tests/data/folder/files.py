"""Folders of one's own pictures, made here."""

import csv
import io
import json

import PIL.Image
import pytest

from zoo.data.folder import captions as own_captions, walk
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
    files, bad = walk.list_files(folder)
    items, more, _ = own_captions.find(folder, files)
    return {path: item.more["captions"] for path, item in items.items()}, bad + more


def refusal(function, *args):
    with pytest.raises(RequestError) as error:
        function(*args)
    message = str(error.value)
    assert "\n" not in message
    return message
