"""Work on a folder of one's own that is done once, and again when the folder has changed."""

import hashlib
import json
import pathlib
import shutil
import uuid

import tensorflow_datasets as tfds

from zoo.datasets import locks
from zoo.errors import RequestError

INDEX = "index.json"  # What `write` writes last; with it the work is done.


def once(folder, data_dir, kind, key, write):
    """Has something made from a folder under the TFDS root, unless that has been done.

    Args:
        folder: `pathlib.Path` of the user's folder.
        data_dir: TFDS root; empty: its default.
        kind: name of the folder under the TFDS root.
        key: what the result depends on, JSON.
        write: function of an empty folder's path; puts the result and `INDEX` there.

    Returns:
        path of the result.

    Raises:
        RequestError: the TFDS root lies in the folder, or no space or permission.
    """
    root = pathlib.Path(data_dir or tfds.core.constants.DATA_DIR).expanduser()
    if root.resolve().is_relative_to(folder.resolve()):
        raise RequestError(f"--data_dir={root}: lies in --dataset={folder}; choose a folder "
                           "outside of it.")
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]
    target = root / kind / f"{folder.name[:40]}-{digest}"
    if not (target / INDEX).exists():
        try:
            lock = root / ".zoo_locks" / f"{kind}-{target.name}"
            with locks.one_at_a_time(lock, str(folder)) as alone:
                if alone:
                    _remove_partials(target)  # Of processes that were killed.
                if not (target / INDEX).exists():
                    _make(target, write)
        except OSError as error:
            raise RequestError(f"--data_dir={root}: cannot prepare {folder} "
                               f"({error.strerror or error}).") from None
    return target


def _make(target, write):
    # Under a name of its own until it is whole: without locks others may be at the same work.
    partial = target.with_name(f"partial_{target.name}_{uuid.uuid4().hex}")
    try:
        partial.mkdir(parents=True)
        write(partial)
        _give_name(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _remove_partials(target):
    for path in target.parent.iterdir() if target.parent.is_dir() else ():
        if path.name.startswith(f"partial_{target.name}_"):
            shutil.rmtree(path)


def _give_name(partial, target):
    try:
        partial.rename(target)
    except OSError:
        if not (target / INDEX).exists():  # Else another process was faster.
            raise
