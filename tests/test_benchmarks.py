"""The programs of benchmarks/ run, with few inputs, and say what they timed."""

import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1]


def program(name):
    """Loads a program of benchmarks/, which is no package, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_preparing_times_pictures_and_sounds(tmp_path, capsys):
    preparing = program("preparing")
    preparing.NUM_PICTURES, preparing.NUM_SOUNDS = 40, 40
    preparing.main(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert "41 files" in lines and "80 files" in lines
    for kind in ("pictures", "sounds"):
        for what in ("listing", "first start,", "second start,", "loading train,"):
            assert sum(line.startswith(f"{what} {kind}: ") for line in lines) == 1
    assert [int(line.split()[0]) > 20 for line in lines if line.endswith(" in train")] == [True] * 2


def test_loading_tfds_times_each_part_of_a_start(tmp_path, capsys):
    program("loading_tfds").main([f"--data_dir={tmp_path}", "--num_examples=100"])
    timed = [line.rpartition(":")[0] for line in capsys.readouterr().out.splitlines()
             if line.endswith(" s")]
    assert timed == [
        "making the set, unless it is there", "opening it the first time",
        "opening it the second time", "vocabulary", "wrong partners and nearest captions",
        "decoding, and planning 1 step of 64", "planning 10 steps of 64"]
