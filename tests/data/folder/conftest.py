"""Where the folders and what is prepared of them lie."""

import pytest


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "tfds"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "pictures"
