"""Many SVGs into pictures, with all cores.

resvg holds Python's lock while it renders, so the work is done in further processes: this file,
run as a program. (`multiprocessing` would run the caller's script again in each.)
"""

import concurrent.futures
import itertools
import json
import os
import subprocess
import sys

import numpy as np

from zoo.datasets.openmoji import rendering
from zoo.errors import RunFailed
from zoo.progress import Progress

_CHUNK = 100  # Pictures a process: it takes a third of a second to start.
# Smaller ones are averaged: at their own 32 pixels resvg 0.5 fails on one (gradient, 1FAC1).
_SMALLEST = 64


def render_all(svgs, size):
    """Renders square SVGs on white, with a progress bar.

    Args:
        svgs: list of SVG texts.
        size: side of the pictures, pixels.

    Yields:
        uint8 `(size, size, 3)`, RGB in [0, 255], in the same order.

    Raises:
        RunFailed: an SVG cannot be rendered.
    """
    chunks = [svgs[first:first + _CHUNK] for first in range(0, len(svgs), _CHUNK)]
    progress, done = Progress(len(svgs), "picture"), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(_render, chunk, size) for chunk in chunks[:os.cpu_count()]]
        rest = iter(chunks[os.cpu_count():])
        while waiting:  # Few at a time: the pictures of all would fill memory.
            pictures = waiting.pop(0).result()
            waiting += [pool.submit(_render, chunk, size) for chunk in itertools.islice(rest, 1)]
            done += len(pictures)
            progress.show(done)
            yield from pictures


def _render(svgs, size):
    done = subprocess.run([sys.executable, "-m", __name__, str(size)],
                          input=json.dumps(svgs).encode(), capture_output=True,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise RunFailed(f"rendering has failed: {reason[-1] if reason else done.returncode}")
    return np.frombuffer(done.stdout, np.uint8).reshape(len(svgs), size, size, 3)


def _rendered(svg, size):
    factor = max(1, _SMALLEST // size)
    large = rendering.render(svg, factor * size).reshape(size, factor, size, factor, 3)
    return np.rint(large.mean(axis=(1, 3))).astype(np.uint8)


if __name__ == "__main__":
    for _svg in json.load(sys.stdin):
        sys.stdout.buffer.write(_rendered(_svg, int(sys.argv[1])).tobytes())
