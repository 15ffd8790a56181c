"""Which pictures a folder holds, and the captions of each: three layouts.

- Caption tables (`tables.NAMES`), each for the pictures at and below its own place.
- Beside each picture a .txt of the same name, one caption a line.
- A folder per class, whose name is the caption.
"""

import pathlib
import posixpath

import tensorflow as tf

from zoo.data import text
from zoo.data.folder import kept, pairing, pictures, places, tables
from zoo.data.folder.pictures import NAMES, SUFFIXES
from zoo.data.folder.walk import is_unicode, same_name, stem, suffix
from zoo.errors import RequestError

# Named like pictures, so that leaving them out in silence would surprise.
_OTHER_PICTURES = (".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".ico")


def prepare(folder, data_dir, image_size):
    """Checks and converts every picture of a folder, see `zoo.data.folder.kept.prepare`.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        image_size: largest height and width of the converted pictures.

    Returns:
        `Kept`, whose items have `captions`, a list of str, and one part, a PNG.
    """
    def convert(paths, item):
        del item
        digest, png = pictures.read(paths[0], image_size)
        return digest, [png], {}

    return kept.prepare(folder, data_dir, kept.Modality(
        "own_pictures", "picture", find, convert, image_size, texts_matter=True))


def find(folder, paths):
    """Finds the pictures and their captions, see `zoo.data.folder.kept.Modality`.

    Raises:
        RequestError: no pictures or no captions at all, or a caption table of other columns.
    """
    folder = pathlib.Path(folder)
    pictures = [path for path in paths if suffix(path) in SUFFIXES + _OTHER_PICTURES]
    if not pictures:
        raise RequestError(f"--dataset={folder}: holds no pictures ({NAMES}).")
    names = {path for path in paths if posixpath.basename(path).lower() in tables.NAMES}
    texts = {stem(path): path for path in paths if suffix(path) == ".txt"}
    twins = [] if names else pairing.twins(pictures)
    if names:
        found, bad = _from_tables(folder, paths, sorted(names))
        used, missing = names, "has no row in a caption table"
    elif any(stem(path) in texts for path in pictures):
        found, bad, used = _from_texts(folder, texts, pictures)
        missing = "has no .txt of the same name beside it"
    else:
        found, bad = _from_folders(folder, pictures)
        used, missing = (), "has no caption, being in no class folder"
    tried = {picture for picture, _, _ in found} | {path for path, _ in bad}
    good, more = _usable(found)
    bad += more + twins + [(picture, missing) for picture in pictures if picture not in tried]
    captions = {}
    for picture, caption in good:
        captions.setdefault(picture, []).append(caption)
    for path, _ in twins:
        captions.pop(path, None)
    placed, beside = places.find(folder, sorted({*pictures, *captions}))
    known = {path for path, _ in bad}
    items = {path: kept.Item((path,), place.split, {
                 "captions": tuple(dict.fromkeys(captions[path]))})
             for path, place in placed.items() if path in captions}
    return items, bad + [each for each in beside if each[0] not in known], used


def _from_tables(folder, files, names):
    """Returns a list of (picture, caption, where it stands), and of (path, reason)."""
    found, bad = [], []
    paths = {same_name(path): path for path in files}
    roots = {same_name(str(root)) + "/" for root in (folder, folder.resolve())}
    by_folder = {}
    for table in names:
        place = posixpath.dirname(table)
        if place in by_folder:
            raise RequestError(f"{folder}: has both {by_folder[place]} and {table}; keep one.")
        by_folder[place] = table
        for line, name, caption, problem in tables.read_rows(folder / table, folder / table):
            where = f"{table} line {line}"
            if problem:
                bad.append((table, f"line {line} {problem}"))
                continue
            if not name.strip() or not is_unicode(name):
                bad.append((table, f"line {line} has no file_name in UTF-8"))
                continue
            path = same_name(name.strip().replace("\\", "/"))
            inside = next((root for root in roots if path.startswith(root)), None)
            path = path.removeprefix(inside) if inside else posixpath.join(place, path)
            path = posixpath.normpath(path)
            if path in paths:
                found.append((paths[path], caption, where))
            elif path.startswith(("/", "..")):
                bad.append((path, f"{where} names it, but it lies outside of the folder"))
            elif (folder / path).is_dir():
                bad.append((path, f"{where} names it, but it is a folder, not a picture"))
            else:
                bad.append((path, f"{where} names it, but there is no such file"))
    return found, bad


def _from_texts(folder, texts, pictures):
    found, used = [], set()
    for picture in pictures:
        path = texts.get(stem(picture))
        if path:
            used.add(path)
            try:
                content = (folder / path).read_bytes().decode("utf-8-sig", "surrogateescape")
            except OSError as error:
                raise RequestError(
                    f"{folder / path}: cannot be read ({error.strerror}).") from None
            lines = [(line, f"{path} line {number}")
                     for number, line in enumerate(content.split("\n"), start=1) if line.strip()]
            found += [(picture, *line) for line in lines or [("", path)]]
    bad = [(path, "has no picture of the same name beside it")
           for path in texts.values() if path not in used and not kept.is_about(path)]
    return found, bad, used


def _from_folders(folder, pictures):
    found, bad = [], []
    within, beside = places.find(folder, pictures)
    for picture, place in within.items():
        *classes, _ = place.rest.split("/")
        if len(classes) == 1:
            caption = classes[0].replace("_", " ").replace("-", " ")
            found.append((picture, caption, "its folder's name"))
        elif classes:
            bad.append((picture, "lies deeper than a class folder"))
    if not found and not bad:
        raise RequestError(
            f"--dataset={folder}: pictures without captions; add a captions.csv with the columns "
            "file_name and text, a .txt beside each picture, or a folder per class."
            + "".join(f" {path} {reason}." for path, reason in beside[:1]))
    return found, bad


def _usable(found):
    """Returns the (picture, caption) pairs with a word in them, and a list of (path, reason)."""
    good, bad = [], []
    for picture, caption, where in found:
        if not is_unicode(caption):
            bad.append((picture, f"{where} is not UTF-8"))
        else:
            good.append((picture, " ".join(caption.split()), where))
    lengths = text.words(tf.constant([caption for _, caption, _ in good], tf.string)).row_lengths()
    bad += [(picture, f"{where}: the caption has no word in it" if caption else
             f"{where}: the caption is empty")
            for (picture, caption, where), length in zip(good, lengths.numpy()) if not length]
    return [pair[:2] for pair, length in zip(good, lengths.numpy()) if length], bad
