"""Training on one's own pictures, from the command line and from a changed folder."""

import csv
import dataclasses
import io
import os
import pathlib
import subprocess
import sys

import PIL.Image
import pytest
from absl.testing import flagsaver

from tests import helpers
from zoo.core import trainer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RequestError
from zoo.registry import REGISTRY

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLOURS = ("red", "lime", "blue", "yellow")
NUM_PICTURES = 12
TINY_MATCHER = {"image_size": "16", "image_channels": "4,6", "embedding_dim": "4", "units": "3",
                "output_dim": "6"}
TINY_GAN = ["--model=text_to_image/df_gan", "--batch_size=16", "--num_steps=2", "--log_every=1",
            "--sample_every=2", "--hparam=image_size=16", "--hparam=generator_channels=5,4,3",
            "--hparam=discriminator_channels=5,4,3", "--hparam=latent_dim=3",
            "--hparam=text_encoder_steps=1"]


def png(number):
    file = io.BytesIO()
    image = PIL.Image.new("RGB", (20, 24), COLOURS[number % 4])
    image.putpixel((10, 10), (number, 0, 0))
    image.save(file, "PNG")
    return file.getvalue()


def put(folder, layout):
    """Writes a folder of the layout "table", "texts" or "classes"; returns it."""
    folder.mkdir(parents=True)
    rows = [("file_name", "text")]
    for number in range(NUM_PICTURES):
        colour = COLOURS[number % 4]
        place = folder / f"{colour}_square" if layout == "classes" else folder
        place.mkdir(exist_ok=True)
        (place / f"{number}.png").write_bytes(png(number))
        rows.append((f"{number}.png", f"A {colour} square, number {number}."))
        if layout == "texts":
            (place / f"{number}.txt").write_text(rows[-1][1] + "\n")
    if layout == "table":
        with (folder / "captions.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


def evaluate(*arguments, cwd):
    """Runs tools/evaluate.py; returns (exit status, standard output, standard error)."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "evaluate.py", *arguments], cwd=cwd, text=True,
        capture_output=True, env=os.environ | {"CUDA_VISIBLE_DEVICES": ""})
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def run_train(train_tool):
    """Function from a command line to what tools/train.py does, in this process."""
    def run(*arguments):
        with flagsaver.flagsaver(), helpers.without_graphs():
            train_tool.main(train_tool.cli.parse(["train.py", *arguments]))
    return run


@pytest.fixture
def settings(tmp_path):
    """A matcher, its batch larger than the folder's pictures."""
    return Settings(model="text_image_matching/contrastive", dataset=str(tmp_path / "pictures"),
                    data_dir=str(tmp_path / "tfds"), workdir=str(tmp_path / "w"), batch_size=16,
                    num_steps=1, sample_every=0, hparams=TINY_MATCHER)


def train(settings):
    with helpers.without_graphs():
        trainer.train(settings, REGISTRY)


@pytest.mark.parametrize("layout", ["table", "texts", "classes"])
def test_each_layout_trains(settings, tmp_path, layout):
    put(tmp_path / "pictures", layout)
    train(settings)
    workdir = Workdir(settings.workdir)
    words = (workdir.path / "vocabulary.txt").read_text().split()
    assert {"red", "square"} <= set(words)
    assert workdir.model_card.exists() and not workdir.bad_inputs.exists()


def test_a_run_goes_on_unless_its_pictures_have_changed(settings, tmp_path):
    folder = put(tmp_path / "pictures", "table")
    train(settings)
    os.utime(folder / "0.png", ns=(1, 1))
    (folder / "notes.pdf").write_text("")
    train(dataclasses.replace(settings, num_steps=2))
    with (folder / "captions.csv").open("a") as file:
        file.writelines(f"{number}.png,more\n" for number in range(NUM_PICTURES))
    with pytest.raises(RequestError, match=f"pictures or captions in {folder} have changed"):
        train(dataclasses.replace(settings, num_steps=3))
    train(dataclasses.replace(settings, overwrite=True))


def test_from_bad_inputs_to_an_evaluated_gan(run_train, tmp_path, monkeypatch, capsys):
    folder = put(tmp_path / "pictures", "texts")
    (folder / "bad.png").write_bytes(b"")
    (folder / "bad.txt").write_text("a caption of nothing")
    flags = [*TINY_GAN, "--dataset=pictures", "--data_dir=tfds", "--workdir=w"]
    report = tmp_path / "w" / "bad_inputs.csv"

    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError) as error:
        run_train(*flags)
    assert "bad.png: is empty (0 bytes)" in capsys.readouterr().out
    assert str(error.value) == (
        f"--dataset={folder}: 1 bad input, listed in w/bad_inputs.csv; mend them, or train on "
        "the others with --on_bad_input=skip.")
    assert list((tmp_path / "w").iterdir()) == [report]

    run_train(*flags, "--on_bad_input=skip")
    assert "left out 1 bad input" in capsys.readouterr().out and report.exists()
    assert (tmp_path / "w" / "samples" / "00000002.png").exists()
    assert Workdir(tmp_path / "w").settings().dataset == str(folder)

    (tmp_path / "elsewhere").mkdir()
    status, out, errors = evaluate("--workdir=../w", "--seed=2147483647",
                                   cwd=tmp_path / "elsewhere")
    assert status == 0, errors
    assert "r_precision_at_1" in out
    assert not list((tmp_path / "elsewhere").iterdir())
