import sys

import pytest

from zoo.benchmark import race, report
from zoo.errors import RunFailed

# Answers a fixed list of turns, whatever the number of steps; tells which turn it was by a file.
CONTENDER = """
import json, sys
turns, name, order = json.loads(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a")
print(json.dumps({"parameters": {"generator": int(sys.argv[4])},
                  "operations": {"convolution": int(sys.argv[5])}}), flush=True)
for line, seconds in zip(sys.stdin, [[9.0], *turns]):
    print(f"{name}{line.strip()}", file=order, flush=True)
    print(json.dumps(seconds), flush=True)
"""


def command(turns, name, order, parameters=7, operations=1_500_000_000):
    return [sys.executable, "-c", CONTENDER, str(turns), name, str(order), str(parameters),
            str(operations)]


def test_turns_alternate_and_ratios_are_of_pairs(tmp_path, capsys):
    order = tmp_path / "order"
    one = command([[1.0, 2.0, 9.0], [4.0], [2.0]], "a", order)
    other = command([[3.0], [5.0, 6.0, 8.0], [8.0]], "b", order)
    result = race.meet((one, other), num_pairs=3, num_steps=3, same=True)
    assert order.read_text().split() == ["a1", "b1", "a3", "b3", "b3", "a3", "a3", "b3"]
    assert result["step_seconds"] == ([2.0, 4.0, 2.0], [3.0, 6.0, 8.0])
    # 3 / 2, 6 / 4 and 8 / 2.
    assert (result["lowest_ratio"], result["ratio"], result["highest_ratio"]) == (1.5, 1.5, 4.0)
    assert capsys.readouterr().out == 2 * (
        "parameters: generator 7; operations of a step: 1.500 GFLOP\n")
    assert report.race_table(result).splitlines() == [
        "  first      2000.0 ms a step [2000.0, 4000.0]",
        "  second     6000.0 ms a step [3000.0, 8000.0]",
        "  the first is 1.50 times as fast as the second [1.50, 4.00], 3 pairs"]


def test_another_step_is_raced_only_if_that_is_meant(tmp_path):
    commands = [command([[1.0]], "a", tmp_path / "order", 7, 1000),
                command([[1.0]], "b", tmp_path / "order", 8, 1031)]
    with pytest.raises(RunFailed, match="generator: 7 and 8 parameters; 1,000 and 1,031 oper"):
        race.meet(commands, num_pairs=1, num_steps=1, same=True)
    assert race.meet(commands, num_pairs=1, num_steps=1, same=False)["ratio"] == 1.0


def test_only_needed_operations_are_to_agree_within_their_tolerance():
    one = {"parameters": {"generator": 1}, "operations": {"convolution": 600, "matrix": 400}}
    assert race.disagreements(one, one | {"operations": {"convolution": 1030}}) == []
    wasteful = one | {"operations": {"convolution": 2000}, "needed_operations": {"matrix": 1000}}
    assert race.disagreements(one, wasteful) == []
    assert race.disagreements(wasteful, wasteful | {"parameters": {}}) == [
        "generator: 1 and None parameters"]
    assert report.contender_line(wasteful) == (
        "parameters: generator 1; operations of a step: 0.000 GFLOP; "
        "needed operations of a step: 0.000 GFLOP")


def test_a_contender_that_ends_is_reported(tmp_path):
    with pytest.raises(RunFailed, match="ended with status 3"):
        race.Contender([sys.executable, "-c", "raise SystemExit(3)"])
    with race.Contender(command([], "a", tmp_path / "order")) as contender:
        contender.seconds(1)
        with pytest.raises(RunFailed, match="ended with status 0"):
            contender.seconds(1)
