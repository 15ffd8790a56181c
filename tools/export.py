"""Exports a run as a SavedModel: python tools/export.py --workdir=W --out=E"""

import cli
from absl import flags

from zoo.errors import RequestError

cli.define_run()
flags.adopt_module_key_flags(cli)
cli.define_path("out", "", "Folder of the SavedModel, to be made.")


def main(argv):
    del argv
    if not flags.FLAGS.out:
        raise RequestError("--out is missing: name the folder of the SavedModel.")
    folder = cli.run_folder()
    cli.load_tensorflow()
    from zoo.core import export, runs
    from zoo.registry import REGISTRY
    export.check_place(flags.FLAGS.out)
    experiment, model = runs.load_run(folder, REGISTRY)
    module = experiment.serving_module(model)
    export.export(module, flags.FLAGS.out, module.check_inputs())
    print(f"exported to {flags.FLAGS.out}: {', '.join(module.signatures)}")


if __name__ == "__main__":
    cli.run(main)
