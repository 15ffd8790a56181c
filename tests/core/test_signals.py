"""In processes of their own, which end."""

import signal
import subprocess
import sys

import pytest

_PROGRAM = """
import ctypes, pathlib, signal, sys, time
from zoo.core import signals
signals._GRACE = 0.2
def work():
    {work}
signals.watch()
with signals.ending():
    try:
        print("ready", flush=True)
        work()
    finally:
        pathlib.Path(sys.argv[1]).write_text("cleaned")
"""


def unignored():
    """Under `nohup make test &` the tests themselves were started to ignore some."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def stop(tmp_path, work, *numbers):
    """Sends signals to a program; returns (exit status, standard error, what it has written)."""
    file = tmp_path / "file"
    with subprocess.Popen(
            [sys.executable, "-c", _PROGRAM.format(work=work), str(file)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=unignored) as process:
        assert process.stdout.readline() == "ready\n"
        for number in numbers:
            process.send_signal(number)
        error = process.stderr.read()
        status = process.wait()
    return status, error, file.read_text() if file.exists() else ""


@pytest.mark.parametrize("number, status", [
    (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_is_one_line_and_what_is_under_way_cleans_up(tmp_path, number, status):
    got, error, written = stop(tmp_path, "time.sleep(60)", number)
    assert (got, written) == (status, "cleaned")
    assert len(error.splitlines()) == 1 and error.startswith(f"stopped by {number.name}; ")


def test_a_library_that_makes_a_failure_of_it_changes_nothing(tmp_path):
    # TensorFlow's `tf.int32.max` does so.
    work = "\n    ".join(["try:", "    time.sleep(60)", "except:",
                          "    raise TypeError('Cannot find maximum value')"])
    got, error, written = stop(tmp_path, work, signal.SIGTERM)
    assert (got, written) == (143, "cleaned")
    assert len(error.splitlines()) == 1 and error.startswith("stopped by SIGTERM; ")


def test_what_is_raised_where_nothing_can_be_is_not_told(tmp_path):
    work = "\n    ".join(["class Slow:", "    def __del__(self):", "        time.sleep(60)",
                          "Slow()", "time.sleep(60)"])
    got, error, _ = stop(tmp_path, work, signal.SIGTERM)
    assert got == 143
    assert len(error.splitlines()) == 1 and error.startswith("stopped by SIGTERM; ")


def test_failures_that_no_signal_has_caused_are_told(tmp_path):
    with subprocess.Popen(
            [sys.executable, "-c", _PROGRAM.format(work="raise ValueError('mine')"),
             str(tmp_path / "file")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True) as process:
        assert "ValueError: mine" in process.stderr.read()
    assert process.returncode == 1


def test_a_second_signal_does_not_interrupt_the_cleaning_up(tmp_path):
    work = "\n    ".join(["try:", "    time.sleep(60)", "finally:",
                          "    signal.raise_signal(signal.SIGINT)"])
    assert stop(tmp_path, work, signal.SIGINT)[::2] == (130, "cleaned")


@pytest.mark.parametrize("work", [
    # A lock taken twice: no line of Python is run any more, as in a wait for another worker.
    "lock = ctypes.CDLL(None).pthread_mutex_lock; mutex = bytes(64); lock(mutex); lock(mutex)",
    "\n    ".join(["while True:", "    try:", "        time.sleep(60)", "    except BaseException:",
                   "        pass"])])
def test_a_process_that_does_not_listen_ends_all_the_same(tmp_path, work):
    status, error, _ = stop(tmp_path, work, signal.SIGTERM)
    assert status == 143 and error.startswith("stopped by SIGTERM; ")


def test_signals_are_taken_back_from_a_library(tmp_path):
    work = ("signal.signal(signal.SIGTERM, lambda *_: None); signals.take_over(); "
            "signal.raise_signal(signal.SIGTERM); time.sleep(60)")
    assert stop(tmp_path, work)[0] == 143


def test_a_signal_that_is_ignored_stays_so(tmp_path):
    work = "signal.raise_signal(signal.SIGHUP)"
    program = ["import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)",
               _PROGRAM.format(work=work)]
    done = subprocess.run([sys.executable, "-c", "\n".join(program), str(tmp_path / "file")])
    assert done.returncode == 0 and (tmp_path / "file").read_text() == "cleaned"
