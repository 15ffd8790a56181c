"""Which pairs a folder of one's own holds: two folders of equal names, or both side by side.

In both layouts, folders say the splits: `train/1.png`, as the original pix2pix has them,
`source/train/1.png` and `target/train/1.png`, or `trainA/1.png` and `trainB/1.png`.
"""

import dataclasses
import functools
import hashlib
import posixpath
import re

import tensorflow as tf

from zoo.data import decoding
from zoo.data.folder import kept, pairing
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


def modality(form):
    """Pairs of pictures: items have two parts, the encoded left and right picture.

    Args:
        form: `Form`; pictures are kept at the size that its augmentation starts from.
    """
    variant = dataclasses.astuple(dataclasses.replace(form, flip=False))
    return kept.Modality("own_pairs", "pair", _find, functools.partial(_convert, form), variant)


def _find(folder, paths):
    """Finds the pairs among the files of a folder, see `kept.Modality`.

    Raises:
        RequestError: no pictures, or some that pair up by name and are in neither layout.
    """
    pictures = [path for path in paths if suffix(path) in SUFFIXES]
    if not pictures:
        raise RequestError(f"--dataset={folder}: holds no pictures ({NAMES}); it may hold "
                           f"{_UNDERSTOOD}.")
    files, bad = pairing.by_role(folder, pictures, _SIDES)
    if all(files.values()):
        items, more = pairing.pairs(files, "source", "target")
        return items, bad + more, ()
    found, bad = pairing.singles(folder, pictures)
    first = {}
    for path, place in found.items():  # To cut in two what pairs up by name would be wrong.
        name = _SIDE_AT_THE_END.sub("", posixpath.basename(stem(path)))
        if (other := first.setdefault((place.split, name), path)) != path:
            raise RequestError(
                f"--dataset={folder}: {other} and {path} have equal names like a pair, and nothing "
                f"says which is the source; it may hold {_UNDERSTOOD}.")
    return {path: kept.Item((path,), place.split) for path, place in found.items()}, bad, ()


def _convert(form, paths, item):
    """Returns what is kept of a pair: the left and the right picture as 8- or 16-bit PNG."""
    del item
    pictures = [reading.read(path) for path in paths]
    digest = hashlib.sha256(b"".join(picture.encoded for picture in pictures)).hexdigest()
    sizes = [f"{picture.width}x{picture.height}" for picture in pictures]
    if len(set(sizes)) > 1:
        raise kept.BadInput(f"differ in size ({' and '.join(sizes)} pixels)")
    if len(pictures) == 1 and (width := pictures[0].width) % 2:
        raise kept.BadInput(f"is {width} pixels wide; two pictures side by side have an even width")
    pair = form.start().plain(tf.constant([picture.encoded for picture in pictures]))
    bits = max(picture.bits for picture in pictures)
    pngs = [tf.io.encode_png(decoding.to_integers(image, bits)).numpy() for image in pair]
    return digest, pngs if form.direction == "left_to_right" else pngs[::-1], {}
