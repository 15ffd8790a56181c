"""Folders of shipped runs: their manifest, checksums, and weights that several have in common."""

import dataclasses
import hashlib
import json
import pathlib

from zoo.core import locate
from zoo.errors import RequestError

MANIFEST = "manifest.json"
_REFERENCE = ".ref"  # In the place of a file that another shipped run has too.


@dataclasses.dataclass(frozen=True)
class Shipped:
    """What is shipped under a name."""

    name: str
    family: str  # For instance "text_to_image".
    licence: str  # Of the weights and of what they make.
    size: int  # Bytes.
    metrics: dict  # `{metric: {"value": float, "low": float, "high": float}}`, on the test split.


def summaries():
    """Returns a list of `Shipped`, one for each run under `pretrained/`."""
    found = []
    for path in sorted(locate.PRETRAINED.glob(f"*/{MANIFEST}")):
        manifest = json.loads(path.read_text())
        evaluation = manifest["evaluation"]
        size = sum(weights_file(path.parent / name.removesuffix(_REFERENCE)).stat().st_size
                   for name in manifest["sha256"])
        found.append(Shipped(manifest["name"], evaluation["model"].split("/")[0],
                             manifest["licence"], size, evaluation["metrics"]))
    return found


def sha256(path):
    """Returns the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def weights_file(path):
    """Returns a file's path, or where it lies if the folder has a reference in its place.

    Raises:
        RequestError: what it refers to is not shipped, or was changed.
    """
    reference = path.with_name(path.name + _REFERENCE)
    if path.exists() or not reference.exists():
        return path
    other = json.loads(reference.read_text())
    found = weights_file(locate.pretrained(other["run"]) / other["file"])
    if not found.exists() or sha256(found) != other["sha256"]:
        raise RequestError(f"{found}: does not match the SHA-256 in {reference}; restore the file "
                           "from the repository.")
    return found


def refer(folder, but_not_to):
    """Replaces weights that another shipped run has too by references to them.

    Args:
        folder: path of what is to be shipped.
        but_not_to: path of the shipped run whose place it takes.
    """
    known = {sha256(path): path for path in sorted(locate.PRETRAINED.glob("*/*.npz"))
             if path.parent not in (folder, but_not_to)}
    for path in folder.glob("*.npz"):
        digest = sha256(path)
        if digest in known:
            path.with_name(path.name + _REFERENCE).write_text(json.dumps(
                {"run": known[digest].parent.name, "file": known[digest].name,
                 "sha256": digest}) + "\n")
            path.unlink()


def checksums(folder):
    """Returns `{file name: SHA-256}` of a folder's files, the manifest left out."""
    return {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}


def check_files(folder):
    """Compares the files of a shipped run with its manifest, and returns the manifest.

    Raises:
        RequestError: a file is missing or was changed.
    """
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    for name, expected in manifest["sha256"].items():
        path = folder / name
        if not path.exists() or sha256(path) != expected:
            raise RequestError(f"{path}: does not match the SHA-256 in {MANIFEST}; "
                               "restore the file from the repository.")
    return manifest
