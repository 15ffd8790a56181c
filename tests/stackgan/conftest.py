"""Two small finished runs: a Stage I, and a Stage II that trains its own Stage I first."""

import pytest

from tests import helpers
from tests.stackgan import small
from zoo.core import trainer
from zoo.core.workdir import Workdir
from zoo.registry import REGISTRY


@pytest.fixture(scope="session")
def stage_one(tmp_path_factory, data_dir):
    workdir = Workdir(tmp_path_factory.mktemp("stackgan") / "stage_one")
    trainer.train(small.settings(
        data_dir, workdir.path, "stackgan/stage_one", small.STAGE_ONE), REGISTRY)
    return workdir


@pytest.fixture(scope="session")
def stage_two(tmp_path_factory, data_dir):
    workdir = Workdir(tmp_path_factory.mktemp("stackgan") / "stage_two")
    with helpers.without_graphs():
        trainer.train(small.settings(
            data_dir, workdir.path, "stackgan/stage_two", small.STAGE_TWO | small.FIRST,
            sample_every=2), REGISTRY)
    return workdir
