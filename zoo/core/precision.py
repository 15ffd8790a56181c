"""The dtype policy that a precision means on this machine."""

import contextlib
import pathlib

import keras
import tensorflow as tf

_CPU_INFO = pathlib.Path("/proc/cpuinfo")
# What oneDNN asks of a CPU, x86 or ARM, before it computes in bfloat16. Elsewhere TensorFlow falls
# back to scalar code for the gradients of convolutions: 2.7 GFLOP/s on a core of Zen 3 that does
# 60 to 80 in float32.
_BFLOAT16_FLAGS = {"avx512f", "bf16"}


@contextlib.contextmanager
def float32():
    """Inside the block networks are built in float32; after it in the caller's policy again."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def policy_for(precision):
    """Returns the name of the Keras dtype policy to train with, and says so where it is another.

    Args:
        precision: what was asked for, see `Settings.precision`.

    Returns:
        "float32" in the place of "mixed_bfloat16" where there is no GPU and the CPU is known not to
        compute in bfloat16, where it would take many times as long; otherwise `precision`.
    """
    if precision != "mixed_bfloat16" or tf.config.get_visible_devices("GPU"):
        return precision
    if not _CPU_INFO.exists() or _BFLOAT16_FLAGS & set(_CPU_INFO.read_text().split()):
        return precision
    print("this CPU has no bfloat16 arithmetic: computing in float32 instead", flush=True)
    return "float32"
