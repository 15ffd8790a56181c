"""A short version of tests/kill_and_resume.py; run that by hand for twenty kills."""

import shutil

import pytest

from tests import kill_and_resume
from zoo.core.workdir import Workdir


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory, data_dir):
    folder = tmp_path_factory.mktemp("kill_and_resume")
    problems = kill_and_resume.kill_and_resume(folder, data_dir, kills=1, num_steps=40, seed=1)
    return folder, problems


def test_a_killed_and_resumed_run_equals_an_undisturbed_one(killed_once):
    folder, problems = killed_once
    assert problems == []
    assert len(Workdir(folder / "killed").metrics_file.read_text().splitlines()) == 40


def test_the_comparison_sees_a_difference(killed_once, tmp_path):
    folder, _ = killed_once
    shutil.copytree(folder / "killed", tmp_path / "changed")
    straight, changed = Workdir(folder / "straight"), Workdir(tmp_path / "changed")
    with changed.metrics_file.open("a") as file:
        file.write("\n")
    shutil.rmtree(changed.checkpoints / "00000040")
    (changed.checkpoints / "00000039").rename(changed.checkpoints / "00000040")
    found = kill_and_resume.differences(straight, changed)
    assert "metrics.jsonl differs" in found
    for part in ("model", "generator_optimizer", "discriminator_optimizer"):
        assert any(line.startswith(part) for line in found), part
