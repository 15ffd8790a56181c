import errno
import fcntl
import threading

import filelock
import pytest

from zoo.datasets import builders, locks


@pytest.fixture
def said(monkeypatch):
    """What is printed, and an event that is set then."""
    lines, event = [], threading.Event()

    def say(line, flush):
        lines.append(line)
        event.set()

    monkeypatch.setattr(locks, "print", say, raising=False)
    return lines, event


def test_one_process_waits_for_another_and_says_so(tmp_path, said):
    path, entered = tmp_path / "new" / "lock", threading.Event()
    path.parent.mkdir()
    lines, waiting = said

    def enter():
        with locks.one_at_a_time(path, "mnist") as alone:
            assert alone
            entered.set()

    with filelock.FileLock(path):
        thread = threading.Thread(target=enter)
        thread.start()
        assert waiting.wait(60) and not entered.is_set()
    thread.join(60)
    assert entered.is_set() and lines == ["another process prepares mnist: waiting for it"]


def test_without_another_nothing_is_said(tmp_path, said):
    for _ in range(2):
        with locks.one_at_a_time(tmp_path / "lock", "mnist") as alone:
            assert alone
    assert not said[0]


def test_a_file_system_without_locks_is_one_line(tmp_path, monkeypatch, said):
    def refuse(*args):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with locks.one_at_a_time(tmp_path / "lock", "mnist") as alone:
        assert not alone
    assert len(said[0]) == 1 and "has no locks; see that no other process" in said[0][0]


def test_an_error_within_is_not_taken_for_one_of_the_lock(tmp_path, said):
    with pytest.raises(OSError, match="No locks"):
        with locks.one_at_a_time(tmp_path / "lock", "mnist"):
            raise OSError(errno.ENOLCK, "No locks available")
    assert not said[0]


def test_what_another_process_has_prepared_meanwhile_is_used(data_dir, monkeypatch):
    with monkeypatch.context() as patch:  # As if it had begun before the other was ready.
        patch.setattr(builders.tfds.core.DatasetInfo, "read_from_directory", lambda *_: None)
        builder = builders.find("openmoji/64", data_dir)
        assert not builder.info.splits
    answers = iter([False, True])
    monkeypatch.setattr(builder, "is_prepared", lambda: next(answers))
    monkeypatch.delattr(builder.__class__, "_generate_examples")
    builders.prepare(builder, "openmoji/64")
    builders.check_split(builder, "openmoji/64", "test")
