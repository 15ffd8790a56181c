"""Which pictures a folder holds, and the captions of each: three layouts.

- Caption tables (`tables.NAMES`), each for the pictures at and below its own place.
- Beside each picture a .txt of the same name, one caption a line.
- A folder per class, whose name is the caption.
"""

import os
import pathlib
import posixpath
import stat
import unicodedata

import tensorflow as tf

from zoo.data import text
from zoo.data.folder import splits, tables
from zoo.errors import RequestError

_READABLE = (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp")
# Named like pictures, so that leaving them out in silence would surprise.
_OTHER_PICTURES = (".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".ico")
_NO_CAPTIONS = ("readme.txt", "license.txt")


def list_files(folder):
    """Lists a folder and all below it, without what is hidden (.git, .DS_Store).

    Args:
        folder: path.

    Returns:
        `{path: (bytes, time of change in ns)}` in alphabetical order, and a list of
        (path, reason) for what can be no picture. Paths are relative, with forward slashes.
    """
    files, bad = {}, []

    def walk(path, parents):
        real = os.path.realpath(os.path.join(folder, path))
        if real in parents:
            bad.append((path, "is a link to a folder that it lies in"))
            return
        try:
            names = sorted(os.listdir(real))
        except OSError as error:
            bad.append((path or ".", f"cannot be read ({error.strerror})"))
            return
        for name in names:
            if not name.startswith("."):
                visit(posixpath.join(path, name), {*parents, real})

    def visit(path, parents):
        if not _is_unicode(path):
            bad.append((_shown(path), "its name is not UTF-8"))
            return
        try:
            found = os.stat(os.path.join(folder, path))
        except OSError as error:
            bad.append((path, f"cannot be read ({error.strerror})"))
            return
        if stat.S_ISREG(found.st_mode):
            files[path] = (found.st_size, found.st_mtime_ns)
        elif not stat.S_ISDIR(found.st_mode):
            bad.append((path, "is no file"))
        elif _suffix(path) in _READABLE:
            bad.append((path, "is a folder, not a picture"))
        else:
            walk(path, parents)

    walk("", frozenset())
    return files, bad


def read_captions(folder, files):
    """Finds the pictures among the files of a folder, and the captions of each.

    Args:
        folder: path.
        files: paths as from `list_files`.

    Returns:
        (`{picture: tuple of captions}` of every picture, without a good caption the empty tuple;
        list of (path, reason) for each caption or picture that will not do).

    Raises:
        RequestError: no pictures or no captions at all, or a caption table of other columns.
    """
    folder = pathlib.Path(folder)
    pictures = [path for path in files if _suffix(path) in _READABLE + _OTHER_PICTURES]
    if not pictures:
        raise RequestError(f"--dataset={folder}: holds no pictures (PNG, JPEG, GIF, BMP, WebP).")
    if any(posixpath.basename(path) in tables.NAMES for path in files):
        found, bad = _from_tables(folder, files)
        missing = "has no row in a caption table"
    elif any(_text_of(path) in files for path in pictures):
        found, bad = _from_texts(folder, files, pictures)
        missing = "has no .txt of the same name beside it"
    else:
        found, bad = _from_folders(folder, pictures)
        missing = "has no caption, being in no class folder"
    good, more = _usable(found)
    captions = {picture: () for picture in pictures} | {picture: () for picture, _, _ in found}
    for picture, caption in good:
        captions[picture] += (caption,)
    tried = {picture for picture, _, _ in found} | {path for path, _ in bad}
    bad = bad + more + [(picture, missing) for picture in pictures if picture not in tried]
    return {picture: tuple(dict.fromkeys(captions[picture])) for picture in sorted(captions)}, bad


def _from_tables(folder, files):
    """Returns a list of (picture, caption, where it stands), and of (path, reason)."""
    found, bad = [], []
    # A Mac writes the ü of a file name as two characters, most other programs as one.
    paths = {unicodedata.normalize("NFC", path): path for path in files}
    by_folder = {}
    for table in (path for path in files if posixpath.basename(path) in tables.NAMES):
        place = posixpath.dirname(table)
        if place in by_folder:
            raise RequestError(f"{folder}: has both {by_folder[place]} and {table}; keep one.")
        by_folder[place] = table
        for line, name, caption, problem in tables.read_rows(folder / table, folder / table):
            where = f"{table} line {line}"
            if problem:
                bad.append((table, f"line {line} {problem}"))
                continue
            if not name.strip() or not _is_unicode(name):
                bad.append((table, f"line {line} has no file_name in UTF-8"))
                continue
            path = posixpath.normpath(posixpath.join(place, name.strip().replace("\\", "/")))
            path = unicodedata.normalize("NFC", path)
            if path in paths:
                found.append((paths[path], caption, where))
            elif path.startswith(("/", "..")):
                bad.append((path, f"{where} names it, but it lies outside of the folder"))
            elif (folder / path).is_dir():
                bad.append((path, f"{where} names it, but it is a folder, not a picture"))
            else:
                bad.append((path, f"{where} names it, but there is no such file"))
    return found, bad


def _from_texts(folder, files, pictures):
    found = []
    for picture in pictures:
        path = _text_of(picture)
        if path in files:
            try:
                content = (folder / path).read_bytes().decode("utf-8-sig", "surrogateescape")
            except OSError as error:
                raise RequestError(
                    f"{folder / path}: cannot be read ({error.strerror}).") from None
            lines = [(line, f"{path} line {number}")
                     for number, line in enumerate(content.split("\n"), start=1) if line.strip()]
            found += [(picture, *line) for line in lines or [("", path)]]
    used = {_text_of(picture) for picture in pictures}
    bad = [(path, "has no picture of the same name beside it") for path in files
           if _suffix(path) == ".txt" and path not in used
           and posixpath.basename(path).lower() not in _NO_CAPTIONS]
    return found, bad


def _from_folders(folder, pictures):
    found, bad = [], []
    given = splits.from_folders(pictures)
    for picture in pictures:
        *places, _ = picture.split("/")[bool(given):]
        if len(places) == 1:
            caption = places[0].replace("_", " ").replace("-", " ")
            found.append((picture, caption, "its folder's name"))
        elif places:
            bad.append((picture, "lies deeper than a class folder"))
    if not found and not bad:
        raise RequestError(
            f"--dataset={folder}: pictures without captions; add a captions.csv with the columns "
            "file_name and text, a .txt beside each picture, or a folder per class.")
    return found, bad


def _usable(found):
    """Returns the (picture, caption) pairs with a word in them, and a list of (path, reason)."""
    good, bad = [], []
    for picture, caption, where in found:
        if not _is_unicode(caption):
            bad.append((picture, f"{where} is not UTF-8"))
        else:
            good.append((picture, " ".join(caption.split()), where))
    lengths = text.words(tf.constant([caption for _, caption, _ in good], tf.string)).row_lengths()
    bad += [(picture, f"{where}: the caption has no word in it" if caption else
             f"{where}: the caption is empty")
            for (picture, caption, where), length in zip(good, lengths.numpy()) if not length]
    return [pair[:2] for pair, length in zip(good, lengths.numpy()) if length], bad


def _suffix(path):
    return posixpath.splitext(path)[1].lower()


def _text_of(picture):
    return posixpath.splitext(picture)[0] + ".txt"


def _is_unicode(value):
    return _shown(value) == value


def _shown(value):
    """`value` with what is not UTF-8 written as escapes."""
    return value.encode("utf-8", "backslashreplace").decode()
