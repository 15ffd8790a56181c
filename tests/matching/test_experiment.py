import numpy as np

from zoo.matching.experiment import recalls


def test_recall_by_hand_in_both_directions():
    """Ten degrees lie between a source and the next; each target is there too but the last."""
    angles = np.deg2rad(10.0 * np.arange(12))
    sources = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    targets = sources.copy()
    targets[11] = targets[0]  # Source 11 finds all others before it; source 0 finds a tie.
    found = recalls(sources, targets, ("source", "target"), seed=0)
    assert found.keys() == {f"{one}_r_at_{k}" for k in (1, 5, 10)
                            for one in ("source_to_target", "target_to_source")}
    values = {name: each["value"] for name, each in found.items()}
    assert values["source_to_target_r_at_1"] == 10 / 12
    assert values["source_to_target_r_at_10"] == 11 / 12
    assert values["target_to_source_r_at_1"] == 11 / 12
    assert values["target_to_source_r_at_5"] == 11 / 12
    for each in found.values():
        assert each["low"] <= each["value"] <= each["high"]


def test_rows_of_one_picture_are_no_further_evidence():
    """Each picture twice: the one half of the pictures finds its partner at once, the other not."""
    hits = np.arange(8) < 4
    sources = np.eye(8).repeat(2, axis=0)
    targets = np.where(hits[:, None], np.eye(8), -np.eye(8)).repeat(2, axis=0)
    by_row = recalls(sources, targets, ("a", "b"), 0)["a_to_b_r_at_5"]
    by_picture = recalls(sources, targets, ("a", "b"), 0, np.arange(8).repeat(2))["a_to_b_r_at_5"]
    assert by_picture["value"] == by_row["value"] == 0.5
    assert by_picture["high"] - by_picture["low"] > 1.2 * (by_row["high"] - by_row["low"])
