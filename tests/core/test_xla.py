"""Where a training step is compiled with XLA."""

import pytest
import tensorflow as tf

from zoo.core import xla
from zoo.core.settings import Settings
from zoo.errors import RequestError


@pytest.fixture(name="gpus", params=[0, 1])
def fixture_gpus(monkeypatch, request):
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: request.param * [kind])
    return request.param


def test_left_open_it_is_for_a_gpu_alone_and_says_so(gpus, capsys):
    assert xla.is_on(Settings()) == bool(gpus)
    assert capsys.readouterr().out.count("XLA") == gpus


@pytest.mark.parametrize("other", [
    {"strategy": "mirrored"}, {"strategy": "multi_worker"}, {"deterministic": True}])
def test_left_open_it_is_off_where_it_may_not_work(gpus, other):
    assert not xla.is_on(Settings(**other))


@pytest.mark.parametrize("asked", [True, False])
def test_what_was_asked_for_counts(gpus, asked):
    assert xla.is_on(Settings(jit_compile=asked)) == asked


def test_what_keras_would_leave_out_is_refused():
    Settings(jit_compile=False, deterministic=True)
    with pytest.raises(RequestError, match="--jit_compile and --deterministic"):
        Settings(jit_compile=True, deterministic=True)
