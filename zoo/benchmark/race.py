"""Two training steps timed in alternation, each in processes of its own."""

import json
import os
import pathlib
import re
import statistics
import subprocess

from zoo.benchmark import report
from zoo.errors import RunFailed


class _Process:
    """One process of a contender, spoken to in lines."""

    def __init__(self, command, environment):
        self._command = command
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | environment)

    def ask(self, num_steps):
        print(num_steps, file=self._process.stdin, flush=True)

    def answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RunFailed(f"{' '.join(self._command)}: ended with status "
                            f"{self._process.wait()}.")
        return json.loads(line)

    def peak_memory_mib(self):
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024

    def end(self, at_once):
        if at_once:
            self._process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class Contender:
    """Processes, mostly one, that time a training step when they are told to.

    Each says one line first, a JSON object that describes it: `parameters` by network,
    `operations` of one step by kind, and, where it wastes some that another way to compute the
    same would not, `needed_operations`. Each line with a number of steps it answers with a JSON
    list of their seconds. It ends when its input does.

    Args:
        *commands: list of str, one for each process.
        environments: dict of environment variables for each process; by default none.

    Attributes:
        description: what the first process said first.

    Raises:
        RunFailed: a process ended instead of answering; it has told why on standard error.
    """

    def __init__(self, *commands, environments=None):
        self._processes = [_Process(command, environment) for command, environment in zip(
            commands, environments or [{}] * len(commands), strict=True)]
        try:
            self.description, *_ = [process.answer() for process in self._processes]
        except RunFailed:
            self._end(at_once=True)  # The others may wait for the one that has ended.
            raise

    def seconds(self, num_steps):
        """Returns the seconds of each of `num_steps` steps, those of the slowest process."""
        for process in self._processes:
            process.ask(num_steps)
        return [max(step) for step in zip(
            *(process.answer() for process in self._processes), strict=True)]

    def peak_memory_mib(self):
        """Returns the most memory that any one process has held so far. On Linux."""
        return max(process.peak_memory_mib() for process in self._processes)

    def __enter__(self):
        return self

    def __exit__(self, exception_type, *unused):
        self._end(at_once=exception_type is not None)

    def _end(self, at_once):
        for process in self._processes:
            process.end(at_once)


def disagreements(one, other):
    """Lists in what two descriptions are not of the same training step.

    Args:
        one, other: see `Contender.description`.

    Returns:
        list of str: other numbers of trained weights of a network, or total operations that differ
        by more than 3 %. (The released pix2pix pads its D less than ours: 2.5 %.)
    """
    ours, theirs = one["parameters"], other["parameters"]
    found = [f"{name}: {ours.get(name)} and {theirs.get(name)} parameters"
             for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)]
    totals = [sum(each.get("needed_operations", each["operations"]).values())
              for each in (one, other)]
    if abs(totals[0] - totals[1]) > 0.03 * max(totals):
        found.append(f"{totals[0]:,} and {totals[1]:,} operations a step")
    return found


def race(one, other, num_pairs, num_steps):
    """Times two contenders in turns, each first in every other pair.

    Args:
        one, other: `Contender`s.
        num_pairs: pairs of turns.
        num_steps: steps of a turn.

    Returns:
        dict: `step_seconds`, two lists of each turn's median; and of the ratios within a pair, the
        other's time over the one's (above 1: the one is faster), `ratio` (median), `lowest_ratio`
        and `highest_ratio`.
    """
    medians = ([], [])
    for each in (one, other):
        each.seconds(1)
    for pair in range(num_pairs):
        turns = list(zip((one, other), medians, strict=True))
        for contender, seconds in turns if pair % 2 == 0 else reversed(turns):
            seconds.append(statistics.median(contender.seconds(num_steps)))
    ratios = [theirs / ours for ours, theirs in zip(*medians, strict=True)]
    return {
        "step_seconds": medians,
        "ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
    }


def meet(commands, num_pairs, num_steps, same):
    """Starts two contenders, prints what they say of themselves, and races them.

    Args:
        commands: (list of str, list of str), see `Contender`.
        num_pairs, num_steps: see `race`.
        same: True asks for the same parameters and operations first.

    Returns:
        what `race` returns, with `commands` and `descriptions`.

    Raises:
        RunFailed: a contender ended, or they are not of the same step and should be.
    """
    with Contender(commands[0]) as one, Contender(commands[1]) as other:
        descriptions = (one.description, other.description)
        for description in descriptions:
            print(report.contender_line(description), flush=True)
        found = disagreements(*descriptions)
        if same and found:
            raise RunFailed(f"not the same training step: {'; '.join(found)}.")
        return {"commands": commands, "descriptions": descriptions} | race(
            one, other, num_pairs, num_steps)
