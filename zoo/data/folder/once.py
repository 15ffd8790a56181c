"""Work on a folder of one's own that is done once, and again when the folder has changed."""

import hashlib
import json
import pathlib
import shutil
import sys
import time
import uuid

import tensorflow_datasets as tfds
import tqdm

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
        # Under a name of its own until it is whole: other processes may be at the same work.
        partial = target.with_name(f"partial_{uuid.uuid4().hex}")
        try:
            partial.mkdir(parents=True)
            write(partial)
            _give_name(partial, target)
        except OSError as error:
            raise RequestError(f"--data_dir={root}: cannot prepare {folder} "
                               f"({error.strerror or error}).") from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def _give_name(partial, target):
    try:
        partial.rename(target)
    except OSError:
        if not (target / INDEX).exists():  # Else another process was faster.
            raise


class Progress:
    """A progress bar with the time left on a terminal, ten plain lines otherwise.

    Args:
        total: number of things to do.
        unit: what they are, in the singular.
    """

    def __init__(self, total, unit):
        self.bar = tqdm.tqdm(total=total, unit=unit, disable=not sys.stderr.isatty())
        self.total = total
        self.unit = unit
        self.began = time.monotonic()
        self.tenths = 0

    def show(self, done):
        """Shows how many are done."""
        if not self.bar.disable:
            self.bar.update(done - self.bar.n)
        elif (tenths := 10 * done // self.total) > self.tenths:
            self.tenths = tenths
            left = (time.monotonic() - self.began) / done * (self.total - done)
            print(f"{done}/{self.total} {self.unit}s ({left / 60:.1f} min left)", flush=True)
        if done == self.total:
            self.bar.close()
