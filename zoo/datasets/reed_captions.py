"""Reading archives that a person fetched, and in them the captions of Reed et al. 2016.

What the builders `cub_captions` and `flowers_captions` share. Both caption archives hold, beside
features that are not used here:

- `text_c10/<class>/<picture>.txt`, ten captions, one on a line;
- `trainclasses.txt`, `valclasses.txt` and `testclasses.txt`, one class on a line.

Sources, as no archive could be fetched when this was written: the folder `text_c10` is shown in
issue 1 of naver-ai/pcme; the authors' `classify_sje_tcnn.lua` (reedscot/cvpr2016) looks up every
line of a class list in `text_c10`. Whether a folder precedes these paths is not verified, so any
may.
"""

import collections
import gzip
import pathlib
import tarfile
import zlib

import tensorflow_datasets as tfds

from zoo.errors import RequestError

_SPLIT_OF_LIST = {
    "trainclasses.txt": "train",
    "valclasses.txt": "validation",
    "testclasses.txt": "test",
}


def features(**more):
    """Returns the features of a captioned picture, and `more` by name."""
    return tfds.features.FeaturesDict({
        "image": tfds.features.Image(),
        "captions": tfds.features.Sequence(tfds.features.Text()),
        "class_name": tfds.features.Text(),
        "file_name": tfds.features.Text(),
        **more,
    })


def find_archives(dl_manager, instructions, *names):
    """Returns the paths of archives in TFDS's folder for manual downloads.

    Args:
        dl_manager: `tfds.download.DownloadManager`.
        instructions: the builder's `MANUAL_DOWNLOAD_INSTRUCTIONS`.
        names: file names.

    Returns:
        list of paths, in the order of the names.

    Raises:
        RequestError: the folder is missing or empty, in TFDS's words but on one line, or it lacks
            an archive. Both end with the instructions.
    """
    try:
        folder = dl_manager.manual_dir
    except AssertionError as error:
        raise RequestError(" ".join(str(error).split())) from None
    missing = [name for name in names if not (folder / name).exists()]
    if missing:
        instructions = " ".join(instructions.split())
        raise RequestError(f"Manual directory {folder} lacks {' and '.join(missing)}. "
                           f"Instructions: {instructions}")
    return [folder / name for name in names]


def read_files(dl_manager, archive, is_wanted):
    """Reads files of an archive one after the other, without unpacking it.

    Args:
        dl_manager: `tfds.download.DownloadManager`.
        archive: path.
        is_wanted: function from a path in the archive to bool.

    Yields:
        (path in the archive, bytes).

    Raises:
        RequestError: the file is damaged or no archive, such as a web page saved in its place.
    """
    try:
        for path, file in dl_manager.iter_archive(archive):
            if is_wanted(path):
                yield path, file.read()
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error):
        raise RequestError(
            f"{archive}: damaged, or not an archive; fetch it again.") from None


def read_pictures(dl_manager, archive, wanted):
    """Reads pictures in the archive's order, and makes sure that none is missing.

    Args:
        dl_manager: `tfds.download.DownloadManager`.
        archive: path.
        wanted: paths of the pictures in the archive.

    Yields:
        (path in the archive, bytes).

    Raises:
        RequestError: some are not there, or the file is damaged.
    """
    missing = set(wanted)
    for path, content in read_files(dl_manager, archive, missing.__contains__):
        missing.discard(path)
        yield path, content
        if not missing:
            return
    if missing:
        raise RequestError(f"{archive}: lacks {len(missing)} pictures that have captions, for "
                           f"instance {min(missing)}; is it the right archive?")


def read_captions(dl_manager, archive):
    """Reads a caption archive.

    A picture whose file holds no caption is left out.

    Args:
        dl_manager: `tfds.download.DownloadManager`.
        archive: path.

    Returns:
        dict from "train", "validation" and "test" to a dict from (class, picture) to a tuple of
        captions; both names without folder and extension.

    Raises:
        RequestError: the archive is not laid out as described above, or damaged.
    """
    captions, split_of_class = collections.defaultdict(dict), {}
    for path, content in read_files(dl_manager, archive, _is_text):
        path = pathlib.PurePosixPath(path)
        if path.name not in _SPLIT_OF_LIST:
            captions[path.parent.name][path.stem] = to_captions(content)
            continue
        split = _SPLIT_OF_LIST[path.name]
        for name in to_captions(content):
            if split_of_class.setdefault(name, split) != split:
                raise RequestError(f"{archive}: the class {name} is in two splits.")
    for split in _SPLIT_OF_LIST.values():
        if split not in split_of_class.values():
            raise RequestError(f"{archive}: no list of classes for the split {split}.")
    if not split_of_class.keys() <= captions.keys():
        name = min(split_of_class.keys() - captions.keys())
        raise RequestError(f"{archive}: no captions of the class {name}.")
    return {split: {(name, picture): texts
                    for name in split_of_class if split_of_class[name] == split
                    for picture, texts in captions[name].items() if texts}
            for split in _SPLIT_OF_LIST.values()}


def _is_text(path):
    path = pathlib.PurePosixPath(path)
    # "._x.txt" are what macOS adds to archives.
    is_captions = path.match("text_c10/*/*.txt") and not path.name.startswith(".")
    return is_captions or path.name in _SPLIT_OF_LIST


def to_captions(content):
    """Splits a file into captions, one a line.

    Blank lines are dropped and white space is made single spaces. Bytes that are not UTF-8
    become a space, and so does U+FFFD, which an earlier conversion left in some captions (readers
    such as taoxugit/AttnGAN replace it likewise). Case and spelling stay.

    >>> to_captions(b"this bird\\xef\\xbf\\xbd\\xef\\xbf\\xbds  beak\\r\\n\\nis red\\n")
    ('this bird s beak', 'is red')

    Args:
        content: bytes.

    Returns:
        tuple of str.
    """
    text = content.decode("utf-8-sig", errors="replace").replace("\ufffd", " ")
    return tuple(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
