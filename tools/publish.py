"""Ships an evaluated run: python tools/publish.py --workdir=W --name=N --command=… --minutes=M"""

import cli
from absl import flags

from zoo.errors import RequestError

cli.define_path("workdir", "", "Folder of a run that tools/evaluate.py has measured.")
flags.DEFINE_string("name", "", "Name under pretrained/.")
flags.DEFINE_string("command", "", "The command that trained it, for the manifest.")
flags.DEFINE_float("minutes", 0.0, "Minutes that the training took.", lower_bound=0.0)
flags.DEFINE_string("hardware", "", "What it ran on.")
flags.DEFINE_string("licence", "", "SPDX identifier of the data's licence, for instance "
                    "CC-BY-SA-4.0.")
flags.DEFINE_string("intended_use", "", "What it is for, a sentence.")
flags.DEFINE_string("limits", "", "What it cannot do, a sentence or two.")


def main(argv):
    del argv
    facts = {name: flags.FLAGS[name].value for name in (
        "name", "command", "minutes", "hardware", "licence", "intended_use", "limits")}
    for name in ("workdir", *facts):
        if not flags.FLAGS[name].value:
            raise RequestError(f"--{name} is missing.")
    cli.load_tensorflow()
    from zoo.core import shipping
    from zoo.registry import REGISTRY
    folder = shipping.publish(flags.FLAGS.workdir, shipping.Facts(**facts), REGISTRY)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"written to {folder} ({size:.1f} MB)")


if __name__ == "__main__":
    cli.run(main)
