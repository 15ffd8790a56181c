"""Two logical CPUs for every test, a clean global state after each, and a small data set."""

import keras
import pytest
import tensorflow as tf

pytest.register_assert_rewrite("tests.conformance")

# Before TensorFlow starts: replicas are tested on two halves of the one CPU.
_CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(_CPU, 2 * [tf.config.LogicalDeviceConfiguration()])


@pytest.fixture(autouse=True)
def global_state():
    """Every test starts from seed 0 and float32, whatever the one before it set."""
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")
