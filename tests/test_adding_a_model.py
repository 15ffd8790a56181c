"""docs/adding_a_model.md does what it says: its family is made, trained, measured and served."""

import dataclasses
import pathlib
import re
import sys

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from tests import helpers, test_imports
from zoo.core import evaluator, export, flagfiles, runs, trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RequestError
from zoo.registry import Registry

_PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "adding_a_model.md"
_BLOCK = re.compile(r"^```(?:python)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def page():
    """The page's files by name, and the registry line."""
    blocks = _BLOCK.findall(_PAGE.read_text(encoding="utf-8"))
    files = {block.split("\n")[0].removeprefix("# "): block.partition("\n")[2]
             for block in blocks if block.startswith("# ")}
    line, = (block for block in blocks if not block.startswith("# "))
    return files, line


@pytest.fixture(scope="module")
def registry(page, tmp_path_factory):
    """The family as a package of its own, `super_resolution`, beside zoo."""
    root = tmp_path_factory.mktemp("family")
    files, line = page
    for name, text in files.items():
        path = root / name.removeprefix("zoo/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("zoo.super_resolution", "super_resolution"))
    (name, target), = re.findall(r'"(.+?)": "zoo\.(.+?)"', line)
    sys.path.insert(0, str(root))
    yield Registry({name: target})
    sys.path.remove(str(root))


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    for index in range(16):
        path = folder / "own" / ("red_square", "blue_disc")[index % 2] / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(random.integers(0, 256, (16, 16, 3), np.uint8)).save(path)
    return Settings(
        model="super_resolution/srgan", dataset=str(folder / "own"), data_dir=str(folder / "kept"),
        workdir=str(folder / "run"), batch_size=4, num_steps=2, log_every=1, sample_every=2,
        hparams={"image_size": "16", "base_channels": "4"})


@pytest.fixture(scope="module")
def run(registry, settings):
    trainer.train(settings, registry)
    return Workdir(settings.workdir)


def test_the_files_keep_the_import_rules(page, monkeypatch):
    monkeypatch.setitem(test_imports.ALLOWED, "super_resolution",
                        test_imports.ALLOWED["image_to_image"])
    monkeypatch.setitem(test_imports.ALLOWED, "registry", {"super_resolution.experiment", "core"})
    files, line = page
    assert not test_imports.violations("zoo/registry.py", "x = {" + line + "}")
    for name, text in files.items():
        if name.endswith(".py"):
            assert not test_imports.violations(name, text)
            assert all(len(row) <= 100 for row in text.split("\n")), name


def test_hyperparameters_are_checked_early(registry):
    registry.check("super_resolution/srgan", {"factor": "2"})
    with pytest.raises(RequestError, match="factor=3: must be at least 2 and divide"):
        registry.check("super_resolution/srgan", {"factor": "3"})


def test_the_config_is_read(page, tmp_path):
    (name, text), = ((n, t) for n, t in page[0].items() if n.endswith(".flags"))
    (tmp_path / "own.flags").write_text(text)
    assert "--model=super_resolution/srgan" in flagfiles.expand([f"--flagfile={tmp_path}/own.flags"])


def test_it_trains_and_resumes(run, registry, settings):
    first = runs.load_run(run.path, registry)[1]
    assert int(first.step) == 2 and list((run.path / "samples").glob("*.png"))
    with helpers.without_graphs():
        trainer.train(dataclasses.replace(settings, num_steps=3), registry)
    assert int(runs.load_run(run.path, registry)[1].step) == 3


def test_it_is_measured_sampled_and_served(run, registry, tmp_path):
    results = evaluator.evaluate(run.path, registry, "test", None, seed=0, scratch=run)
    assert results["metrics"]["psnr_db"]["value"] > 5
    experiment, model = runs.load_run(run.path, registry)
    assert model.sample(np.zeros((2, 4, 4, 3), np.uint8)).shape == (2, 16, 16, 3)
    source = tmp_path / "small.png"
    PIL.Image.fromarray(np.full((3, 5, 3), 128, np.uint8)).save(source)

    class Request:
        pass

    Request.source = str(tmp_path / "none.png")
    with pytest.raises(RequestError, match="name a picture"):
        experiment.check_sample(Request)
    Request.source = str(source)
    experiment.check_sample(Request)
    png = experiment.sample(model, Request)
    assert tf.io.decode_png(png).shape == (12, 20, 3)
    module = experiment.serving_module(model)
    export.export(module, tmp_path / "exported", module.check_inputs())
    served = tf.saved_model.load(str(tmp_path / "exported")).signatures["serving_default"]
    out = served(source_bytes=tf.constant([source.read_bytes()]))
    assert out["png_bytes"][0].numpy() == png
