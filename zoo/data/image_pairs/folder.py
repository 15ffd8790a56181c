"""Which pairs a folder of one's own holds.

Two layouts: `source/` and `target/` with pictures of equal names, or pictures that show both side
by side, as the original pix2pix has them. In both, folders say the splits: `train/1.png`,
`source/train/1.png` and `target/train/1.png`, or `trainA/1.png` and `trainB/1.png`.
"""

import dataclasses
import functools
import hashlib
import posixpath
import re

import tensorflow as tf

from zoo.data import decoding
from zoo.data.folder import kept, pairing, places
from zoo.data.folder.kept import BadInput
from zoo.data.folder.pictures import NAMES, SUFFIXES
from zoo.data.folder.walk import stem, suffix
from zoo.data.image_pairs import reading
from zoo.errors import RequestError

_SIDES = {"source": ("source", "sources", "src", "input", "inputs", "a"),
          "target": ("target", "targets", "tgt", "output", "outputs", "b")}
_SIDE_AT_THE_END = re.compile(  # As in "7_A.png" beside "7_B.png".
    rf"[\W_]+({'|'.join(name for names in _SIDES.values() for name in names)})$", re.IGNORECASE)
_UNDERSTOOD = ("source/ and target/ (or input/ and output/, A/ and B/, trainA/ and trainB/) with "
               "pictures of equal names, or pictures that show both side by side")


def prepare(folder, data_dir, form):
    """Checks and converts every pair of a folder, see `zoo.data.folder.kept.prepare`.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        form: `Form`; pictures are kept at the size that its augmentation starts from.

    Returns:
        `Kept`, whose items have the encoded left and right picture.
    """
    variant = dataclasses.astuple(dataclasses.replace(form, flip=False))
    return kept.prepare(folder, data_dir, kept.Modality(
        "own_pairs", "pair", find_pairs, functools.partial(_convert, form), variant))


def find_pairs(folder, paths):
    """Finds the pairs among the files of a folder, see `zoo.data.folder.kept.Modality`.

    Raises:
        RequestError: no pictures, or a layout that is none of those above.
    """
    pictures = [path for path in paths if suffix(path) in SUFFIXES]
    if not pictures:
        raise RequestError(f"--dataset={folder}: holds no pictures ({NAMES}); it may hold "
                           f"{_UNDERSTOOD}.")
    found, bad = places.find(folder, pictures, _SIDES)
    if {"source", "target"} <= {place.role for place in found.values()}:
        items, more = _from_sides(folder, found)
        return items, bad + more, ()
    found, bad = places.find(folder, pictures)
    items, more = _side_by_side(folder, found)
    return items, bad + more, ()


def _from_sides(folder, found):
    by_side, bad = pairing.by_role(found, _SIDES, "lies neither in source/ nor in target/")
    sources, targets = by_side["source"], by_side["target"]
    items, more = pairing.pairs(sources, targets, [
        f"has no picture of the same name in the {side}'s folder" for side in _SIDES])
    if not items:
        raise RequestError(
            f"--dataset={folder}: {next(iter(sources.values()))[0]} and the other pictures of the "
            "source have no picture of the same name in the target; pairs have equal names.")
    return items, bad + more


def _side_by_side(folder, found):
    """Refuses pictures that pair up by name: cutting each of them in two would be wrong."""
    items, bad, first = {}, [], {}
    for path, place in found.items():
        name = _SIDE_AT_THE_END.sub("", posixpath.basename(stem(place.rest)))
        other = first.setdefault((place.split, name), path)
        if other == path:
            items[path] = kept.Item((path,), place.split)
        elif stem(other) == stem(path):
            bad.append((path, f"has the same name as {other}; keep one"))
        else:
            raise RequestError(
                f"--dataset={folder}: {other} and {path} have equal names like a pair, and nothing "
                f"says which is the source; it may hold {_UNDERSTOOD}.")
    return items, bad


def _convert(form, paths, item):
    """Returns what is kept of a pair: the left and the right picture as 8- or 16-bit PNG."""
    del item
    pictures = [reading.read(path) for path in paths]
    digest = hashlib.sha256(b"".join(picture.encoded for picture in pictures)).hexdigest()
    sizes = {(picture.width, picture.height) for picture in pictures}
    if len(sizes) > 1:
        raise BadInput("differ in size ({} and {} pixels)".format(
            *(f"{picture.width}x{picture.height}" for picture in pictures)))
    if len(pictures) == 1 and (width := pictures[0].width) % 2:
        raise BadInput(f"is {width} pixels wide; two pictures side by side have an even width")
    pair = form.start().plain(tf.constant([picture.encoded for picture in pictures]))
    bits = max(picture.bits for picture in pictures)
    pngs = [tf.io.encode_png(decoding.to_integers(image, bits)).numpy() for image in pair]
    return digest, pngs if form.direction == "left_to_right" else pngs[::-1], {}
