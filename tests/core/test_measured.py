import json

import numpy as np
import pytest

from zoo.core import comparison, measured
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir

NAN, INFINITY = float("nan"), float("inf")


def test_what_could_not_be_measured_is_null_with_a_count():
    found = measured.strict({
        "ratio": {"value": NAN, "low": NAN, "high": INFINITY},
        "pesq_wb": {"value": None, "low": None, "high": None, "count": 3},
        "l1": {"value": np.float32(0.5), "low": 0.25, "high": INFINITY, "count": 7}})
    assert json.loads(json.dumps(found, allow_nan=False)) == {
        "ratio": {"value": None, "low": None, "high": None, "count": 0},
        "pesq_wb": {"value": None, "low": None, "high": None, "count": 3},
        "l1": {"value": 0.5, "low": 0.25, "high": None, "count": 7}}


def test_null_is_a_dash_to_readers(tmp_path):
    workdir = Workdir(tmp_path / "w")
    workdir.open(Settings(model="f/v", workdir=str(workdir.path)))
    metrics = measured.strict({"a": {"value": NAN, "low": NAN, "high": NAN}})
    workdir.write_evaluation(
        {"dataset": "d", "split": "test", "max_examples": None, "metrics": metrics})
    assert comparison.table([workdir.path], ["a"]).splitlines()[-1] == "| w | 0 | – [–, –] |"


def test_a_mean_over_seeds_one_of_which_has_no_value_is_a_dash(tmp_path):
    for seed, value in ((1, 2.0), (2, NAN)):
        workdir = Workdir(tmp_path / f"w_{seed}")
        workdir.open(Settings(model="f/v", seed=seed, workdir=str(workdir.path)))
        workdir.write_evaluation({
            "dataset": "d", "split": "test", "max_examples": None, "metrics": measured.strict(
                {"a": {"value": value, "low": value, "high": value}})})
    folders = [tmp_path / "w_1", tmp_path / "w_2"]
    assert comparison.table(folders, ["a"]).splitlines()[-1] == "| w | 1, 2 | – |"


def test_eval_json_refuses_a_nan(tmp_path):
    workdir = Workdir(tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        workdir.write_evaluation({"metrics": {"a": NAN}})
    assert not workdir.evaluation_file.exists()
