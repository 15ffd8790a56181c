"""The two layouts of a folder of one's own: noisy and clean, or clean and noise."""

import pathlib

from zoo.data import audio
from zoo.data.folder import splits
from zoo.errors import RequestError

_FEWEST_GROUPS = 6  # Folders below `clean/` are taken for speakers from so many on.


def find(folder):
    """Lists the sound files of a folder.

    `noisy/` and `clean/` hold the same names (the suffix may differ), or `clean/` and `noise/` any
    names. Folders called like those of VoiceBank-DEMAND, `clean_testset_wav` beside
    `noisy_testset_wav`, are taken together, "test" or "train" in their names being the split.

    Args:
        folder: path.

    Returns:
        `{"clean": {name: path}, …}`, with `noisy` or `noise`; names begin with a split where the
        folders say which it is.

    Raises:
        RequestError: no such folder, or neither layout.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise RequestError(f"--dataset={folder}: there is no such folder.")
    found = {role: {name: path for place in sorted(folder.glob(f"{role}*")) if place.is_dir()
                    for name, path in _files(place)} for role in ("clean", "noisy", "noise")}
    found = {role: files for role, files in found.items() if files}
    if "clean" not in found or len(found) == 1:
        raise RequestError(f"--dataset={folder}: needs sound files ({', '.join(audio.SUFFIXES)}) "
                           "in noisy/ and clean/, with equal names, or in clean/ and noise/.")
    if "noisy" in found:
        found.pop("noise", None)
    return found


def _files(place):
    prefix = next((f"{split}/" for split in ("train", "test") if split in place.name), "")
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.suffix.lower() in audio.SUFFIXES:
            yield prefix + path.relative_to(place).with_suffix("").as_posix(), path


def unpaired(files):
    """Lists (name, reason) for every file of the first layout that has no partner."""
    return [(name, f"has no file of that name in {other}/")
            for role, other in (("clean", "noisy"), ("noisy", "clean"))
            for name in sorted(files[role].keys() - files[other].keys())]


def assign(names):
    """Assigns names to splits: whole folders (speakers) where there are some, else single files.

    Args:
        names: list of str.

    Returns:
        `{name: "train", "validation" or "test"}`, see `zoo.data.folder.splits.assign`.
    """
    tops = {name.partition("/")[0] for name in names if "/" in name}
    if splits.from_folders(names) or len(tops) < _FEWEST_GROUPS:
        return splits.assign(names)
    split_of_group = splits.assign(sorted(tops))
    return {name: split_of_group.get(name.partition("/")[0], "train") for name in names}
