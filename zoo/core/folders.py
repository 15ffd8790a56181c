"""Folders that the tools make: whole or not at all, and nothing is replaced that is not ours."""

import contextlib
import pathlib
import shutil
import uuid

from zoo.errors import RequestError

MARKER = ".made_by_zoo"
# What systems and shells put into a folder that its user calls empty: `> W/train.log`, nohup, Slurm.
_NOT_COUNTED = ("lost+found", "Thumbs.db", "desktop.ini", "System Volume Information", "log",
                "log.txt", "stdout", "stderr", "stdout.txt", "stderr.txt")
_SUFFIXES_NOT_COUNTED = (".log", ".out", ".err")


def counts(path):
    """False for what does not make a folder somebody's: system files, hidden ones and logs."""
    return not (path.name.startswith(".") or path.name in _NOT_COUNTED
                or path.suffix in _SUFFIXES_NOT_COUNTED)


def is_free(path, marker=MARKER):
    """True where nothing lies at a path, or a folder that is empty or holds the file `marker`.

    Args:
        path: `pathlib.Path`.
        marker: name of a file that only a folder of ours has; None: no folder is ours.
    """
    if not path.is_dir():
        return not path.exists()
    return bool(marker and (path / marker).is_file()) or not any(map(counts, path.iterdir()))


def check_free(path, flag, marker=MARKER):
    """Refuses a path at which somebody else's files lie; arguments as of `replacing`.

    Raises:
        RequestError: see there.
    """
    path = pathlib.Path(path)
    try:
        free = is_free(path, marker)
    except OSError as error:
        raise RequestError(f"{flag}={path}: cannot be read ({error.strerror}).") from None
    if not free:
        kind = "a folder with other files" if path.is_dir() else "not a folder"
        raise RequestError(f"{flag}={path}: exists already, {kind}; name a new folder.")


def claim(path, flag):
    """Makes a folder for files that a tool writes one by one, and marks it as ours.

    Raises:
        RequestError: it is somebody else's, or cannot be written.
    """
    check_free(path, flag)
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / MARKER).touch()
    except OSError as error:
        raise RequestError(f"{flag}={path}: cannot be written ({error.strerror}).") from None


@contextlib.contextmanager
def replacing(path, flag, marker=MARKER):
    """Yields a new, empty folder that takes the place of `path` when the block ends well.

    Until then, and where the block fails or is interrupted, `path` is as it was. It is replaced
    only if nothing lies there, an empty folder (a mount point, the current one), or a folder with
    the file `marker`. A link to a folder stays one.

    Args:
        path: str or path.
        flag: what the user named it with, for messages.
        marker: name of a file that only a folder of ours has, to be written in the block; `MARKER`
            is written here. None: no folder is replaced.

    Raises:
        RequestError: `path` is taken, or cannot be written.
    """
    named, path = pathlib.Path(path), pathlib.Path(path).resolve()
    check_free(named, flag, marker)
    # An empty folder is filled: a mount point, or the current folder, cannot be renamed.
    fill = path.is_dir() and not (marker and (path / marker).is_file())
    partial = (path if fill else path.parent) / f".partial_{uuid.uuid4().hex}"
    try:
        with _writing(named, flag):
            partial.mkdir(parents=True)
            if marker == MARKER:
                (partial / MARKER).touch()
        yield partial
        with _writing(named, flag):
            if fill:
                for inner in sorted(partial.iterdir()):
                    inner.rename(path / inner.name)
            else:
                _exchange(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextlib.contextmanager
def _writing(path, flag):
    try:
        yield
    except OSError as error:
        raise RequestError(f"{flag}={path}: cannot be written ({error.strerror}).") from None


def _exchange(partial, path):
    """Renames `partial` to `path`, whose earlier folder goes once that has worked."""
    if not path.exists():
        partial.rename(path)
        return
    old = path.with_name(f"{partial.name}_old")
    path.rename(old)
    try:
        partial.rename(path)
    except BaseException:
        old.rename(path)
        raise
    shutil.rmtree(old)
