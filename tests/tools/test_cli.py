"""The command line's promises: one clear line, exit status 2, nothing lost."""

import ctypes
import errno
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(tool, *arguments, cwd=ROOT):
    """Runs a tool; returns (exit status, lines of standard error)."""
    done = subprocess.run([sys.executable, ROOT / "tools" / f"{tool}.py", *arguments], cwd=cwd,
                          capture_output=True, text=True)
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize("tool, arguments, words", [
    ("train", ["--modle=x"], ["modle", "Did you mean", "model"]),
    ("train", ["--num_steps=many"], ["num_steps", "many"]),
    ("train", ["--precision=float8"], ["precision", "float8", "mixed_bfloat16"]),
    ("train", ["--flagfile=nowhere.flags"], ["nowhere.flags"]),
    ("train", ["--model=text_to_image/df_gan", "--num_steps=0"], ["--num_steps is 0"]),
    ("train", ["configs/x.flags"], ["unexpected argument", "configs/x.flags"]),
    ("sample", ["--workdir=w"], ["--out is missing"]),
    ("sample", ["--workdir=w", "--out=no/such/a.png"], ["--out", "no folder no/such"]),
    ("sample", ["--pretrained=df_gan_openmoji64", "--out=a.png", "--interpolate", "--caption=a",
                "--caption=b", "--caption=c"], ["--interpolate", "3 captions"]),
    ("sample", ["--pretrained=text_encoder_openmoji64", "--out=a.png", "--caption=a"],
     ["text_image_matching/contrastive", "makes no samples"]),
    ("export", ["--out=e"], ["--workdir", "--pretrained"]),
    ("train", ["--workdir=gs://bucket/w"], ["--workdir=gs://bucket/w", "only paths on this"]),
    ("sample", ["--source=s3://a.png"], ["--source=s3://a.png", "only paths on this machine"]),
    ("benchmark", ["--model=text_to_image/df_gan", "--json=no/such/x.json"],
     ["--json", "no folder no/such"]),
    ("sample", ["--workdir=w", "--out=."], ["--out=.", "is not a file"]),
    ("export", ["--pretrained=evaluation_encoder_openmoji64", "--out=e"],
     ["text_image_matching/contrastive", "cannot be exported"]),
    ("evaluate", ["--workdir=w", "--max_examples=-1"], ["--max_examples", "-1"]),
    ("evaluate", ["--pretrained=df_gan_openmoji64", "--out=x", "--max_examples=1"],
     ["--max_examples=1: must be at least 2"]),
    ("evaluate", ["--pretrained=df_gan_openmoji64", "--out=x", "--seed=-1"], ["--seed is -1"]),
    ("train", ["--model=text_to_image/df_gan", "--seed=2147483648"],
     ["--seed is 2147483648", "from 0 to 2147483647"]),
    ("evaluate", ["--pretrained=df_gan_openmoji46", "--out=x"], ["Did you mean",
                                                                "df_gan_openmoji64"]),
])
def test_wrong_flags_are_one_line_and_status_2(tool, arguments, words, tmp_path):
    status, lines = run(tool, *arguments, cwd=tmp_path)
    assert status == 2
    assert len(lines) == 1 and lines[0].startswith("error: ")
    assert all(word in lines[0] for word in words), lines[0]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("tool, arguments", [
    ("evaluate", ["--pretrained=df_gan_openmoji64", "--out=x", "--max_examples=1"]),
    ("evaluate", ["--pretrained=df_gan_openmoji64", "--out=x", "--seed=-1"]),
    ("evaluate", ["--pretrained=df_gan_openmoji64", "--out=."]),
    ("sample", ["--pretrained=df_gan_openmoji64", "--out=no/such/a.png"]),
    ("train", ["--model=text_to_image/df_gan", "--seed=-1"]),
    ("train", ["--model=text_to_image/df_gan", "--hparam=ema_decay=high"])])
def test_what_is_quickly_checked_is_told_before_tensorflow_loads(
        tool, arguments, tmp_path, monkeypatch):
    (tmp_path / "tensorflow.py").write_text("raise SystemExit('TensorFlow was loaded')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    status, lines = run(tool, *arguments, cwd=tmp_path)
    assert status == 2 and len(lines) == 1 and lines[0].startswith("error: --")
    assert [path.name for path in tmp_path.iterdir()] == ["tensorflow.py"]


def test_evaluate_writes_into_no_folder_of_somebody_else(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "eval.json").write_text("years of work")
    status, lines = run("evaluate", "--pretrained=df_gan_openmoji64", f"--out={tmp_path}")
    assert status == 2 and len(lines) == 1
    assert f"--out={tmp_path}: exists already, a folder with other files" in lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["eval.json", "report"]
    assert (tmp_path / "eval.json").read_text() == "years of work"


@pytest.mark.parametrize("arguments, words", [
    (["--model=text_to_image/df_gam"], ["--model", "Did you mean 'text_to_image/df_gan'"]),
    (["--model=text_to_image/df_gan", "--hparam=emma_decay=0.9"],
     ["emma_decay", "Did you mean 'ema_decay'"]),
    (["--model=text_to_image/df_gan", "--hparam=ema_decay=high"], ["ema_decay", "float"]),
])
def test_wrong_models_and_hyperparameters_stop_before_any_data(arguments, words, tmp_path):
    status, lines = run("train", *arguments, "--workdir=w", "--dataset=no_such_data", cwd=tmp_path)
    assert status == 2
    assert all(word in lines[-1] for word in words), lines
    assert not any("Traceback" in line for line in lines)
    assert not list(tmp_path.iterdir())


def test_unknown_data_set_is_one_line(tmp_path):
    status, lines = run("train", "--model=text_to_image/df_gan", "--workdir=w",
                        "--hparam=text_encoder=text_encoder_openmoji64",
                        "--dataset=no_such_data", cwd=tmp_path)
    assert status == 2 and "--dataset=no_such_data" in lines[-1]
    assert not any("Traceback" in line for line in lines)


@pytest.mark.parametrize("name", ["ENOSPC", "EFBIG", "EROFS", "EIO", "ENAMETOOLONG", "ENOTDIR"])
def test_what_cannot_be_written_is_one_line_that_promises_nothing(name):
    lines = _errors_of(f"raise OSError(errno.{name}, os.strerror(errno.{name}), 'w/metrics.jsonl')")
    assert lines == [f"error: w/metrics.jsonl: cannot be written "
                     f"({os.strerror(getattr(errno, name))}); mend that and run the same command "
                     "again."]


def test_a_file_that_is_missing_is_a_bug_and_shown_as_one():
    assert _errors_of("open('no/such/file')")[0].startswith("Traceback")


def _errors_of(statement):
    code = f"""
import errno, os, sys
sys.path.insert(0, "tools")
import cli
def main(argv):
    {statement}
cli.run(main)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    return done.stderr.splitlines()


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    shutil.copy(ROOT / "pretrained/mask_unet_asterisk/resolved.flags", tmp_path)
    metrics = {"l1": {"value": 0.5, "low": 0.25, "high": 0.75}}
    (tmp_path / "eval.json").write_text(json.dumps(
        {"dataset": "d", "split": "test", "max_examples": None, "metrics": metrics}))
    tool = subprocess.Popen(
        [sys.executable, ROOT / "tools/compare.py", f"--workdir={tmp_path}", "--metric=l1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tool.stdout.close()
    assert tool.stderr.read() == b"" and tool.wait() == 1


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="Not glibc.")
def test_freed_memory_is_kept_for_what_comes_next():
    pages = 2**27 // resource.getpagesize()
    assert _page_faults_of_a_second_array("cli.keep_freed_memory()") < pages / 100


def _page_faults_of_a_second_array(prepare):
    code = f"""
import resource, sys
sys.path.insert(0, "tools")
import cli
{prepare}
def page_faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def fill_128_mib():
    bytearray(b"x") * 2**27
fill_128_mib()
before = page_faults()
fill_128_mib()
print(page_faults() - before)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                          check=True)
    return int(done.stdout)
