"""Measures a config's speed, or races it: python tools/benchmark.py --flagfile=… [--against=…]"""

import dataclasses
import json
import pathlib
import shlex
import sys
import tempfile

import cli
from absl import flags

cli.define_settings()
flags.adopt_module_key_flags(cli)
flags.DEFINE_integer("benchmark_steps", 10, "Steps of a turn.", lower_bound=1)
flags.DEFINE_string("against", "", "Races another config, given as all of its flags, or a program "
                    "of benchmarks/reference, given by its name, for instance pix2pix/eager.")
flags.DEFINE_integer("pairs", 3, "Turns of each of the two that alternate.", lower_bound=1)
cli.define_path("reference_python", sys.executable, "The Python that has PyTorch.")
cli.define_path("json", "", "File to write all numbers to.")


def main(argv):
    del argv
    settings = cli.settings()
    numbers = cli.new_file("json") if flags.FLAGS.json else None
    cli.load_tensorflow()
    with tempfile.TemporaryDirectory() as folder:
        if flags.FLAGS.against:
            results = _race(settings, pathlib.Path(folder) / "one.flags")
        else:
            results = _measure(dataclasses.replace(settings, workdir=folder))
    if numbers:
        numbers.write_text(json.dumps(results, indent=2) + "\n")


def _measure(settings):
    from zoo.benchmark import measurement, report
    from zoo.registry import REGISTRY
    results = measurement.measure(settings, REGISTRY, flags.FLAGS.pairs,
                                  flags.FLAGS.benchmark_steps)
    print(report.table(results))
    return results


def _race(settings, flagfile):
    from zoo.core import settings as settings_lib
    from zoo.benchmark import race, report
    flagfile.write_text(settings_lib.to_flags(settings))
    tools, against = pathlib.Path(__file__).resolve().parent, flags.FLAGS.against
    config = [sys.executable, str(tools / "contender.py")]
    reference = [flags.FLAGS.reference_python, str(tools.parent / "benchmarks/reference/run.py")]
    same = not against.startswith("--")
    other = [*reference, against, str(settings.batch_size)] if same else [
        *config, *shlex.split(against)]
    one = [*config, f"--flagfile={flagfile}"]
    results = race.meet((one, other), flags.FLAGS.pairs, flags.FLAGS.benchmark_steps, same)
    print(report.race_table(results))
    return results


if __name__ == "__main__":
    cli.run(main)
