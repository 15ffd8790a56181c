import dataclasses
import errno
import fcntl
import json
import subprocess
import sys

import pytest

from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


@pytest.fixture
def workdir(tmp_path):
    return Workdir(tmp_path / "runs" / "one")


@pytest.fixture
def settings():
    return Settings(model="f/v", hparams={"size": "8"})


def test_a_new_folder_records_its_settings(workdir, settings):
    assert not workdir.exists()
    workdir.open(settings)
    assert workdir.exists() and workdir.settings() == settings
    assert [path.name for path in workdir.path.iterdir()] == ["resolved.flags"]


def test_an_empty_folder_is_as_good_as_a_new_one(workdir, settings):
    workdir.path.mkdir(parents=True)
    workdir.open(settings)
    assert workdir.exists()


def test_the_same_run_is_opened_again_and_records_its_new_length(workdir, settings):
    workdir.open(settings)
    workdir.metrics_file.write_text("kept")
    workdir.open(dataclasses.replace(settings, num_steps=77))
    assert workdir.settings().num_steps == 77
    assert workdir.metrics_file.read_text() == "kept"


def test_other_settings_are_refused_and_all_listed(workdir, settings):
    workdir.open(settings)
    other = dataclasses.replace(settings, model="f/w", hparams={"size": "16"})
    with pytest.raises(RequestError) as error:
        workdir.open(other)
    for part in (str(workdir.path), "model: f/v -> f/w", "hparam size: 8 -> 16", "--overwrite"):
        assert part in str(error.value)
    assert workdir.settings() == settings


def test_overwrite_starts_again_with_nothing_left(workdir, settings):
    workdir.open(settings)
    workdir.checkpoints.mkdir()
    workdir.open(dataclasses.replace(settings, model="f/w", overwrite=True))
    assert workdir.settings().model == "f/w"
    assert [path.name for path in workdir.path.iterdir()] == ["resolved.flags"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_is_no_run_is_never_touched(workdir, settings, overwrite):
    workdir.path.mkdir(parents=True)
    (workdir.path / "thesis.txt").write_text("years of work")
    with pytest.raises(RequestError, match="not empty and not a run; choose another --workdir"):
        workdir.open(dataclasses.replace(settings, overwrite=overwrite))
    assert [path.name for path in workdir.path.iterdir()] == ["thesis.txt"]


def test_what_a_killed_process_has_left_goes(workdir, settings):
    workdir.open(settings)
    partial = workdir.path / f"partial_{32 * 'a'}_text_encoder.npz"
    for path in (partial, workdir.path / "partial_report.npz"):
        path.write_text("half")
    workdir.open(settings)
    assert sorted(path.name for path in workdir.path.iterdir()) == [
        "partial_report.npz", "resolved.flags"]


@pytest.mark.parametrize("name", ["train.log", "nohup.out", ".DS_Store", "lost+found"])
def test_logs_and_what_systems_make_are_nobody_s_run(workdir, settings, name):
    (workdir.path / name).mkdir(parents=True)
    workdir.open(settings)
    assert workdir.settings() == settings
    workdir.open(dataclasses.replace(settings, model="f/w", overwrite=True))
    assert (workdir.path / name).exists()


def test_a_file_system_without_locks_is_one_line(workdir, monkeypatch, capsys):
    def refuse(*args):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with workdir.locked():
        pass
    assert capsys.readouterr().out == (
        f"{workdir.path}: cannot be locked here (No locks available); see that no other process "
        "trains in it at the same time\n")


def test_a_process_killed_while_recording_its_settings_can_start_again(workdir, settings):
    workdir.path.mkdir(parents=True)
    (workdir.path / "resolved.flags.partial").write_text("--model=f")
    workdir.open(settings)
    assert workdir.settings() == settings


@pytest.mark.parametrize("below", ["", "run"])
def test_a_folder_that_cannot_be_made_is_a_wrong_request(tmp_path, settings, below):
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="--workdir=.*file.*: cannot be written"):
        Workdir(tmp_path / "file" / below).open(settings)


def test_a_second_process_is_refused_until_the_first_has_ended(workdir):
    code = ("import sys, zoo.core.workdir as w\n"
            "with w.Workdir(sys.argv[1]).locked():\n    print('locked', flush=True); input()")
    with subprocess.Popen([sys.executable, "-c", code, str(workdir.path)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout.readline() == "locked\n"
        with pytest.raises(RequestError, match="another process is training here"):
            with workdir.locked():
                pass
        first.kill()
    with workdir.locked():
        assert not list(workdir.path.iterdir())


def test_reading_a_folder_without_a_run_says_what_is_missing(workdir):
    with pytest.raises(RequestError, match="no run here .no resolved.flags"):
        workdir.settings()


def test_the_home_folder_may_be_short(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Workdir("~/run").path == tmp_path / "run"


def lines(*steps):
    return "".join(json.dumps({"step": step, "g_loss": 0.5}) + "\n" for step in steps)


@pytest.mark.parametrize("content, kept", [
    (lines(2, 4, 6, 8), lines(2, 4)),
    (lines(2, 4), lines(2, 4)),
    (lines(2, 4) + '{"step": 6, "g_lo', lines(2, 4)),
    (lines(2) + lines(4)[:-1], lines(2, 4)),
    (lines(2) + lines(4)[:-2], lines(2)),
    (lines(6), ""),
    ("", "")])
def test_records_after_the_restored_step_are_dropped(workdir, settings, content, kept):
    workdir.open(settings)
    for file in (workdir.metrics_file, workdir.evaluations_file):
        file.write_text(content)
    workdir.trim_records(4)
    assert workdir.metrics_file.read_text() == workdir.evaluations_file.read_text() == kept


def test_no_records_need_no_trimming(workdir, settings):
    workdir.open(settings)
    workdir.trim_records(4)
    assert not workdir.metrics_file.exists()


def test_results_and_card_are_written(workdir, settings):
    workdir.open(settings)
    workdir.write_evaluation({"metrics": {"a": 1.0}})
    workdir.write_model_card("# Card\n")
    assert json.loads(workdir.evaluation_file.read_text()) == {"metrics": {"a": 1.0}}
    assert workdir.model_card.read_text() == "# Card\n"
    assert not list(workdir.path.glob("*.partial"))
