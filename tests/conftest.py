"""Two logical CPUs for every test, a clean global state after each, and a small data set."""

import keras
import pytest
import tensorflow as tf

pytest.register_assert_rewrite("tests.conformance", "tests.helpers")

# Before TensorFlow starts: replicas are tested on two halves of the one CPU, on any machine.
tf.config.set_visible_devices([], "GPU")
_CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(_CPU, 2 * [tf.config.LogicalDeviceConfiguration()])

# Pictures of the small data set, by split; enough for a batch, a sheet and an evaluation.
_NUM_PICTURES = {"train": 48, "validation": 8, "test": 24, "lines_only": 1}


@pytest.fixture(autouse=True)
def global_state():
    """Every test starts from seed 0 and float32, whatever the one before it set."""
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """TFDS root in which `openmoji/64` is prepared with a few of its pictures."""
    from zoo.datasets.openmoji import openmoji_dataset_builder, splits
    few = {}
    for name, count in _NUM_PICTURES.items():
        of_split = [code for code, split in splits.split_of_each().items() if split == name]
        few |= dict.fromkeys(of_split[:count], name)
    root = tmp_path_factory.mktemp("tensorflow_datasets")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(openmoji_dataset_builder, "split_of_each", lambda: few)
        builder = openmoji_dataset_builder.Builder(
            config="64", data_dir=root, file_format="array_record")
        builder.download_and_prepare()
    return root
