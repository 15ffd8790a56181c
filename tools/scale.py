"""Times a config over replicas and workers: python tools/scale.py --flagfile=… [--counts=1,2,4]"""

import json
import pathlib
import sys
import tempfile

import cli
from absl import flags

cli.define_settings()
flags.adopt_module_key_flags(cli)
flags.DEFINE_list("counts", ["1", "2", "4"], "Numbers of replicas, and of workers.")
flags.DEFINE_integer("benchmark_steps", 10, "Steps of a turn.", lower_bound=1)
flags.DEFINE_integer("pairs", 3, "Turns of each in a race.", lower_bound=1)
cli.define_path("json", "", "File to write all numbers to.")


def main(argv):
    del argv
    settings, counts = cli.settings(), _counts()
    numbers = cli.new_file("json") if flags.FLAGS.json else None
    cli.load_tensorflow()
    from zoo.core import settings as settings_lib
    from zoo.benchmark import report, scaling
    results = []
    with tempfile.TemporaryDirectory() as folder:
        flagfile = pathlib.Path(folder) / "one.flags"
        flagfile.write_text(settings_lib.to_flags(settings))
        contender = pathlib.Path(__file__).resolve().with_name("contender.py")
        for result in scaling.measure(
                [sys.executable, str(contender), f"--flagfile={flagfile}"], settings.batch_size,
                counts, flags.FLAGS.pairs, flags.FLAGS.benchmark_steps):
            print(report.scaling_line(result), flush=True)
            results.append(result)
    if numbers:
        numbers.write_text(json.dumps(results, indent=2) + "\n")


def _counts():
    from zoo.errors import RequestError
    counts, batch_size = flags.FLAGS.counts, flags.FLAGS.batch_size
    for count in counts:
        if not count.isdecimal() or int(count) < 1 or batch_size % int(count):
            raise RequestError(f"--counts={','.join(counts)}: each must be a whole number that "
                               f"divides --batch_size={batch_size}.")
    return [int(count) for count in counts]


if __name__ == "__main__":
    cli.run(main)
