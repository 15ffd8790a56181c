"""Finding a finished run by path or by the name under which it is shipped."""

import importlib.resources
import os
import pathlib

from zoo.core import hparams
from zoo.errors import RequestError


def _shipped(name):
    """Returns a folder that is shipped: in the installed package, beside it in a clone."""
    package = importlib.resources.files("zoo")
    installed = package / "shipped" / name
    return installed if installed.is_dir() else package.parent / name


PRETRAINED, CONFIGS, TOOLS = map(_shipped, ("pretrained", "configs", "tools"))
_OWN_DATA_SETS = pathlib.Path(__file__).parents[1] / "datasets"


def pretrained(name):
    """Returns the folder of a shipped run.

    Raises:
        RequestError: no such name (the nearest is named).
    """
    names = sorted(path.name for path in PRETRAINED.glob("*") if path.is_dir())
    if name not in names:
        raise RequestError(f"pretrained {name!r}: not shipped.{hparams.nearest(name, names)}")
    return PRETRAINED / name


def local(path):
    """Returns a path with ~ and ~user as the home folders they stand for.

    Raises:
        RequestError: it lies elsewhere (gs://…, s3://…, hdfs://…).
    """
    if path and "://" in str(path):
        raise RequestError(f"{path}: only paths on this machine are read and written; mount it, or "
                           "copy it here.")
    return os.path.expanduser(path) if path else path


def absolute(path):
    """Returns a local path in full; the empty one as it is."""
    return os.path.abspath(local(path)) if path else path


def reference(name):
    """Returns the absolute path of a run's folder, or another name as it is.

    So that what a run refers to is found from whichever folder it is resumed or evaluated.
    """
    path = absolute(name)
    return path if name and os.path.isdir(path) else name


def dataset(name):
    """Returns the absolute path of a folder of one's own pictures, or a TFDS name as it is.

    A name that is both is TFDS's, and a line says so: the folder can be written as ./name.
    """
    found = reference(name)
    if found != name and not name.startswith(("/", ".", "~")) and _is_tfds(name):
        print(f"--dataset={name}: the TFDS data set of that name is used, not the folder {found}; "
              f"for that write --dataset=./{name}", flush=True)
        return name
    return found


def _is_tfds(name):
    family, _, config = name.partition("/")
    if (_OWN_DATA_SETS / family).is_dir():
        return True
    import tensorflow_datasets as tfds  # Takes seconds; only a name that is a folder too needs it.
    if family not in tfds.list_builders(with_community_datasets=False):
        return False
    return not config or config in tfds.builder_cls(family).builder_configs


def run_folder(reference, flag):
    """Returns the folder of a run given as the path of its workdir or as a shipped name.

    Args:
        reference: path or name.
        flag: the flag that it came from, for errors.

    Raises:
        RequestError: neither.
    """
    path = pathlib.Path(local(reference))
    if path.is_dir():
        return path
    if (PRETRAINED / reference).is_dir():
        return PRETRAINED / reference
    raise RequestError(f"{flag}={reference}: neither a workdir nor a name under pretrained/.")
