"""Times training steps of a config as often as it is told to; tools/benchmark.py starts it."""

import dataclasses
import os
import sys
import tempfile

import cli
from absl import flags

cli.define_settings()
flags.DEFINE_list("cores", [], "Numbers of the cores to keep to; empty: all.")
flags.DEFINE_integer("logical_cpus", 1, "Devices that the CPU is to be.", lower_bound=1)


def main(argv):
    del argv
    # What else is printed must not get among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if flags.FLAGS.cores:
        os.sched_setaffinity(0, map(int, flags.FLAGS.cores))  # TensorFlow takes as many threads.
    settings = cli.settings()
    cli.load_tensorflow()
    import tensorflow as tf
    cpu, *_ = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, flags.FLAGS.logical_cpus * [tf.config.LogicalDeviceConfiguration()])
    from zoo.benchmark import contender
    from zoo.registry import REGISTRY
    with tempfile.TemporaryDirectory() as workdir:
        contender.serve(dataclasses.replace(settings, workdir=workdir), REGISTRY, sys.stdin, answers)


if __name__ == "__main__":
    cli.run(main)
