import functools
import http.server
import shutil
import sys
import threading
import types

import keras
import pytest

from zoo.core import fetching, locate, shipped
from zoo.errors import RequestError

NAME = "dna_openmoji64"


@pytest.fixture
def zipped(tmp_path):
    """A shipped run as a .zip file with a folder inside, and its SHA-256."""
    path = shutil.make_archive(tmp_path / "run", "zip", locate.PRETRAINED, NAME)
    return tmp_path / "run.zip", shipped.sha256(path)


@pytest.fixture
def url(tmp_path, monkeypatch):
    """Address of a server of `tmp_path` on this machine; Keras keeps downloads apart from it."""
    monkeypatch.setattr(keras.utils, "get_file", functools.partial(
        keras.utils.get_file, cache_dir=str(tmp_path / "cache")))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def names(reference, sha256=None):
    with fetching.opened(reference, sha256) as folder:
        shipped.check_files(folder)
        return {path.name for path in folder.iterdir()}


def test_name_folder_zip_and_address_give_the_same_files(zipped, url):
    path, sha256 = zipped
    expected = {path.name for path in (locate.PRETRAINED / NAME).iterdir()}
    manifest = shipped.sha256(locate.PRETRAINED / NAME / "manifest.json")
    assert names(NAME) == names(NAME, manifest) == expected
    assert names(str(locate.PRETRAINED / NAME)) == expected
    assert names(str(path)) == names(str(path), sha256.upper()) == expected
    assert names(f"{url}/run.zip", sha256) == expected
    path.unlink()
    assert names(f"{url}/run.zip", sha256) == expected  # From the cache.


@pytest.mark.parametrize("reference, sha256, words", [
    ("{url}/run.zip", None, "give its sha256"), ("{url}/run.zip", "0" * 64, "run.zip"),
    ("{url}/other.zip", "0" * 64, "cannot be downloaded"),
    ("http://example.org/run.zip", "0" * 64, "only https"), ("ftp://h/r.zip", "0" * 64, "only htt"),
    ("{zip}", "0" * 64, "its SHA-256 is"), (NAME, "0" * 64, "its SHA-256 is"),
    ("{folder}/no.zip", None, "no such file"), ("{folder}/bad.zip", None, "is no .zip file"),
    ("{folder}/empty.zip", None, "holds no shipped run"), ("dna_openmoji46", None, NAME)])
def test_anything_else_is_refused_in_one_line(reference, sha256, words, zipped, url, tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    shutil.make_archive(tmp_path / "empty", "zip", tmp_path / "empty")
    reference = reference.format(url=url, zip=zipped[0], folder=tmp_path)
    with pytest.raises(RequestError, match=words) as error:
        names(reference, sha256)
    assert "\n" not in str(error.value)


def test_hugging_face_is_asked_for_the_revision(monkeypatch):
    asked = []
    module = types.ModuleType("huggingface_hub")
    module.snapshot_download = lambda repository, revision: asked.append(
        (repository, revision)) or str(locate.PRETRAINED / NAME)
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)
    manifest = shipped.sha256(locate.PRETRAINED / NAME / "manifest.json")
    assert "generator.npz" in names("hf://me/dna@v1", manifest)
    names("hf://me/dna", manifest)
    assert asked == [("me/dna", "v1"), ("me/dna", None)]
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(RequestError, match=r"conditional-zoo\[hub\]"):
        names("hf://me/dna", manifest)
