"""Puts evaluated runs side by side: python tools/compare.py --workdir=A --workdir=B --metric=M …"""

import cli
from absl import flags

from zoo.errors import RequestError

flags.DEFINE_multi(
    cli.PathParser(), None, "workdir", [], "Folder of an evaluated run; repeatable. Those that "
    "differ in the seed alone share a row.")
flags.DEFINE_multi_string("metric", [], "Name in eval.json; repeatable, one column each.")


def main(argv):
    del argv
    for name in ("workdir", "metric"):
        if not flags.FLAGS[name].value:
            raise RequestError(f"--{name} is missing.")
    cli.load_tensorflow()
    from zoo.core import comparison
    print(comparison.table(flags.FLAGS.workdir, flags.FLAGS.metric))


if __name__ == "__main__":
    cli.run(main)
