"""Times training steps of a config as often as it is told to; tools/benchmark.py starts it."""

import dataclasses
import os
import sys
import tempfile

import cli

cli.define_settings()


def main(argv):
    del argv
    # What else is printed must not get among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from zoo.core.benchmark import contender
    from zoo.registry import REGISTRY
    with tempfile.TemporaryDirectory() as workdir:
        settings = dataclasses.replace(cli.settings(), workdir=workdir)
        contender.serve(settings, REGISTRY, sys.stdin, answers)


if __name__ == "__main__":
    cli.run(main)
