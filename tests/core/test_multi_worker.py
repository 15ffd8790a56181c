"""Two processes that train together equal one that trains alone."""

import json

import pytest

from tests import processes
from zoo.benchmark.scaling import free_ports
from zoo.core import evaluator
from zoo.core.workdir import Workdir
from zoo.registry import REGISTRY

NUM_STEPS = 10


def run_together(*flags):
    """Runs two workers on this machine to their end; returns their exit statuses and outputs."""
    cluster = {"worker": [f"localhost:{port}" for port in free_ports(2)]}
    workers = []
    try:
        for index in range(2):
            config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
            workers.append(processes.start(
                *flags, "--strategy=multi_worker", TF_CONFIG=json.dumps(config)))
        outputs = [worker.communicate(timeout=processes.TIMEOUT)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    return [worker.returncode for worker in workers], outputs


def records(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_two_workers_equal_one_process(tmp_path, data_dir):
    flags = [*processes.tiny_flags(data_dir, processes.save_text_encoder(tmp_path / "encoder")),
             "--deterministic", f"--num_steps={NUM_STEPS}", "--checkpoint_every=5",
             "--eval_every=10", "--hparam=text_encoder_steps=2", "--hparam=evaluation_encoder=",
             "--hparam=image_size=16",
             "--hparam=generator_channels=6,5,4", "--hparam=discriminator_channels=6,5,4"]
    together, alone = Workdir(tmp_path / "together"), Workdir(tmp_path / "alone")
    statuses, outputs = run_together(*flags, f"--workdir={together.path}")
    assert statuses == [0, 0], "\n".join(outputs)
    status, output = processes.run(*flags, f"--workdir={alone.path}")
    assert status == 0, output
    one, two = records(alone.metrics_file), records(together.metrics_file)
    assert [line["step"] for line in two] == list(range(1, NUM_STEPS + 1))
    for line, other in zip(one, two, strict=True):
        assert other == pytest.approx(line, rel=1e-5, abs=1e-5)
    assert sorted(path.name for path in together.checkpoints.iterdir()) == [
        "00000005", "00000010"]
    # Their evaluation encoder was trained first, by both, and one of them has evaluated.
    assert (together.path / "evaluation_encoder" / "image_encoder.npz").exists()
    one, two = (records(each.evaluations_file) for each in (alone, together))
    assert [line["step"] for line in two] == [NUM_STEPS]
    # Rounding grows on the way through an encoder of their own: distances are of its features.
    assert two[0] == pytest.approx(one[0], rel=1e-2, abs=1e-3)
    # One process evaluates what several have trained.
    results = evaluator.evaluate(together.path, REGISTRY, "validation", None, 0, together)
    values = {name: metric["value"] for name, metric in results["metrics"].items()}
    assert values == pytest.approx({name: two[0][name] for name in values}, rel=1e-5)
