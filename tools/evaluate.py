"""Measures a run: python tools/evaluate.py --workdir=W [--split=test] [--max_examples=N]"""

import pathlib

import cli
from absl import flags

from zoo.core import folders, settings
from zoo.errors import RequestError

cli.define_run()
flags.adopt_module_key_flags(cli)
flags.DEFINE_string("split", "test", "Split of the run's data set.")
flags.DEFINE_integer("max_examples", 0, "Examples at most; 0: the whole split.", lower_bound=0)
flags.DEFINE_integer("seed", 0, "Seed of the noise and of the bootstrap.")
cli.define_path("out", "", "Folder for eval.json; needed with --pretrained.")


def main(argv):
    del argv
    folder = cli.run_folder()
    if flags.FLAGS.pretrained and not flags.FLAGS.out:
        raise RequestError("--pretrained needs --out=FOLDER for eval.json.")
    max_examples, seed = flags.FLAGS.max_examples or None, flags.FLAGS.seed
    settings.check_evaluation(max_examples, seed)
    out = pathlib.Path(flags.FLAGS.out or folder)
    if out.resolve() != folder.resolve():
        folders.claim(out, "--out")
    cli.load_tensorflow()
    from zoo.core import evaluator
    from zoo.core.workdir import Workdir
    from zoo.registry import REGISTRY
    scratch = Workdir(out)
    results = evaluator.evaluate(
        folder, REGISTRY, flags.FLAGS.split, max_examples, seed, scratch)
    print(evaluator.table(results))
    print(f"written to {scratch.evaluation_file}")


if __name__ == "__main__":
    cli.run(main)
