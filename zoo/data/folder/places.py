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
    """What is known of a file."""

    split: str  # "train", "validation" or "test"; "" where no folder says it.
    role: str  # One of the roles asked for, or "".
    rest: str  # Its path below the folders that say so.


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
    meanings = _meanings(dict(roles))
    is_around = len({path.partition("/")[0] for path in paths}) == 1
    found = {path: _place(path, meanings, is_around) for path in paths}
    given = {}  # By role.
    for place in found.values():
        given.setdefault(place.role, set()).update({place.split} - {""})
    if not any(given.values()):
        _check_that_none_looks_like_one(folder, paths)
    for splits in given.values():
        if splits and "train" not in splits:
            raise RequestError(
                f"--dataset={folder}: has folders for {' and '.join(sorted(splits))}, and none for "
                f"train; {_UNDERSTOOD}.")
    bad = [(path, f"lies beside given splits ({', '.join(sorted(given[place.role]))}) in none of "
                  f"them; {_UNDERSTOOD}")
           for path, place in found.items() if given[place.role] and not place.split]
    for path, _ in bad:
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


def _place(path, meanings, is_around):
    split, role, rest = "", "", path
    for depth, folder in enumerate(path.split("/")[:-1]):
        more_split, more_role = _meaning(folder, meanings)
        if (split and more_split) or (role and more_role):
            break
        if more_split or more_role:
            split, role = split or more_split, role or more_role
            rest = path.split("/", depth + 1)[-1]
        elif depth or not is_around:
            break
    return Place(split, role, rest)


def _meanings(roles):
    """{"train": ("train", ""), "a": ("", "source"), "traina": ("train", "source"), …}."""
    splits = [("", ""), *_SPLIT_OF.items()]
    named = [("", ""), *((name, role) for role, names in roles.items() for name in names)]
    return {one + other: (split, role) for other, role in named for one, split in splits}


def _meaning(folder, meanings):
    """("trainA", …) -> ("train", "source"); ("", "") for a name that says nothing."""
    split, role, is_sure, has_others = "", "", False, False
    for word in _words(folder):
        more_split, more_role = meanings.get(word, ("", ""))
        if not (more_split or more_role) or (split and more_split) or (role and more_role):
            has_others |= word not in _FILLERS
        else:
            split, role = split or more_split, role or more_role
            is_sure |= bool(more_role) and len(word) > 1
    # As VoiceBank's "clean_trainset_28spk_wav"; but "a_house" is no A.
    return ("", "") if has_others and not is_sure else (split, role)


def _words(folder):
    """"Clean_train2017" -> ["clean", "train"]: a year at the end, as COCO has it, says nothing."""
    words = re.findall(r"[^\W_]+", walk.same_name(folder).casefold())
    return [bare if (bare := re.sub(r"\d{4}$", "", word)) in _SPLIT_OF else word for word in words]
