"""The fuzzer of exported models finds nothing in a good one, and something in a bad one."""

import tensorflow as tf

from tests import fuzz_served, served_models


def test_a_good_model_withstands_it(tmp_path, capfd):
    module = served_models.module("mask_unet")
    tf.saved_model.save(module, str(tmp_path / "saved"), signatures=module.signatures)
    assert fuzz_served.fuzz(tmp_path / "saved", requests=40, seed=0) == []
    told = capfd.readouterr().out
    assert "serving_default: " in told and "enhance: " in told and "refused" in told


class Bad(tf.Module):
    """Refuses in no words of its own, and forgets."""

    def __init__(self):
        super().__init__()
        self.calls = tf.Variable(0.0)

    @tf.function(input_signature=[tf.TensorSpec((), tf.int32, name="tile_size")])
    def count(self, tile_size):
        numbers = tf.repeat(self.calls.assign_add(1.0), 1000 // tile_size)
        return {"numbers": numbers[None]}


def test_a_bad_model_is_found_out(tmp_path):
    module = Bad()
    tf.saved_model.save(module, str(tmp_path / "saved"),
                        signatures={"serving_default": module.count})
    problems = "\n".join(fuzz_served.fuzz(tmp_path / "saved", requests=40, seed=0))
    assert "an unclear refusal" in problems
    assert "numbers of a good request changed" in problems
