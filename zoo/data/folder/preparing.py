"""Checking and converting a folder of one's own: once, and again when it has changed."""

import collections
import concurrent.futures
import csv
import glob
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import uuid
import warnings

import tensorflow_datasets as tfds

from zoo.data.folder import kept, splits, walk
from zoo.datasets import locks
from zoo.errors import RequestError
from zoo.progress import Progress

_VERSION = 3  # To be raised when the same files would be converted otherwise.
_SHOWN = 10  # Bad inputs on the screen; the file has them all.
_AHEAD = 2  # Examples a thread may be ahead of what is written; a long video's fill memory.


def is_folder(name):
    """True for the path of a folder: no data set's name begins like one."""
    return name.startswith(("/", ".", "~"))


def check(name, data_dir, modality, on_bad_input, path):
    """Checks every file of a folder of one's own, and stops unless bad ones are to be skipped.

    Args:
        name: path of the folder.
        data_dir, modality: see `prepare`.
        on_bad_input: "stop" or "skip".
        path: `pathlib.Path` of the CSV file that lists all bad inputs; where nothing is bad, an
            earlier one is removed.

    Raises:
        RequestError: there are bad inputs and they stop the run, or the CSV file lies in the folder
            or cannot be written.
    """
    folder = pathlib.Path(name).expanduser()
    _check_outside(folder, "workdir", path.parent)
    bad = prepare(folder, data_dir, modality).bad
    try:
        if not bad:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("path", "reason"), *bad])
    except OSError as error:
        raise RequestError(f"{path}: cannot be written ({error.strerror}).") from None
    inputs = "1 bad input" if len(bad) == 1 else f"{len(bad)} bad inputs"
    if on_bad_input == "skip":
        print(f"left out {inputs} of {folder}, listed in {path}", flush=True)
        return
    for name, reason in bad[:_SHOWN]:
        print(f"{name}: {reason}", flush=True)
    raise RequestError(f"--dataset={folder}: {inputs}, listed in {path}; mend them, or train on "
                       "the others with --on_bad_input=skip.")


def prepare(folder, data_dir, modality):
    """Checks and converts every file of a folder, unless that has been done.

    Done again whenever a file's name, size or time of change differs.

    Args:
        folder: path of the user's folder, absolute.
        data_dir: TFDS root; empty: its default.
        modality: `kept.Modality`.

    Returns:
        `kept.Kept`.

    Raises:
        RequestError: no such folder, nothing in it that is understood, the TFDS root lies in it, no
            space or permission.
    """
    folder = pathlib.Path(folder).expanduser()
    root = pathlib.Path(data_dir or tfds.core.constants.DATA_DIR).expanduser()
    if not folder.is_dir():
        raise RequestError(f"--dataset={folder}: there is no such folder.")
    _check_outside(folder, "data_dir", root)
    files, bad = walk.list_files(folder)
    key = json.dumps([_VERSION, str(folder), modality.variant, files, bad])
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    target = root / modality.kind / f"{folder.name[:40]}-{digest}"
    is_new = not (target / kept.INDEX).exists()
    if is_new:
        try:
            lock = root / ".zoo_locks" / f"{modality.kind}-{target.name}"
            with locks.one_at_a_time(lock, str(folder)) as alone:
                left = target.parent.glob(f"partial_{glob.escape(target.name)}_*")
                for path in left if alone else ():  # Of processes that were killed.
                    shutil.rmtree(path)
                if not (target / kept.INDEX).exists():
                    _make(target, lambda path: _write(folder, files, bad, modality, path))
        except OSError as error:
            where = error.filename or target
            raise RequestError(f"--data_dir={root}: cannot prepare {folder} ({where}: "
                               f"{error.strerror or error}).") from None
    result = kept.Kept(target, folder, modality)
    if is_new:
        counts = collections.Counter(result.split_of.values())
        print(f"{len(result.items)} good {modality.unit}s: "
              + ", ".join(f"{counts[name]} {name}" for name in splits.SPLITS), flush=True)
    return result


def _check_outside(folder, flag, path):
    if path.resolve().is_relative_to(folder.resolve()):
        raise RequestError(f"--{flag}={path}: lies in --dataset={folder}; choose a folder outside "
                           "of it.")


def _make(target, write):
    # Under a name of its own until it is whole: without locks others may be at the same work.
    partial = target.with_name(f"partial_{target.name}_{uuid.uuid4().hex}")
    try:
        partial.mkdir(parents=True)
        write(partial)
        partial.rename(target)
    except OSError:
        if not (target / kept.INDEX).exists():  # Else another process was faster.
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(folder, files, bad, modality, target):
    items, more, used = modality.find(folder, files)
    bad = bad + more
    used = {*used, *(path for path, _ in more)}.union(*(item.paths for item in items.values()))
    if unused := [path for path in files if path not in used]:
        _say_unused(folder, unused, modality.unit)
    print(f"checking and converting {len(items)} {modality.unit}s of {folder} (once)", flush=True)
    good, seen, notes = [], {}, collections.defaultdict(list)
    with (target / kept.CONTENT).open("wb") as file:
        for name, result in _converted(folder, items, modality):
            item = items[name]
            if isinstance(result, str):
                bad.append((" and ".join(item.paths) if len(item.paths) < 3 else name, result))
                continue
            digest, parts, known = result
            if digest in seen and not modality.may_repeat:
                bad.append((name, f"is the same {modality.unit} as {seen[digest]}; keep one"))
                continue
            seen[digest] = name
            if note := known.pop("note", None):
                notes[note].append(name)
            places = []
            for part in parts:
                places.append([file.tell(), len(part)])
                file.write(part)
            good.append({"name": name, "given": item.split, "sha256": digest, "places": places}
                        | item.more | known)
    (target / kept.INDEX).write_text(json.dumps({"items": good, "bad": bad}), encoding="utf-8")
    for note, names in notes.items():
        print(f"{len(names)} {modality.unit}s {note}, such as {names[0]}", flush=True)


def _converted(folder, items, modality):
    """Yields (name, what `convert` returns, or the reason why it cannot), in order."""
    def convert(name):
        try:
            return modality.convert([folder / path for path in items[name].paths], items[name])
        except kept.BadInput as error:
            return str(error)
        except OSError as error:
            return f"cannot be read ({error.strerror})"

    progress, waiting, threads = Progress(len(items), modality.unit), {}, os.cpu_count()
    with warnings.catch_warnings(), concurrent.futures.ThreadPoolExecutor(threads) as pool:
        warnings.simplefilter("ignore")  # What Pillow warns of is either harmless or reported.
        queue = iter(sorted(items))
        for done in range(1, len(items) + 1):
            for name in itertools.islice(queue, _AHEAD * threads - len(waiting)):
                waiting[name] = pool.submit(convert, name)
            name = next(iter(waiting))
            yield name, waiting.pop(name).result()
            progress.show(done)


def _say_unused(folder, paths, unit):
    suffixes = collections.Counter(walk.suffix(path) or "no suffix" for path in paths)
    kinds = ", ".join(f"{count} {name}" for name, count in suffixes.most_common(5))
    print(f"not used: {len(paths)} files of {folder} that are no {unit}s ({kinds}), such as "
          f"{paths[0]}", flush=True)
