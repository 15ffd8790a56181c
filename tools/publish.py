"""Ships an evaluated run: python tools/publish.py --workdir=W --name=N --command=… --minutes=M"""

import cli
from absl import flags

from zoo.errors import RequestError

cli.define_path("workdir", "", "Folder of a run that tools/evaluate.py has measured.")
flags.DEFINE_string("name", "", "Name under pretrained/.")
flags.DEFINE_string("command", "", "The command that trained it, for the manifest.")
flags.DEFINE_float("minutes", 0.0, "Minutes that the training took.", lower_bound=0.0)
flags.DEFINE_string("hardware", "", "What it ran on.")


def main(argv):
    del argv
    for name in ("workdir", "name", "command", "minutes", "hardware"):
        if not flags.FLAGS[name].value:
            raise RequestError(f"--{name} is missing.")
    cli.load_tensorflow()
    from zoo.core import shipping
    from zoo.registry import REGISTRY
    folder = shipping.publish(flags.FLAGS.workdir, flags.FLAGS.name, flags.FLAGS.command,
                              flags.FLAGS.minutes, flags.FLAGS.hardware, REGISTRY)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"written to {folder} ({size:.1f} MB)")


if __name__ == "__main__":
    cli.run(main)
