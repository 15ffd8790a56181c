"""Finding a finished run by path or by the name under which it is shipped."""

import os
import pathlib

from zoo.core import hparams
from zoo.errors import RequestError

PRETRAINED = pathlib.Path(__file__).parents[2] / "pretrained"


def pretrained(name):
    """Returns the folder of a shipped run.

    Raises:
        RequestError: no such name (the nearest is named).
    """
    names = sorted(path.name for path in PRETRAINED.glob("*") if path.is_dir())
    if name not in names:
        raise RequestError(f"pretrained {name!r}: not shipped.{hparams.nearest(name, names)}")
    return PRETRAINED / name


def absolute(path):
    """Returns a path in full; the empty one and those elsewhere (gs://…) as they are."""
    return os.path.abspath(os.path.expanduser(path)) if path and "://" not in path else path


def dataset(name):
    """Returns the absolute path of a folder of one's own pictures, or a TFDS name as it is.

    So that a run finds its data from whichever folder it is resumed or evaluated.
    """
    path = absolute(name)
    return path if name and os.path.isdir(path) else name


def run_folder(reference, flag):
    """Returns the folder of a run given as the path of its workdir or as a shipped name.

    Args:
        reference: path or name.
        flag: the flag that it came from, for errors.

    Raises:
        RequestError: neither.
    """
    path = pathlib.Path(reference).expanduser()
    if path.is_dir():
        return path
    if (PRETRAINED / reference).is_dir():
        return PRETRAINED / reference
    raise RequestError(f"{flag}={reference}: neither a workdir nor a name under pretrained/.")
