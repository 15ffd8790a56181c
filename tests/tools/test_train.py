"""From flags to a run's folder: new, resumed, finished, overwritten, refused, diverged."""

import dataclasses
import json
import pathlib
import shutil

import pytest
from absl.testing import flagsaver

from tests import helpers
from zoo.core import trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RequestError, RunFailed
from zoo.registry import REGISTRY

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
MODEL = "--model=text_image_matching/contrastive"
HPARAMS = {"image_size": "16", "image_channels": "4,6", "embedding_dim": "4", "units": "3",
           "output_dim": "6"}


@pytest.fixture(scope="module")
def cli(train_tool):
    return train_tool.cli


@pytest.fixture
def parse(cli):
    def settings(*arguments):
        with flagsaver.flagsaver():
            cli.parse(["train.py", *arguments])
            return cli.settings()
    return settings


@pytest.fixture(scope="module")
def settings(data_dir):
    return Settings(model="text_image_matching/contrastive", data_dir=str(data_dir), batch_size=8,
                    seed=2**31 - 1, num_steps=4, log_every=2, checkpoint_every=2, eval_every=4,
                    sample_every=2, hparams=HPARAMS)


@pytest.fixture(scope="module")
def finished(settings, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "finished"
    trainer.train(dataclasses.replace(settings, workdir=str(path)), REGISTRY)
    return path


@pytest.fixture
def run(finished, tmp_path):
    """A copy of the finished run, to be changed."""
    shutil.copytree(finished, tmp_path / "run")
    return Workdir(tmp_path / "run")


@pytest.fixture
def train(run, settings):
    def again(**changes):
        with helpers.without_graphs():
            trainer.train(
                dataclasses.replace(settings, workdir=str(run.path), **changes), REGISTRY)
    return again


def steps_of(file):
    return [json.loads(line)["step"] for line in file.read_text().splitlines()]


def content(workdir):
    return {path: path.read_bytes() for path in workdir.path.rglob("*")
            if path.is_file() and path != workdir.settings_file}


def test_flags_are_the_settings(parse):
    got = parse(MODEL, "--num_steps=7", "--deterministic", "--strategy=mirrored",
                "--hparam=units=1", "--hparam=image_channels=4,6")
    assert got == Settings(model="text_image_matching/contrastive", num_steps=7,
                           deterministic=True, strategy="mirrored",
                           hparams={"units": "1", "image_channels": "4,6"})
    assert parse(MODEL) == Settings(model="text_image_matching/contrastive")


def test_what_comes_after_a_flagfile_wins(parse, tmp_path):
    (tmp_path / "base.flags").write_text(
        f"# A comment.\n{MODEL}\n--seed=1\n--hparam=units=1\n--hparam=output_dim=1\n")
    (tmp_path / "more.flags").write_text("--flagfile=base.flags\n--hparam=units=2\n")
    got = parse(f"--flagfile={tmp_path}/more.flags", "--seed=3", "--hparam=output_dim=3")
    assert (got.seed, dict(got.hparams)) == (3, {"units": "2", "output_dim": "3"})


def test_paths_may_begin_with_the_home_folder(parse, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    got = parse(MODEL, "--workdir=~/w", "--data_dir=~/d", "--init_from=~/i", "--dataset=~/p")
    assert (got.workdir, got.data_dir, got.init_from, got.dataset) == (
        "/home/me/w", "/home/me/d", "/home/me/i", "/home/me/p")


def test_a_hyperparameter_without_a_value_is_refused(parse):
    with pytest.raises(RequestError, match="--hparam=x: must be name=value"):
        parse("--hparam=x")


@pytest.mark.parametrize("config", sorted(TOOLS.parent.glob("configs/*/*.flags")),
                         ids=lambda path: path.stem)
def test_every_config_is_a_valid_request(parse, monkeypatch, config):
    monkeypatch.chdir(TOOLS.parent)
    got = parse(f"--flagfile={config}")
    experiment = REGISTRY[got.model](got)
    assert experiment.settings.hparams.keys() >= got.hparams.keys()
    assert config.read_text().startswith("# ")


def test_a_run_needs_a_workdir(settings):
    with pytest.raises(RequestError, match="--workdir is missing"):
        trainer.train(settings, REGISTRY)


def test_a_run_leaves_its_folder_complete(run):
    assert {path.name for path in run.path.iterdir()} >= {
        "resolved.flags", "checkpoints", "metrics.jsonl", "evaluations.jsonl", "tensorboard",
        "model_card.md", "vocabulary.txt"}
    assert sorted(path.name for path in run.checkpoints.iterdir()) == ["00000002", "00000004"]
    assert steps_of(run.metrics_file) == [2, 4]
    assert steps_of(run.evaluations_file) == [4]
    assert not list(run.path.rglob("*partial*"))


def test_a_run_records_every_hyperparameter(run):
    recorded = run.settings().hparams
    fields = dataclasses.fields(REGISTRY[run.settings().model].hparams_class)
    assert recorded.keys() == {field.name for field in fields}
    assert recorded.items() >= HPARAMS.items()


def test_a_finished_run_goes_on_to_more_steps(run, train):
    before = run.metrics_file.read_text()
    train(num_steps=6)
    assert run.metrics_file.read_text().startswith(before)
    assert steps_of(run.metrics_file) == [2, 4, 6]
    assert sorted(path.name for path in run.checkpoints.iterdir()) == [
        "00000002", "00000004", "00000006"]
    assert run.settings().num_steps == 6
    assert "6 steps" in run.model_card.read_text()


def test_a_finished_run_is_left_as_it_is(run, train):
    before = content(run)
    train()
    after = content(run)
    assert {path: after[path] for path in before if path.suffix != ".npz"} == {
        path: value for path, value in before.items() if path.suffix != ".npz"}


@pytest.mark.parametrize("changes, told", [
    ({"seed": 5}, [f"seed: {2**31 - 1} -> 5"]),
    ({"batch_size": 4, "hparams": {**HPARAMS, "units": "4"}},
     ["batch_size: 8 -> 4", "hparam units: 3 -> 4"])])
def test_a_run_with_other_settings_is_refused(run, train, changes, told):
    before = content(run)
    with pytest.raises(RequestError, match="other settings") as error:
        train(**changes)
    assert all(part in str(error.value) for part in told)
    assert content(run) == before


def test_a_folder_of_another_model_is_refused(run, train):
    with pytest.raises(RequestError, match=(
            "model: text_image_matching/contrastive -> text_to_image/df_gan")):
        train(model="text_to_image/df_gan", hparams={})


def test_overwriting_starts_again(run, train):
    train(overwrite=True, num_steps=1, seed=5, eval_every=0)
    assert steps_of(run.metrics_file) == [1]
    assert [path.name for path in run.checkpoints.iterdir()] == ["00000001"]
    assert not run.evaluations_file.exists()


def test_a_run_that_diverges_fails_and_names_its_last_good_checkpoint(run, train):
    hparams = {**HPARAMS, "learning_rate": "1e30"}
    with pytest.raises(RunFailed, match="not finite.*no checkpoint yet"):
        train(overwrite=True, hparams=hparams, checkpoint_every=3, log_every=1)
    assert not list(run.checkpoints.glob("[0-9]*"))


@pytest.mark.parametrize("watchdog, told", [
    (True, "step 4: .*loss.* not finite; lower the learning rates"),
    (False, "step 4: weight .* is not finite")])
def test_the_watchdog_has_a_switch_and_does_not_hang_on_what_is_logged(
        train, watchdog, told):
    with pytest.raises(RunFailed, match=told):
        train(overwrite=True, hparams={**HPARAMS, "learning_rate": "1e30"}, watchdog=watchdog,
              log_every=1000, checkpoint_every=1000)


def test_starting_from_a_run_of_other_sizes_names_what_differs(run, settings, tmp_path):
    before = content(run)
    with pytest.raises(RequestError) as error:
        trainer.train(dataclasses.replace(
            settings, workdir=str(tmp_path / "new"), init_from=str(run.path),
            hparams=HPARAMS | {"output_dim": "7"}), REGISTRY)
    message = str(error.value)
    assert f"--init_from={run.path}: " in message and "the checkpoint of another model" in message
    assert "hparam output_dim: 6 -> 7" in message
    assert "overwrite" not in message and "\n" not in message
    assert content(run) == before


@pytest.mark.parametrize("source, told", [
    ("nowhere", "--init_from=nowhere: neither a workdir nor a name"), ("{run}", "is --workdir"),
    ("{run}/tensorboard", "no run here")])
def test_a_run_to_start_from_is_looked_for_first_and_never_deleted(run, train, source, told):
    before = content(run)
    with pytest.raises(RequestError, match=told):
        train(overwrite=True, init_from=source.format(run=run.path))
    assert content(run) == before
