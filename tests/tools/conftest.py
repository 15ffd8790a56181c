"""tools/train.py in the process of the tests."""

import pathlib

import pytest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="session")
def train_tool():
    """The module; that it is imported defines its flags."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.syspath_prepend(str(TOOLS))
        import train
    return train
