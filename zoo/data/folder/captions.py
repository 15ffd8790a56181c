"""Which pictures a folder holds, and the captions of each: three layouts.

- Caption tables (`tables.NAMES`), each for the pictures at and below its own place.
- Beside each picture a .txt of the same name, one caption a line.
- A folder per class, whose name is the caption.
"""

import os
import posixpath

import tensorflow as tf

from zoo.data import text
from zoo.data.folder import kept, pairing, pictures, places, tables
from zoo.data.folder.walk import same_name, shown, stem, suffix
from zoo.errors import RequestError

# Named like pictures, so that leaving them out in silence would surprise.
_OTHER_PICTURES = (".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".ico")
# What may be captions; but for texts that tell of the whole.
_TEXTS = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".xlsx", ".parquet", ".xml", ".yaml", ".yml")
_ABOUT = ("readme", "license", "licence", "changelog", "copying")
_NOT_USED = ("is not used; captions stand in a table, in a .txt beside the picture of its name, or "
             "in the names of folders, see docs/your_data.md")


def modality(image_size):
    """Pictures with captions: items have `captions`, a list of str, and one part, a PNG.

    Args:
        image_size: largest height and width of the converted pictures.
    """
    def convert(paths, item):
        del item
        digest, png = pictures.read(paths[0], image_size)
        return digest, [png], {}

    return kept.Modality("own_pictures", "picture", find, convert, image_size)


def find(folder, paths):
    """Finds the pictures and their captions, see `kept.Modality`.

    Raises:
        RequestError: no pictures or no captions at all, or a caption table of other columns.
    """
    found = [path for path in paths if suffix(path) in pictures.SUFFIXES + _OTHER_PICTURES]
    if not found:
        raise RequestError(f"--dataset={folder}: holds no pictures ({pictures.NAMES}).")
    named = sorted(path for path in paths if posixpath.basename(path).lower() in tables.NAMES)
    texts = {stem(path): path for path in paths if suffix(path) == ".txt"}
    if named:
        rows, bad = _from_tables(folder, paths, named)
        placed, more = places.find(folder, sorted({*found, *(row[0] for row in rows)}))
        used, missing = named, "has no row in a caption table"
    else:
        placed, more = pairing.singles(folder, found)
        used = {texts[stem(path)] for path in found if stem(path) in texts}
        if used:
            rows, bad = _from_texts(folder, texts, placed), []
            missing = "has no .txt of the same name beside it"
        else:
            rows, bad = _from_folders(folder, placed, more)
            missing = "has no caption, being in no class folder"
    captions, wordless = _with_words([row for row in rows if row[0] in placed])
    tried = {path for path, *_ in rows + bad}
    bad += more + wordless
    bad += [(path, missing) for path in found if path in placed and path not in tried]
    bad += [(path, _NOT_USED) for path in paths if suffix(path) in _TEXTS and path not in used
            and not posixpath.basename(path).lower().startswith(_ABOUT)]
    return {path: kept.Item((path,), placed[path].split, {"captions": tuple(dict.fromkeys(each))})
            for path, each in captions.items()}, bad, used


def _from_tables(folder, paths, names):
    """Returns a list of (picture, caption, where it stands), and of (path, reason)."""
    rows, bad, table_in = [], [], {}
    real = {same_name(path): path for path in paths}
    roots = [same_name(path(folder)) + "/" for path in (os.path.abspath, os.path.realpath)]
    for table in names:
        place = posixpath.dirname(table)
        if (other := table_in.setdefault(place, table)) != table:
            raise RequestError(f"{folder}: has both {other} and {table}; keep one.")
        for line, row in tables.read_rows(folder / table):
            if isinstance(row, str):
                bad.append((table, f"line {line} {row}"))
                continue
            name, caption = row
            if not name.strip() or shown(name) != name:
                bad.append((table, f"line {line} has no file_name in UTF-8"))
                continue
            where = f"{table} line {line}"
            path = posixpath.normpath(posixpath.join(
                roots[0], same_name(place), same_name(name.strip().replace("\\", "/"))))
            inside = next((path.removeprefix(root) for root in roots if path.startswith(root)), "")
            if inside in real:
                rows.append((real[inside], caption, where))
            else:
                problem = ("it lies outside of the folder" if not inside else
                           "it is a folder, not a picture" if (folder / inside).is_dir() else
                           "there is no such file")
                bad.append((inside or name, f"{where} names it, but {problem}"))
    return rows, bad


def _from_texts(folder, texts, pictures):
    rows = []
    for picture in pictures:
        if path := texts.get(stem(picture)):
            content = (folder / path).read_text(encoding="utf-8-sig", errors="surrogateescape")
            lines = enumerate(content.split("\n"), start=1)
            rows += [(picture, line, f"{path} line {number}")
                     for number, line in lines if line.strip()] or [(picture, "", path)]
    return rows


def _from_folders(folder, placed, beside):
    rows, bad = [], []
    for picture, place in placed.items():
        *classes, _ = place.rest.split("/")
        if len(classes) == 1:
            caption = classes[0].replace("_", " ").replace("-", " ")
            rows.append((picture, caption, "its folder's name"))
        elif classes:
            bad.append((picture, "lies deeper than a class folder"))
    if not rows and not bad:
        raise RequestError(
            f"--dataset={folder}: pictures without captions; add a captions.csv with the columns "
            "file_name and text, a .txt beside each picture, or a folder per class."
            + "".join(f" {path} {reason}." for path, reason in beside[:1]))
    return rows, bad


def _with_words(rows):
    """Returns `{picture: its captions}`, and a list of (picture, reason) for unusable ones."""
    captions = [" ".join(shown(caption).split()) for _, caption, _ in rows]
    lengths = text.words(tf.constant(captions, tf.string)).row_lengths().numpy()
    good, bad = {}, []
    for (picture, original, where), caption, length in zip(rows, captions, lengths, strict=True):
        if shown(original) != original:
            bad.append((picture, f"{where} is not UTF-8"))
        elif not length:
            problem = "has no word in it" if caption else "is empty"
            bad.append((picture, f"{where}: the caption {problem}"))
        else:
            good.setdefault(picture, []).append(caption)
    return good, bad
