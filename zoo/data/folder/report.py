"""Telling the user which of their files will not do."""

import csv
import pathlib

from zoo.data.folder import requests
from zoo.errors import RequestError

_SHOWN = 10


def check(name, find_bad, on_bad_input, path):
    """Checks every file of a folder of one's own; another data set needs no check.

    Args:
        name: path of the folder, or name of a data set.
        find_bad: function from the folder's `pathlib.Path` to a list of (path, reason).
        on_bad_input: "stop" or "skip".
        path: `pathlib.Path` of the CSV file that lists all bad inputs, where there are some.

    Raises:
        RequestError: there are bad inputs and they stop the run, or `path` lies in the folder.
    """
    if requests.is_folder(name):
        folder = pathlib.Path(name).expanduser()
        if path.resolve().is_relative_to(folder.resolve()):
            raise RequestError(f"--workdir={path.parent}: lies in --dataset={folder}; choose a "
                               "folder outside of it.")
        report(find_bad(folder), folder, path, on_bad_input)


def report(bad, folder, path, on_bad_input):
    """Writes every bad input to a CSV file, and stops unless they are to be skipped.

    Args:
        bad: list of (path, reason).
        folder: the user's folder, for messages.
        path: `pathlib.Path` of the CSV file; where nothing is bad, an earlier one is removed.
        on_bad_input: "stop" or "skip".

    Raises:
        RequestError: there are bad inputs and they stop the run, or the file cannot be written.
    """
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
