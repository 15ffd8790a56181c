"""What the folders on the way to a file say of it: its split, and its role in a pair."""

import re
from typing import NamedTuple

from zoo.data.folder import walk
from zoo.errors import RequestError

# Any letter case, alone or with a year at the end, or with words that say nothing more.
_SPLITS = {"train": ("train", "training"), "validation": ("validation", "valid", "val", "dev"),
           "test": ("test", "testing", "eval", "evaluation")}
_SPLIT_OF = {name + end: split for split, names in _SPLITS.items() for name in names
             for end in ("", "set")}
_FILLERS = ("set", "split", "data", "dataset", "images", "imgs", "pictures", "videos", "clips",
            "frames", "sounds", "audio", "wav")
_UNDERSTOOD = ("splits are called train, validation (val, valid, dev) and test (eval), at the top; "
               "if they are no splits, give them other names")


class Place(NamedTuple):
    """What is known of a file.

    Attributes:
        split: "train", "validation" or "test"; "" where no folder says it.
        role: one of the roles asked for, or "".
        rest: its path below the folders that say so.
    """

    split: str
    role: str
    rest: str


def find(folder, paths, roles=()):
    """Reads the folders' names, from the outermost on, as long as they say something.

    `train/source/1.png`, `source/train/1.png` and `trainA/1.png` say the same. One folder around
    all of them may be called anything.

    Args:
        folder: for messages.
        paths: relative paths with forward slashes.
        roles: `{role: names of a folder for it}`, in lower case.

    Returns:
        `{path: Place}`, and a list of (path, reason) for those that lie beside given splits.

    Raises:
        RequestError: there are splits, and train is not among them; or none that is understood,
            and folders that look like some.
    """
    role_of = {name: role for role, names in dict(roles).items() for name in names}
    around = _around(paths)
    found = {path: _place(path, role_of) for path in paths}
    if around and not any(place.split or place.role for place in found.values()):
        inside = {path: _place(path[len(around):], role_of) for path in paths}
        if any(place.split or place.role for place in inside.values()):
            found = inside
    if not any(place.split for place in found.values()):
        _check_that_none_looks_like_one(folder, paths)
    bad = []
    for role in {place.role for place in found.values()}:
        splits = {place.split for place in found.values() if place.role == role} - {""}
        if not splits:
            continue
        if "train" not in splits:
            raise RequestError(
                f"--dataset={folder}: has folders for {' and '.join(sorted(splits))}, and none for "
                f"train; {_UNDERSTOOD}.")
        for path, place in list(found.items()):
            if place.role == role and not place.split:
                bad.append((path, f"lies beside given splits ({', '.join(sorted(splits))}) in "
                                  f"none of them; {_UNDERSTOOD}"))
                del found[path]
    return found, bad


def _check_that_none_looks_like_one(folder, paths):
    """Refuses `train_hr` beside `valid_hr`, and splits below other folders: no new ones then."""
    named = {}
    for one in {each for path in paths for each in path.split("/")[:-1]}:
        for word in _words(one):
            if split := _SPLIT_OF.get(word.rstrip("0123456789")):
                named[split] = min(one, named.get(split, one))
    if "train" in named and len(named) > 1:
        raise RequestError(
            f"--dataset={folder}: {' and '.join(f'{each}/' for each in sorted(named.values()))} "
            f"look like splits that are not understood; {_UNDERSTOOD}.")


def _around(paths):
    """Returns the one folder in which all paths lie, with a slash, or ""."""
    tops = {path.partition("/")[0] for path in paths}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in path for path in paths) else ""


def _place(path, role_of):
    split, role = "", ""
    *folders, name = path.split("/")
    while folders:
        more_split, more_role = _meaning(folders[0], role_of)
        if not (more_split or more_role) or (split and more_split) or (role and more_role):
            break
        split, role = split or more_split, role or more_role
        folders.pop(0)
    return Place(split, role, "/".join([*folders, name]))


def _meaning(folder, role_of):
    """("trainA", …) -> ("train", "source"); ("", "") for a name that says nothing."""
    split, role, others = "", "", []
    for part in _words(folder):
        glued = next((name for name in role_of if part.endswith(name)
                      and part.removesuffix(name) in _SPLIT_OF), None)
        if part in _SPLIT_OF and not split:
            split = _SPLIT_OF[part]
        elif part in role_of and not role:
            role, named = role_of[part], part
        elif glued and not split and not role:
            split, role, named = _SPLIT_OF[part.removesuffix(glued)], role_of[glued], glued
        elif part not in _FILLERS:
            others.append(part)
    # As VoiceBank's "clean_trainset_28spk_wav"; but "a_house" is no A.
    if others and (not role or len(named) == 1):
        return "", ""
    return split, role


def _words(folder):
    """"Clean_train2017" -> ["clean", "train"]: a year at the end, as COCO has it, says nothing."""
    words = re.findall(r"[^\W_]+", walk.same_name(folder).casefold())
    return [bare if (bare := re.sub(r"\d{4}$", "", word)) in _SPLIT_OF else word for word in words]
