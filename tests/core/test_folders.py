import pathlib

import pytest

from zoo.core import folders
from zoo.errors import RequestError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def make(path, flag="--out", content="new", **marker):
    with folders.replacing(path, flag, **marker) as partial:
        assert not path.exists() or not (path / "file").exists() or content == "again"
        (partial / "file").write_text(content)


def test_a_new_folder_appears_whole(tmp_path):
    make(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "file").read_text() == "new"
    assert names(tmp_path / "a") == ["b"]


def test_what_was_made_here_is_replaced(tmp_path):
    make(tmp_path / "out")
    (tmp_path / "out" / "stale").touch()
    make(tmp_path / "out", content="again")
    assert (tmp_path / "out" / "file").read_text() == "again"
    assert names(tmp_path / "out") == [".made_by_zoo", "file"] and names(tmp_path) == ["out"]


@pytest.mark.parametrize("theirs, marker", [
    ("thesis.txt", folders.MARKER), ("manifest.jsn", "manifest.json"), (folders.MARKER, None)])
def test_a_folder_of_others_is_never_touched(tmp_path, theirs, marker):
    folder = tmp_path / "out"
    folder.mkdir()
    for name in (theirs, "more.txt"):
        (folder / name).write_text("years of work")
    with pytest.raises(RequestError, match="--out=.*out: exists already, a folder with other"):
        make(folder, marker=marker)
    assert names(folder) == sorted([theirs, "more.txt"]) and names(tmp_path) == ["out"]


def test_a_file_is_never_touched(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(RequestError, match="exists already, not a folder"):
        make(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_marker_of_one_s_own_allows_replacing(tmp_path):
    (tmp_path / "out").mkdir()
    for name in ("manifest.json", "stale"):
        (tmp_path / "out" / name).touch()
    make(tmp_path / "out", marker="manifest.json")
    assert names(tmp_path / "out") == ["file"]


@pytest.mark.parametrize("around", [".DS_Store", "lost+found", "train.log", "slurm-7.out"])
def test_what_systems_leave_does_not_count_and_stays(tmp_path, around):
    (tmp_path / around).touch()
    make(tmp_path)
    assert names(tmp_path) == sorted([".made_by_zoo", around, "file"])


def test_an_empty_folder_is_filled_and_not_exchanged(tmp_path, monkeypatch):
    folder = tmp_path / "mounted"  # A mount point, or the current folder, cannot be renamed.
    folder.mkdir()
    before = folder.stat().st_ino
    make(folder)
    assert folder.stat().st_ino == before and names(folder) == [".made_by_zoo", "file"]
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    make(pathlib.Path("."))
    assert names(tmp_path / "here") == [".made_by_zoo", "file"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    for content in ("new", "again"):
        make(tmp_path / "out", content=content)
        assert (tmp_path / "out").is_symlink()
        assert (tmp_path / "disk" / "file").read_text() == content


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("earlier", [False, True])
def test_a_block_that_fails_leaves_all_as_it_was(tmp_path, error, earlier):
    if earlier:
        make(tmp_path / "out")
    with pytest.raises(error):
        with folders.replacing(tmp_path / "out", "--out") as partial:
            (partial / "file").write_text("half")
            raise error
    assert names(tmp_path) == earlier * ["out"]
    assert not earlier or (tmp_path / "out" / "file").read_text() == "new"


def test_what_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match="--out=.*file/out: cannot be written .Not a dir"):
        make(tmp_path / "file" / "out")


def test_a_claimed_folder_is_ours(tmp_path):
    folder = tmp_path / "out"
    folders.claim(folder, "--out")
    (folder / "eval.json").touch()
    folders.claim(folder, "--out")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "eval.json").write_text("years of work")
    with pytest.raises(RequestError, match="a folder with other files; name a new folder"):
        folders.claim(tmp_path / "theirs", "--out")
    assert names(tmp_path / "theirs") == ["eval.json"]
