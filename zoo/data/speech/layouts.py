"""The two layouts of a folder of one's own: noisy and clean, or clean and noise."""

from zoo.data import audio
from zoo.data.folder import kept, pairing, splits
from zoo.data.folder.walk import suffix
from zoo.data.speech import reading
from zoo.errors import RequestError

_SHORTEST = audio.SAMPLE_RATE // 2  # Samples of speech.
_FEWEST_SPEAKERS = 6  # Top folders are taken for speakers from so many on.
_ROLES = {"noisy": ("noisy",), "clean": ("clean",), "noise": ("noise", "noises")}


def modality():
    """Sounds: pairs of noisy and clean, or single ones whose names begin with their `role`."""
    return kept.Modality("own_sounds", "sound", _find, _convert, assign=_assign)


def _find(folder, paths):
    """Finds the sounds among the files of a folder, see `kept.Modality`.

    `noisy/` and `clean/` hold the same names (the suffix may differ), or `clean/` and `noise/` any
    names. Folders called like those of VoiceBank-DEMAND, `clean_testset_wav` beside
    `noisy_testset_wav`, say role and split at once.

    Raises:
        RequestError: neither layout.
    """
    sounds = [path for path in paths if suffix(path) in audio.SUFFIXES]
    files, bad = pairing.by_role(folder, sounds, _ROLES)
    bad += [(path, f"is none of {', '.join(audio.SUFFIXES)}") for path in paths
            if suffix(path) in audio.OTHER_SUFFIXES]
    if not files["clean"] or not (files["noisy"] or files["noise"]):
        tops = sorted({path.partition("/")[0] + "/" for path in paths if "/" in path})
        raise RequestError(f"--dataset={folder}: needs sound files ({', '.join(audio.SUFFIXES)}) "
                           "in noisy/ and clean/, with equal names, or in clean/ and noise/"
                           + (f"; it has {', '.join(tops[:5])}." if tops else "."))
    if files["noisy"]:
        items, more = pairing.pairs(files, "noisy", "clean")
        return items, bad + more, ()
    return {f"{role}/{name}": item for role in ("clean", "noise")
            for name, item in files[role].items()}, bad, ()


def speaker(item):
    """Returns who speaks: the top folder below those that say role and split, else the name."""
    name = item["name"].removeprefix(item.get("role", "") + "/").removeprefix(item["given"] + "/")
    return name.partition("/")[0]


def _convert(paths, item):
    is_noise = item.more.get("role") == "noise"  # It may be short: it is repeated.
    return reading.read(paths, shortest=1 if is_noise else _SHORTEST)


def _assign(given):
    """Clean and noise are assigned each for itself; speakers whole, where no splits are given."""
    split_of = {}
    for role in ("clean/", "noise/", ""):
        of_role = {name.removeprefix(role): split for name, split in given.items()
                   if name.startswith(role) and name not in split_of}
        speakers = sorted({name.partition("/")[0] for name in of_role if "/" in name})
        if any(of_role.values()) or len(speakers) < _FEWEST_SPEAKERS:
            assigned = splits.assign(of_role)
        else:
            of_speaker = splits.assign(dict.fromkeys(speakers, ""))
            assigned = {name: of_speaker.get(name.partition("/")[0], "train") for name in of_role}
        split_of |= {role + name: split for name, split in assigned.items()}
    return split_of
