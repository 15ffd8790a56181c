import pytest

from zoo.core import flagfiles
from zoo.errors import RequestError


@pytest.fixture
def nested(tmp_path):
    """configs/outer.flags -> configs/more/inner.flags -> configs/base.flags."""
    (tmp_path / "configs" / "more").mkdir(parents=True)
    for name, text in {
            "outer.flags": "# First.\n--a=1\n--flagfile=more/inner.flags\n\n--a=4\n",
            "more/inner.flags": "--flagfile ../base.flags\n// Second.\n--a=3\n",
            "base.flags": "  --a=2\n"}.items():
        (tmp_path / "configs" / name).write_text(text.replace("flagfile ", "flagfile="))
    return tmp_path / "configs"


@pytest.mark.parametrize("folder", [".", "more", ".."])
def test_files_find_each_other_from_any_folder(nested, monkeypatch, folder):
    monkeypatch.chdir(nested / folder)
    assert flagfiles.expand(["tool", f"--flagfile={nested}/outer.flags", "--a=5"]) == [
        "tool", "--a=1", "--a=2", "--a=3", "--a=4", "--a=5"]


def test_the_current_folder_comes_second(nested, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (nested / "outer.flags").write_text("--flagfile=configs/base.flags\n")
    assert flagfiles.expand(["--flagfile=configs/outer.flags"]) == ["--a=2"]


@pytest.mark.parametrize("arguments", [
    ["--flagfile=~/base.flags"], ["-flagfile=~/base.flags"], ["--flagfile", "~/base.flags"]])
def test_every_way_to_write_it_and_a_short_home(nested, monkeypatch, arguments):
    monkeypatch.setenv("HOME", str(nested))
    assert flagfiles.expand(arguments) == ["--a=2"]


def test_what_follows_a_double_dash_is_left_alone():
    assert flagfiles.expand(["--", "--flagfile=nowhere"]) == ["--", "--flagfile=nowhere"]


@pytest.mark.parametrize("content, told", [
    (None, "cannot be read .No such file"), (b"\xff\xfe", "cannot be read .not UTF-8"),
    (b"--flagfile=own.flags", "includes itself")])
def test_what_cannot_be_read_is_one_line(tmp_path, content, told):
    if content:
        (tmp_path / "own.flags").write_bytes(content)
    with pytest.raises(RequestError, match=f"--flagfile=.*own.flags: {told}"):
        flagfiles.expand([f"--flagfile={tmp_path}/own.flags"])
