import numpy as np
import pytest

from zoo.metrics.distances import distances, others, real_against_real
from zoo.metrics.frechet import frechet_distance
from zoo.metrics.kernel import kernel_distance

ROWS = np.random.default_rng(0).normal(size=(3, 30, 4))


def test_both_distances_come_with_intervals():
    found = distances(ROWS[0], ROWS[1] + 1, seed=3)
    assert found["frechet_distance"]["value"] == frechet_distance(ROWS[0], ROWS[1] + 1)
    assert found["kernel_distance"] == kernel_distance(ROWS[0], ROWS[1] + 1, 3)
    for name in found:
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]


def test_real_against_real_is_nearer_than_what_is_not_real():
    real, other, fake = ROWS[0], ROWS[1], ROWS[2] + 3
    floor = real_against_real(real, other, seed=0)
    assert floor.keys() == {"real_against_real_frechet_distance",
                            "real_against_real_kernel_distance"}
    assert floor["real_against_real_frechet_distance"]["value"] == frechet_distance(real, other)
    found = distances(real, fake, seed=0)
    for name, result in found.items():
        assert floor[f"real_against_real_{name}"]["high"] < result["low"]


def test_too_few_others_have_no_value_and_are_counted():
    for result in real_against_real(ROWS[0], ROWS[1][:29], seed=0).values():
        assert result == {"value": None, "low": None, "high": None, "count": 29}
    for result in distances(ROWS[0][:1], ROWS[1][:1], seed=0).values():
        assert result == {"value": None, "low": None, "high": None, "count": 1}
    # Five frames of one clip are one example.
    for result in distances(ROWS[0][:5], ROWS[1][:5], 0, clusters=[7] * 5).values():
        assert result["value"] is None and result["count"] == 1


def test_frames_of_one_clip_are_drawn_together():
    rows = np.repeat(ROWS[0], 5, axis=0), np.repeat(ROWS[1] + 1, 5, axis=0)
    alone = distances(ROWS[0], ROWS[1] + 1, 0)["kernel_distance"]
    found = distances(*rows, 0, clusters=np.repeat(range(30), 5))["kernel_distance"]
    assert found["value"] == pytest.approx(alone["value"])
    assert found["high"] - found["low"] == pytest.approx(alone["high"] - alone["low"], rel=0.3)


def test_others_are_drawn_once_each():
    drawn = others(100, 20, seed=1)
    assert len(set(drawn)) == 20 and drawn.tolist() == sorted(drawn) and drawn.max() < 100
    assert drawn.tolist() == others(100, 20, seed=1).tolist() != others(100, 20, seed=2).tolist()
    assert others(3, 20, seed=0).tolist() == [0, 1, 2]
    assert others(0, 20, seed=0).tolist() == []
