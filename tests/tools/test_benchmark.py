"""A race of two tiny configs, each in a process of its own."""

import json
import os
import subprocess
import sys

from tests import processes


def run(*flags):
    return subprocess.run(
        [sys.executable, "tools/benchmark.py", *flags], cwd=processes.ROOT, capture_output=True,
        text=True, timeout=processes.TIMEOUT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})


def test_configs_race_each_other(tmp_path, data_dir):
    flags = processes.tiny_flags(data_dir, processes.save_text_encoder(tmp_path / "encoder"))
    narrow = [*flags, "--hparam=discriminator_channels=3,4"]
    done = run(*flags, f"--against={' '.join(narrow)}", "--pairs=1", "--benchmark_steps=2",
               f"--json={tmp_path / 'race.json'}")
    assert done.returncode == 0, done.stderr
    assert "the first is" in done.stdout
    found = json.loads((tmp_path / "race.json").read_text())
    one, other = ([sum(description[name].values()) for name in ("parameters", "operations")]
                  for description in found["descriptions"])
    assert one[0] > other[0] and one[1] > other[1] > 0
    assert found["ratio"] == found["step_seconds"][1][0] / found["step_seconds"][0][0]


def test_an_unknown_flag_of_the_other_is_one_line(tmp_path, data_dir):
    flags = processes.tiny_flags(data_dir, processes.save_text_encoder(tmp_path / "encoder"))
    done = run(*flags, "--against=--batchsize=4")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "batch_size" in done.stderr and "ended with status 2" in done.stderr
