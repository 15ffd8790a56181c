"""What a precision means on machines with and without bfloat16 arithmetic."""

import pytest
import tensorflow as tf

from zoo.core import precision

ZEN_3 = "processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 fma f16c\n"
SKYLAKE_X = "processor\t: 0\nflags\t\t: fpu avx2 fma avx512f avx512bw\n"
GRAVITON_3 = "processor\t: 0\nFeatures\t: fp asimd sve i8mm bf16 dgh\n"


@pytest.fixture(name="on_cpu")
def fixture_on_cpu(monkeypatch, tmp_path):
    def use(info):
        path = tmp_path / "cpuinfo"
        if info is not None:
            path.write_text(info)
        monkeypatch.setattr(precision, "_CPU_INFO", path)
    return use


@pytest.mark.parametrize("info", [SKYLAKE_X, GRAVITON_3, None])
def test_it_is_what_was_asked_for_where_nothing_speaks_against_it(on_cpu, capsys, info):
    on_cpu(info)
    assert precision.policy_for("mixed_bfloat16") == "mixed_bfloat16"
    assert capsys.readouterr().out == ""


def test_a_cpu_without_bfloat16_computes_in_float32_and_says_so(on_cpu, capsys):
    on_cpu(ZEN_3)
    assert precision.policy_for("mixed_bfloat16") == "float32"
    assert capsys.readouterr().out.count("float32") == 1


def test_a_gpu_computes_in_bfloat16_whatever_the_cpu_does(on_cpu, monkeypatch):
    on_cpu(ZEN_3)
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: [kind])
    assert precision.policy_for("mixed_bfloat16") == "mixed_bfloat16"


@pytest.mark.parametrize("asked", ["float32", "mixed_float16"])
def test_other_precisions_stay(on_cpu, asked):
    on_cpu(ZEN_3)
    assert precision.policy_for(asked) == asked
