"""Times a config's training step and pipeline: python tools/benchmark.py --flagfile=…"""

import dataclasses
import json
import tempfile

import cli
from absl import flags

cli.define_settings()
flags.adopt_module_key_flags(cli)
flags.DEFINE_integer("benchmark_steps", 20, "Steps to time.", lower_bound=1)


def main(argv):
    del argv
    settings = cli.settings()
    from zoo.core import benchmark
    from zoo.registry import REGISTRY
    with tempfile.TemporaryDirectory() as workdir:
        settings = dataclasses.replace(settings, workdir=workdir)
        results = benchmark.benchmark(settings, REGISTRY, flags.FLAGS.benchmark_steps)
    print(json.dumps({name: round(value, 4) for name, value in results.items()}, indent=2))


if __name__ == "__main__":
    cli.run(main)
