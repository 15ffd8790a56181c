"""What `tools/publish.py` replaces, and what it never touches."""

import pytest

from zoo.core import locate, shipping
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """Publishes an evaluated run, which is not looked into, beside somebody's own folder."""
    workdir = Workdir(tmp_path / "run")
    workdir.path.mkdir()
    workdir.evaluation_file.write_text("{}")
    (tmp_path / "pretrained" / "mine").mkdir(parents=True)
    (tmp_path / "pretrained" / "mine" / "thesis.txt").write_text("years of work")
    monkeypatch.setattr(locate, "PRETRAINED", tmp_path / "pretrained")
    monkeypatch.setattr(shipping.runs, "load_run", lambda path, registry: (None, None))
    return lambda name: shipping.publish(workdir.path, shipping.Facts(
        name, "python …", 0.1, "CPU", "CC0-1.0", "Tests.", "None."), {})


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name, told", [
    ("..", "must be a plain name"), (".", "must be a plain name"), ("a/b", "must be a plain name"),
    ("../run", "must be a plain name"), ("", "must be a plain name"),
    ("mine", "mine: exists already, a folder with other")])
def test_no_folder_of_somebody_else_is_replaced(tmp_path, publish, name, told):
    before = files(tmp_path)
    with pytest.raises(RequestError, match=f"--name.*{told}"):
        publish(name)
    assert files(tmp_path) == before
