import json

from zoo.core import model_card, shipping


def test_a_metric_without_a_value_is_no_number_for_others_to_read():
    facts = shipping.Facts("a", "train", 1.0, "a CPU", "MIT", "Trying.", "All.")
    results = {"good": {"value": 1.5, "low": 1.0, "high": 2.0},
               "none": {"value": None, "low": None, "high": None, "count": 0}}
    card = model_card.of_shipped(
        facts, {"model": "f/v", "dataset": "d", "split": "test", "metrics": results}, "# body")
    [line] = [line for line in card.splitlines() if line.startswith("model-index: ")]
    [result] = json.loads(line.removeprefix("model-index: "))[0]["results"]
    assert result["metrics"] == [{"type": "good", "name": "good", "value": 1.5}]
