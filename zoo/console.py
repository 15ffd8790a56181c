"""The tools as commands of the installed package: zoo-train is `python tools/train.py`."""

import functools
import runpy
import sys

from zoo.core import locate


def _run(name):
    sys.path.insert(0, str(locate.TOOLS))  # As Python does for a script.
    runpy.run_path(str(locate.TOOLS / f"{name}.py"), run_name="__main__")


train, evaluate, sample, export, benchmark = (
    functools.partial(_run, name) for name in ("train", "evaluate", "sample", "export", "benchmark"))
