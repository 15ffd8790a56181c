"""Tools that are stopped while they prepare or export: one line, 143, nothing half made left."""

import signal
import time

import numpy as np
import PIL.Image

from tests import processes


def stop(program, flags, is_under_way):
    """Sends SIGTERM once `is_under_way()`; returns the exit status and the last line."""
    process = processes.start(*flags, program=program)
    try:
        while not is_under_way():
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=processes.TIMEOUT)[0]
    finally:
        process.kill()
    return process.returncode, output.splitlines()[-1]


def test_while_a_folder_is_prepared(tmp_path):
    random = np.random.default_rng(0)
    for number in range(2000):
        path = tmp_path / "own" / f"thing {number % 5}" / f"{number}.bmp"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(random.integers(0, 256, (16, 16, 3), np.uint8)).save(path)
    kept = tmp_path / "data" / "own_pictures"
    status, line = stop("tools/train.py", [
        "--model=text_to_image/df_gan", f"--dataset={tmp_path / 'own'}", "--num_steps=1",
        f"--data_dir={tmp_path / 'data'}", f"--workdir={tmp_path / 'run'}"],
        lambda: list(kept.glob("partial_*")))
    assert status == 143 and line.startswith("stopped by SIGTERM; run the same command again")
    assert not list(kept.iterdir()) and len(list((tmp_path / "own").rglob("*.bmp"))) == 2000


def test_while_a_model_is_exported(tmp_path):
    status, line = stop(
        "tools/export.py", ["--pretrained=mask_unet_asterisk", f"--out={tmp_path / 'out' / 'model'}"],
        lambda: list(tmp_path.glob("out/.partial_*")))
    assert status == 143 and line.startswith("stopped by SIGTERM; ")
    assert not list((tmp_path / "out").iterdir())
