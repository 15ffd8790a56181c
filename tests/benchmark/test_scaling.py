import os
import subprocess
import sys

import pytest

from tests import processes
from zoo.benchmark import report, scaling

# Steps take 8 s alone, 4 s mirrored, with workers 3 s and (worker 1) 5 s, apart 2 s. Workers send a
# megabyte a step over the loopback interface.
CONTENDER = """
import json, os, socket, sys
flags = sys.argv[1:]
if "--strategy=multi_worker" in flags:
    index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    seconds = 5.0 if index else 3.0
else:
    seconds = next((value for flag, value in (("--strategy=mirrored", 4.0), ("--batch_size=8", 2.0))
                    if flag in flags), 8.0)
print(" ".join(flags), file=open(os.environ["SEEN"], "a"), flush=True)
print(json.dumps({"parameters": {"generator": 700_000, "discriminator": 300_000}}), flush=True)
for line in sys.stdin:
    if seconds in (3.0, 5.0):
        with socket.create_server(("localhost", 0)) as server:
            sender = socket.create_connection(server.getsockname())
            receiver, _ = server.accept()
            for _ in range(100 * int(line)):
                sender.sendall(bytes(10_000))
                receiver.recv(10_000, socket.MSG_WAITALL)
    print(json.dumps(int(line) * [seconds]), flush=True)
"""


def test_replicas_and_workers_are_raced_with_one_process(tmp_path, monkeypatch):
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    mirrored, workers = scaling.measure(
        [sys.executable, "-c", CONTENDER], batch_size=16, counts=[2], num_pairs=1, num_steps=3)
    assert mirrored["step_seconds"] == ([4.0], [8.0]) and mirrored["ratio"] == 2.0
    assert workers["step_seconds"] == ([5.0], [8.0]) and workers["ratio"] == 1.6
    # Half of 2 x 4 bytes x a million weights; what one worker waits for, 5 s instead of 2 s.
    assert mirrored["gradient_bytes"] == workers["gradient_bytes"] == 4_000_000
    assert workers["communication_seconds"] == 3.0
    assert workers["sent_bytes"] >= 1_000_000  # Other tests may use the interface too.
    assert 1 < workers["peak_memory_mib"] < 1000
    seen = (tmp_path / "seen").read_text().splitlines()
    assert seen[:2] == ["", "--strategy=mirrored --logical_cpus=2"]
    assert sorted(line.split(" --cores=")[0] for line in seen[2:]) == (
        2 * ["--batch_size=8"] + 2 * ["--strategy=multi_worker"])


def test_cores_are_shared_out(tmp_path, monkeypatch):
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {4, 5, 9})
    list(scaling.measure([sys.executable, "-c", CONTENDER], 16, [2], 1, 1))
    assert sorted(line.split("--cores=")[1] for line in (tmp_path / "seen").read_text().splitlines()
                  if "--cores" in line) == ["4,9", "4,9", "5", "5"]


def test_more_workers_than_cores_share_them(tmp_path, monkeypatch):
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {4, 5})
    list(scaling.measure([sys.executable, "-c", CONTENDER], 32, [4], 1, 1))
    assert sorted(line.split("--cores=")[1] for line in (tmp_path / "seen").read_text().splitlines()
                  if "multi_worker" in line) == ["4", "4", "5", "5"]


def test_a_line_says_all():
    result = {"strategy": "multi_worker", "count": 2, "step_seconds": ([0.5], [0.8]), "ratio": 1.6,
              "lowest_ratio": 1.5, "highest_ratio": 1.7, "peak_memory_mib": 812.3,
              "gradient_bytes": 4e6, "sent_bytes": 5.25e6, "communication_seconds": 0.03}
    assert report.scaling_line(result) == (
        "multi_worker x 2: 500.0 ms a step, one process 800.0: 1.60 times as fast [1.50, 1.70]; "
        "812 MiB; gradients 4.0 MB, sent 5.2 MB in 30.0 ms")


@pytest.mark.parametrize("counts", ["0", "3", "two"])
def test_counts_that_do_not_divide_the_batch(counts):
    done = subprocess.run(
        [sys.executable, "tools/scale.py", "--model=image_to_image/pix2pix", "--batch_size=16",
         f"--counts={counts}"],
        cwd=processes.ROOT, capture_output=True, text=True, timeout=processes.TIMEOUT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})
    assert done.returncode == 2 and "divides --batch_size=16" in done.stderr
