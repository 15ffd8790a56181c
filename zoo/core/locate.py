"""Finding a finished run by path or by the name under which it is shipped."""

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
