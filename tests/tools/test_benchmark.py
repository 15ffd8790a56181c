"""The command line of tools/benchmark.py; what it calls has its tests in tests/benchmark."""

import os
import subprocess
import sys

from tests import processes


def test_a_contender_s_complaint_is_passed_on_and_ends_the_race():
    done = subprocess.run(
        [sys.executable, "tools/benchmark.py", "--model=image_to_image/pix2pix",
         "--dataset=nowhere", "--against=--x"],
        cwd=processes.ROOT, capture_output=True, text=True, timeout=processes.TIMEOUT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})
    assert done.returncode == 1 and "Traceback" not in done.stderr
    complaint, end = done.stderr.splitlines()
    assert complaint.startswith("error: --dataset=nowhere: neither a folder nor a TFDS data set")
    assert end.startswith("error: ") and end.endswith("ended with status 2.")
