"""Kills a training run at random moments, resumes it, and asks for what an undisturbed run makes.

Half of the kills are SIGKILL, half SIGTERM, at which a run must end by itself with 143. Weights,
optimizer slots and `metrics.jsonl` must be equal to the last bit, and no checkpoint may
ever be reported unreadable. It saves at every step, so that many kills fall into a save.

    python tests/kill_and_resume.py --kills=20
    python tests/kill_and_resume.py --kills=20 --num_steps=100 --stages=2

With two stages, a StackGAN that trains its Stage I first; the kills fall into both.
"""

import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import numpy as np
import tensorflow as tf

from tests import processes
from zoo.core.workdir import Workdir


def kill_and_resume(folder, data_dir, kills, num_steps, seed, stages=1):
    """Trains once undisturbed and once with `kills` kills.

    Args:
        folder: path of an empty folder.
        data_dir: TFDS root.
        kills: number of kills.
        num_steps: steps of both runs, in each stage.
        seed: seed of the moments.
        stages: 1 or 2.

    Returns:
        list of str, what was wrong; empty if all is well.
    """
    encoder = processes.save_text_encoder(folder / "encoder")
    model = (processes.tiny_flags(data_dir, encoder) if stages == 1 else
             processes.tiny_stack_flags(data_dir, encoder, num_steps))
    flags = [*model, "--deterministic", "--checkpoint_every=1", f"--num_steps={num_steps}"]
    straight, killed = Workdir(folder / "straight"), Workdir(folder / "killed")
    problems = _complaints(*processes.run(*flags, f"--workdir={straight.path}"))
    moments = random.Random(seed)
    for kill in range(kills):
        step = round((kill + moments.random()) * stages * num_steps / (kills + 0.5))
        number = (signal.SIGKILL, signal.SIGTERM)[kill % 2]
        status, output = _kill(flags, killed, moments, step, number)
        # It may have ended before, or, by SIGTERM, not have begun to listen.
        expected = (0, -number) if number == signal.SIGKILL else (0, 128 + number, -number)
        problems += _complaints(0 if status in expected else status, output)
    problems += _complaints(*processes.run(*flags, f"--workdir={killed.path}"))
    problems += [f"{path}: left over" for path in killed.path.rglob("*partial*")]
    return problems + [
        problem for pair in zip(_runs(straight), _runs(killed), strict=True)
        for problem in differences(*pair)]


def _runs(workdir):
    """The run in a folder, after the Stage I that it has trained first, where there is one."""
    inner = Workdir(workdir.path / "stage_one")
    return [inner, workdir] if inner.exists() else [workdir]


def _kill(flags, workdir, moments, step, number):
    """Starts a run, sends it a signal at a random moment about `step`.

    Returns:
        (exit status, output).
    """
    in_start = moments.random() < 0.25  # Of those, some fall into the restoring.
    delay = moments.uniform(0, 10) if in_start else moments.uniform(0, 0.5)
    with tempfile.TemporaryFile("w+") as output:
        process = processes.start(*flags, f"--workdir={workdir.path}", output=output)
        deadline = time.monotonic() + processes.TIMEOUT
        while not in_start and _logged(workdir) < step and process.poll() is None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            pass
        process.send_signal(number)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        print(f"{signal.Signals(number).name} {'in the start' if in_start else f'{delay:.2f} s after step {step}'}: "
              f"{_logged(workdir)} steps logged", flush=True)
        output.seek(0)
        return process.returncode, output.read()


def _logged(workdir):
    return sum(run.metrics_file.read_bytes().count(b"\n") for run in _runs(workdir)
               if run.metrics_file.exists())


def _complaints(status, output):
    found = [line for line in output.splitlines()
             if "unreadable" in line or line.startswith(("error:", "Traceback"))]
    return found + ([f"exit status {status}: {output[-2000:]}"] if status else [])


def differences(one, other):
    """Compares two runs' newest checkpoints and records to the last bit.

    Args:
        one, other: `Workdir`s.

    Returns:
        list of str, one for each difference.
    """
    found = []
    if one.metrics_file.read_bytes() != other.metrics_file.read_bytes():
        found.append("metrics.jsonl differs")
    newest = [max(workdir.checkpoints.glob("[0-9]*")) for workdir in (one, other)]
    if newest[0].name != newest[1].name:
        return [*found, f"newest checkpoints: {newest[0].name}, {newest[1].name}"]
    readers = [tf.train.load_checkpoint(str(path / "state")) for path in newest]
    names = [reader.get_variable_to_shape_map().keys() for reader in readers]
    if names[0] != names[1]:
        return [*found, f"variables of one alone: {sorted(names[0] ^ names[1])}"]
    # The description of the object graph is no variable; a protocol buffer's map has no order.
    for name in sorted(names[0] - {"_CHECKPOINTABLE_OBJECT_GRAPH"}):
        values = [np.asarray(reader.get_tensor(name)) for reader in readers]
        if values[0].tobytes() != values[1].tobytes():
            found.append(f"{name} differs")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--num_steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stages", type=int, choices=(1, 2), default=1)
    parser.add_argument("--data_dir", default="", help="TFDS root; empty: its default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        problems = kill_and_resume(pathlib.Path(folder), **vars(arguments))
    print("\n".join(problems) or f"equal after {arguments.kills} kills")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
