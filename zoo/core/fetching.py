"""Shipped runs that lie elsewhere: in a folder, in a .zip file, behind https:// or hf://."""

import contextlib
import pathlib
import tempfile
import urllib.parse
import zipfile

from zoo import extras
from zoo.core import locate, shipped
from zoo.errors import RequestError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")  # The only hosts that http:// is good enough for.


@contextlib.contextmanager
def opened(reference, sha256=None):
    """Yields the folder of a shipped run, wherever it lies; what was unpacked goes afterwards.

    Args:
        reference: name under `pretrained/`, or path of a folder or of a .zip file of one, or
            "https://…/run.zip", or "hf://owner/repository[@revision]" of Hugging Face.
        sha256: in hexadecimal, of the .zip file, or of `manifest.json`, which holds those of all
            other files. Required for what comes over the network.

    Raises:
        RequestError: nothing there, no checksum or another one.
    """
    scheme = urllib.parse.urlsplit(reference).scheme
    if "://" in reference and not sha256:
        raise RequestError(f"{reference}: give its sha256 too, so that nothing else is loaded.")
    if scheme == "hf":
        yield _checked(_hugging_face(reference), shipped.MANIFEST, sha256)
    elif "://" in reference:
        with _unpacked(_downloaded(reference, sha256), sha256) as folder:
            yield folder
    elif reference.endswith(".zip"):
        with _unpacked(pathlib.Path(locate.local(reference)), sha256) as folder:
            yield folder
    else:
        path = pathlib.Path(locate.local(reference))
        is_path = (path / shipped.MANIFEST).is_file()
        yield _checked(path if is_path else locate.pretrained(reference), shipped.MANIFEST, sha256)


def _checked(folder, name, sha256):
    path = folder / name
    if not path.is_file():
        raise RequestError(f"{path}: there is no such file.")
    if sha256 and shipped.sha256(path) != sha256.lower():
        raise RequestError(f"{path}: its SHA-256 is {shipped.sha256(path)}, not {sha256}.")
    return folder


def _downloaded(url, sha256):
    """Returns the path of a file in Keras's cache, downloaded unless it is there already."""
    import keras
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and (parts.scheme, parts.hostname in _LOOPBACK) != ("http", True):
        raise RequestError(f"{url}: only https:// and hf:// are read over the network.")
    try:
        return pathlib.Path(keras.utils.get_file(
            f"{sha256.lower()}.zip", url, file_hash=sha256.lower(), hash_algorithm="sha256",
            cache_subdir="conditional-zoo"))
    except ValueError as error:  # Another checksum than that.
        raise RequestError(f"{url}: {error}") from None
    except Exception as error:  # Keras raises a bare one, whatever it was.
        raise RequestError(f"{url}: cannot be downloaded ({error}).") from error


def _hugging_face(reference):
    with extras.needed("hub"):
        import huggingface_hub
    repository, _, revision = reference.removeprefix("hf://").partition("@")
    try:
        return pathlib.Path(huggingface_hub.snapshot_download(
            repository, revision=revision or None))
    except (OSError, ValueError) as error:  # Theirs are kinds of these two.
        reason = str(error).strip().splitlines()[0]
        raise RequestError(f"{reference}: cannot be downloaded ({reason}).") from error


@contextlib.contextmanager
def _unpacked(path, sha256):
    _checked(path.parent, path.name, sha256)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(scratch)
        except zipfile.BadZipFile as error:
            raise RequestError(f"{path}: is no .zip file ({error}).") from None
        found = [manifest.parent for pattern in ("", "*/")
                 for manifest in pathlib.Path(scratch).glob(pattern + shipped.MANIFEST)]
        if len(found) != 1:
            raise RequestError(f"{path}: holds no shipped run; one {shipped.MANIFEST} must be in "
                               "it, at the top or in one folder.")
        yield found[0]
