"""How the time of a step changes over replicas and workers of this machine."""

import json
import os
import pathlib
import re
import socket
import statistics

from zoo.benchmark import race

_FLOAT = 4  # Bytes.


def measure(command, batch_size, counts, num_pairs, num_steps):
    """Races N replicas, and N worker processes, with one process at the same global batch.

    One process has all cores; of N replicas each is a device of its own in one process
    (`--strategy=mirrored`); of N workers each has its share of the cores
    (`--strategy=multi_worker`, on this machine's loopback interface). What the workers pay for
    speaking to each other shows in a second race: with N processes on the same shares of the
    cores, each with its part of the batch, that say nothing to each other.

    Args:
        command: list of str that starts tools/contender.py with a config.
        batch_size: global batch; a multiple of each count.
        counts: list of int.
        num_pairs, num_steps: see `race.race`.

    Yields:
        dict for each strategy and count: `strategy`, `count`; `step_seconds`, `ratio`,
        `lowest_ratio` and `highest_ratio` of `race.race`, above 1: more are faster;
        `peak_memory_mib` of the largest process; `gradient_bytes` that a replica sends in a step
        if its gradients go round in a ring, 2 (N - 1) / N times their size; and for workers
        `sent_bytes`, what a worker did send in a step, and `communication_seconds`, the median
        step with less that without.
    """
    with race.Contender(command) as alone:
        for count in counts:
            mirrored = [*command, "--strategy=mirrored", f"--logical_cpus={count}"]
            with race.Contender(mirrored) as together:
                yield _result("mirrored", count, alone, together, num_pairs, num_steps)
        for count in counts:
            with _workers(command, count) as together:
                result = _result("multi_worker", count, alone, together, num_pairs, num_steps)
                before = _loopback_bytes()
                together.seconds(num_steps)
                sent = (_loopback_bytes() - before) / num_steps / count
                with _strangers(command, batch_size // count, count) as apart:
                    seconds = race.race(together, apart, num_pairs, num_steps)["step_seconds"]
            with_it, without = map(statistics.median, seconds)
            yield result | {"sent_bytes": sent, "communication_seconds": with_it - without}


def _result(strategy, count, alone, together, num_pairs, num_steps):
    timed = race.race(together, alone, num_pairs, num_steps)
    weights = sum(together.description["parameters"].values())
    return {"strategy": strategy, "count": count} | timed | {
        "peak_memory_mib": together.peak_memory_mib(),
        "gradient_bytes": 2 * (count - 1) / count * _FLOAT * weights}


def _share_of_cores(index, count):
    cores = sorted(os.sched_getaffinity(0))
    return cores[index::count] or [cores[index % len(cores)]]


def _commands(command, count, *flags):
    return [[*command, *flags, f"--cores={','.join(map(str, _share_of_cores(index, count)))}"]
            for index in range(count)]


def _workers(command, count):
    cluster = {"worker": [f"localhost:{port}" for port in free_ports(count)]}
    environments = [{"TF_CONFIG": json.dumps(
        {"cluster": cluster, "task": {"type": "worker", "index": index}})}
        for index in range(count)]
    return race.Contender(*_commands(command, count, "--strategy=multi_worker"),
                          environments=environments)


def _strangers(command, batch_size, count):
    return race.Contender(*_commands(command, count, f"--batch_size={batch_size}"))


def free_ports(count):
    """Returns as many ports of this machine that nobody listens at."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _loopback_bytes():
    """Returns what this machine's loopback interface has carried so far. On Linux."""
    table = pathlib.Path("/proc/net/dev").read_text()
    return int(re.search(r"^\s*lo:\s*(\d+)", table, re.MULTILINE)[1])
