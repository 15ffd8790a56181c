"""Real processes on this machine, as a managed cluster starts and stops them."""

import json
import signal
import time

import pytest

from tests import processes
from zoo.benchmark.scaling import free_ports
from zoo.core.workdir import Workdir

WAITING = "waiting for the other workers of TF_CONFIG: localhost:"


class Run:
    """A process of a cluster with a chief and one worker, in a workdir of its own."""

    def __init__(self, folder, job, cluster, flags):
        self.workdir = Workdir(folder / job)
        self.log = folder / f"{job}.log"
        config = {"cluster": cluster, "task": {"type": job, "index": 0}}
        with self.log.open("w") as output:
            self.process = processes.start(
                *flags, f"--workdir={self.workdir.path}", program="tests/few_pictures.py",
                output=output, TF_CONFIG=json.dumps(config))

    def wait_until(self, condition):
        deadline = time.monotonic() + processes.TIMEOUT
        while not condition():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def said(self):
        return self.log.read_text()

    def end(self):
        """Returns the exit status and the last line."""
        status = self.process.wait(processes.TIMEOUT)
        return status, self.said().splitlines()[-1]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """The chief and the worker of a first run on data that nobody has prepared.

    The chief has waited for the worker, and the worker has got a SIGTERM after some steps.
    """
    folder = tmp_path_factory.mktemp("cluster")
    cluster = dict(zip(("chief", "worker"), ([f"localhost:{port}"] for port in free_ports(2))))
    flags = [*processes.tiny_flags(folder / "data", processes.save_text_encoder(folder / "e")),
             "--strategy=multi_worker", "--num_steps=1000000", "--checkpoint_every=2",
             # How it is trained does not matter here: second derivatives take long to trace.
             "--hparam=d_gradient_penalty_weight=0"]
    runs = []
    try:
        runs.append(Run(folder, "chief", cluster, flags))
        runs[0].wait_until(lambda: WAITING in runs[0].said())
        runs.append(Run(folder, "worker", cluster, flags))
        runs[0].wait_until((runs[0].workdir.checkpoints / "00000006").exists)
        runs[1].process.send_signal(signal.SIGTERM)
        ends = [run.end() for run in runs]
    finally:
        for run in runs:
            run.process.kill()
    return runs, ends


def test_a_worker_ends_at_sigterm_and_the_others_say_why(stopped):
    _, (chief, worker) = stopped
    assert worker[0] == 143 and worker[1].endswith(
        "stopped by SIGTERM; run the same command again (training goes on from its newest "
        "checkpoint)")
    assert chief[0] == 1 and chief[1].startswith("error: another worker has ended")


def test_the_chief_alone_writes(stopped):
    chief, worker = (run.workdir for run in stopped[0])
    assert chief.exists() and chief.metrics_file.exists()
    assert not worker.exists() and not worker.metrics_file.exists()
    assert not list(worker.checkpoints.iterdir())


def test_nothing_half_made_is_left(stopped):
    folder = stopped[0][0].workdir.path.parent
    left = [path for path in folder.rglob("*") if "partial" in path.name or
            "incomplete" in path.name]
    assert not left and (folder / "data" / "openmoji").exists()
