"""Two logical CPUs for every test, a clean global state after each, and a small data set."""

import collections
import gc

import keras
import pytest
import tensorflow as tf

pytest.register_assert_rewrite("tests.conformance", "tests.helpers")

from tests import few_pictures, helpers

# Before TensorFlow starts: replicas are tested on two halves of the one CPU, on any machine.
tf.config.set_visible_devices([], "GPU")
_CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(_CPU, 2 * [tf.config.LogicalDeviceConfiguration()])

# Files that share what one of them has made: models that are traced, runs that are trained.
_TOGETHER = {"tests/stackgan/test_stage_one.py": "tests/stackgan/test_end_to_end.py",
             "tests/test_fuzz_served.py": "tests/test_served_requests.py",
             "tests/test_serving_page.py": "tests/test_served_requests.py"}

# What is imported stays, and graphs are many small objects: seldom look through all of them.
gc.freeze()
gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(items):
    """Long files first, so that no process is left alone with one at the end.

    Those are the ones with the checks of a family, and then those of few tests: they train.
    """
    tests = collections.Counter(item.path for item in items)
    of_families = {item.path for item in items if hasattr(item.cls, "late")}
    items.sort(key=lambda item: (item.path not in of_families, tests[item.path], item.path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """`--dist loadfile` gives files of `_TOGETHER` to one process."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return _TOGETHER.get(file, file)

    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def global_state():
    """Every test starts from seed 0 and float32, whatever the one before it set."""
    helpers.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """TFDS root in which `openmoji/64` is prepared with a few of its pictures."""
    from zoo.datasets.openmoji import openmoji_dataset_builder
    few = few_pictures.split_of_each()
    root = tmp_path_factory.mktemp("tensorflow_datasets")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(openmoji_dataset_builder, "split_of_each", lambda: few)
        builder = openmoji_dataset_builder.Builder(
            config="64", data_dir=root, file_format="array_record")
        builder.download_and_prepare()
    return root
