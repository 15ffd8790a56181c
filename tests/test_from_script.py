"""README's "From a script", block by block as it stands there, on a small data set."""

import pathlib
import re
import subprocess
import sys

import keras
import numpy as np
import pytest

import zoo
from zoo.data import captioned

ROOT = pathlib.Path(__file__).parents[1]
# Small batches and a few steps.
_SMALLER = {
    "batch_size=32": "batch_size=4", "steps_per_epoch=100": "steps_per_epoch=2",
    "validation_steps=4": "validation_steps=1", "steps=4": "steps=1"}


def blocks():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## From a script\n")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def smaller(block):
    for whole, small in _SMALLER.items():
        block = block.replace(whole, small)
    return block


def run(number):
    names = {}
    exec(compile(smaller(blocks()[number]), f"README.md, block {number}", "exec"), names)
    return names


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data_dir):
    """Where the blocks leave their files; they find the small data set."""
    path = tmp_path_factory.mktemp("script")
    load = captioned.load
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(path)
        monkeypatch.setattr(captioned, "load", lambda *args: load(*args, data_dir=data_dir))
        yield path


@pytest.fixture(scope="module")
def trained(folder):
    keras.utils.set_random_seed(0)
    return run(2)


def picture(path):
    return keras.utils.img_to_array(keras.utils.load_img(path))


def test_there_are_five_blocks_and_each_stands_alone():
    assert len(blocks()) == 5
    for block in blocks():
        assert "import zoo\n" in block
    assert all(any(whole in block for block in blocks()) for whole in _SMALLER)


def test_a_shipped_model_draws(folder):
    names = run(0)
    pictures = names["pictures"]
    assert pictures.dtype == np.uint8 and pictures.shape == (2, 64, 64, 3)
    np.testing.assert_array_equal(picture("heart.png"), pictures[0])
    red, blue = (pictures[i].reshape(-1, 3).mean(0) for i in range(2))
    assert red[0] > red[2] and red[0] - red[2] > blue[0] - blue[2]


def test_sound_keeps_its_rate_and_length():
    names = run(1)
    clean = names["clean"]
    assert clean.dtype == np.float32 and clean.shape == names["sound"].shape
    assert np.isfinite(clean).all() and 0 < np.abs(clean).max() <= 1.5


def test_a_model_trains_measures_and_keeps_the_best(folder, trained):
    history, losses = trained["history"].history, trained["losses"]
    terms = {"d_real", "d_fake", "d_mismatched", "g_adversarial", "d_loss", "g_loss", "loss"}
    assert terms <= losses.keys() <= history.keys()
    assert {f"val_{name}" for name in losses} <= history.keys()
    assert all(len(values) == 2 and np.isfinite(values).all() for values in history.values())
    assert (folder / "best.keras").exists()
    best = keras.saving.load_model(folder / "best.keras")
    first = int(trained["model"].step) - 2
    assert int(best.step) == (first if np.argmin(history["val_g_loss"]) == 0 else first + 2)


def test_it_loads_in_a_fresh_process_after_importing_zoo_alone(folder, trained):
    before = trained["model"].sample(["red heart"], seed=3)[0]
    for order in ("", "import zoo\n"):  # Whichever of the two is imported first.
        code = order + smaller(blocks()[3]) + (
            "print(type(model).__name__, type(model.generator_optimizer).__name__,\n"
            "      int(model.step), int(model.generator_optimizer.iterations))\n")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              cwd=folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == ["TextToImageGAN", "Adam",
                                       str(int(trained["model"].step)), "4"]
        assert np.abs(picture(folder / "again.png") - before).max() <= 1


def test_networks_of_ones_own_compile():
    model = run(4)["model"]
    assert isinstance(model, zoo.text_to_image.TextToImageGAN)
    assert model.sample(["red heart"]).shape == (1, 64, 64, 3)
    assert model.loss_weights["d_mismatched"] == 0.5
