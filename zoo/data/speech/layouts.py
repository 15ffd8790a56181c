"""The two layouts of a folder of one's own: noisy and clean, or clean and noise."""

from zoo.data import audio
from zoo.data.folder import kept, pairing, places, splits
from zoo.data.folder.walk import suffix
from zoo.data.speech import reading
from zoo.errors import RequestError

_SHORTEST = audio.SAMPLE_RATE // 2  # Samples of speech.
_ROLES = {"noisy": ("noisy",), "clean": ("clean",), "noise": ("noise", "noises")}


def prepare(folder, data_dir):
    """Checks and converts every sound of a folder, see `zoo.data.folder.kept.prepare`.

    Returns:
        `Kept`, whose items are pairs of noisy and clean sounds, or single ones whose names begin
        with "clean/" or "noise/".
    """
    return kept.prepare(folder, data_dir, kept.Modality(
        "own_sounds", "sound", find, _convert, assign=_assign))


def find(folder, paths):
    """Finds the sounds among the files of a folder, see `zoo.data.folder.kept.Modality`.

    `noisy/` and `clean/` hold the same names (the suffix may differ), or `clean/` and `noise/` any
    names. Folders called like those of VoiceBank-DEMAND, `clean_testset_wav` beside
    `noisy_testset_wav`, say role and split at once.

    Raises:
        RequestError: neither layout.
    """
    sounds = [path for path in paths if suffix(path) in audio.SUFFIXES]
    found, bad = places.find(folder, sounds, _ROLES)
    by_role, more = pairing.by_role(
        found, _ROLES, "lies neither in noisy/, nor in clean/, nor in noise/")
    bad += more
    clean, noisy, noise = (by_role[role] for role in ("clean", "noisy", "noise"))
    bad += [(path, f"is none of {', '.join(audio.SUFFIXES)}") for path in paths
            if suffix(path) in audio.OTHER_SUFFIXES]
    if not clean or not (noisy or noise):
        raise RequestError(f"--dataset={folder}: needs sound files ({', '.join(audio.SUFFIXES)}) "
                           "in noisy/ and clean/, with equal names, or in clean/ and noise/"
                           f"{_seen(paths)}.")
    if not noisy:
        return {f"{role}/{name}": kept.Item((path,), split, {"role": role})
                for role in ("clean", "noise")
                for name, (path, split) in by_role[role].items()}, bad, ()
    items, more = pairing.pairs(noisy, clean, [
        f"has no file of that name in {role}/" for role in ("noisy", "clean")])
    if not items:
        raise RequestError(f"--dataset={folder}: no file of noisy/ has the name of one of clean/.")
    return items, bad + more, ()


def speaker(item):
    """Returns who speaks: the top folder below those that say role and split, else the name."""
    name = item["name"]
    for known in (item.get("role"), item["given"]):
        name = name.removeprefix(f"{known}/") if known else name
    return name.partition("/")[0]


def _seen(paths):
    tops = sorted({path.partition("/")[0] + "/" for path in paths if "/" in path})
    return f"; it has {', '.join(tops[:5])}" if tops else ""


def _convert(paths, item):
    is_noise = item.more.get("role") == "noise"  # It may be short: it is repeated.
    return reading.read(paths, shortest=1 if is_noise else _SHORTEST)


def _assign(given):
    """Clean and noise are assigned each for itself, speakers whole."""
    by_role = {}
    for name, split in given.items():
        role = name.partition("/")[0] if name.startswith(("clean/", "noise/")) else ""
        by_role.setdefault(role, {})[name.removeprefix(f"{role}/")] = split
    return {f"{role}/{name}" if role else name: split for role, names in by_role.items()
            for name, split in splits.assign_by_group(names).items()}
