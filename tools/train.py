"""Trains a model, or goes on with a run: python tools/train.py --flagfile=configs/F/N.flags"""

import cli
from absl import flags

cli.define_settings()
flags.adopt_module_key_flags(cli)


def main(argv):
    del argv
    settings = cli.settings()
    cli.load_tensorflow()
    from zoo.core import trainer
    from zoo.registry import REGISTRY
    trainer.train(settings, REGISTRY)


if __name__ == "__main__":
    cli.run(main)
