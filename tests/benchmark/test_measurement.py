import dataclasses
import io
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import toy
from zoo.benchmark import contender, inference, measurement, peak, report
from zoo.benchmark.training import Training
from zoo.core import precision
from zoo.core.experiment import Experiment
from zoo.core.export import ServingModule
from zoo.core.optimizers import FusedAdam
from zoo.core.settings import Settings

BATCH_SIZE = 4
# G is 2 -> 3 -> 2 and D 2 -> 1. Forward G takes 2·4·(2·3 + 3·2), and D on one batch 2·4·2.
G, D = 96, 16
# G twice; its kernels' gradients and that of its hidden layer; D on real and fake pairs with its
# kernel's gradients; D on G's results with their gradient.
STEP = 2 * G + G + G // 2 + 2 * (D + D) + 2 * D


class Data:
    def dataset(self, start, first_replica, local_replicas, replicas):
        size = BATCH_SIZE // replicas
        return tf.data.Dataset.from_tensors(toy.toy_batch(0, size)).repeat()


class ToyServing(ServingModule):
    @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float32, name="condition"),
                                  tf.TensorSpec((), tf.float32, name="scale")])
    def serve(self, condition, scale):
        rows = tf.shape(condition)[0]
        tf.debugging.Assert(tf.reduce_any(rows == [1, 2, 8]), [rows])
        return {"result": scale * self.model.ema_generator(condition)}

    def check_inputs(self):
        return {"serving_default": {"condition": tf.ones((2, 2)), "scale": tf.constant(2.0)}}

    @property
    def signatures(self):
        return {"serving_default": self.serve}


@dataclasses.dataclass(frozen=True)
class NoHParams:
    pass


class ToyExperiment(Experiment):
    hparams_class = NoHParams

    def build_model(self, folder):
        return toy.toy_gan()

    def build_optimizers(self):
        return {"generator_optimizer": FusedAdam(), "discriminator_optimizer": FusedAdam()}

    def training_data(self, folder):
        return Data()


class ServedExperiment(ToyExperiment):
    def serving_module(self, model):
        return ToyServing(model)


REGISTRY = {"toy": ToyExperiment, "served": ServedExperiment}


def settings(folder, **others):
    return Settings(model="toy", workdir=str(folder), batch_size=BATCH_SIZE, **others)


def steps(model):
    return int(keras.ops.convert_to_numpy(model.step))


@pytest.mark.parametrize("strategy", ["default", "mirrored"])
def test_a_step_of_all_replicas_is_counted_and_timed(tmp_path, strategy):
    training = Training(settings(tmp_path, strategy=strategy), REGISTRY)
    assert training.parameters() == {"generator": 9 + 8, "discriminator": 3}
    assert training.operations() == {"matrix_product": STEP}
    assert steps(training.model) == 1
    for turns in (training.with_pipeline, training.in_memory):
        seconds = turns.seconds(2)
        assert len(seconds) == 2 and min(seconds) > 0
    assert steps(training.model) == 1 + 2 * (1 + 2)  # One warms up.
    assert training.seconds_per_batch(3) > 0
    assert "MatMul" in training.seconds_by_operation(2)
    assert steps(training.model) == 1 + 2 * (1 + 2) + 2


def test_a_contender_describes_itself_and_answers_each_command(tmp_path):
    answers = io.StringIO()
    contender.serve(settings(tmp_path), REGISTRY, ["1\n", "3\n"], answers)
    description, *turns = map(json.loads, answers.getvalue().splitlines())
    assert description == {"parameters": {"generator": 17, "discriminator": 3},
                           "operations": {"matrix_product": STEP}}
    assert [len(seconds) for seconds in turns] == [1, 3]


def test_all_is_measured_and_told(tmp_path, monkeypatch):
    best = {"matrix_product": 1e9, "convolution": 2e9}
    asked = []
    monkeypatch.setattr(peak, "measure", lambda dtype: asked.append(dtype) or best)
    monkeypatch.setattr(precision, "_CPU_INFO", tmp_path / "none")  # Whatever this machine has.
    found = measurement.measure(settings(tmp_path, precision="mixed_bfloat16"), REGISTRY, 2, 1)
    assert asked == ["bfloat16"]
    json.dumps(found)
    rate = STEP / found["step_seconds_in_memory"]
    assert found["operations_per_second"] == pytest.approx(rate)
    assert found["share_of_peak"] == {
        "matrix_product": pytest.approx(rate / 1e9), "convolution": pytest.approx(rate / 2e9)}
    assert 0 < found["lowest_pipeline_cost"] <= found["pipeline_cost"] <= found[
        "highest_pipeline_cost"]
    assert found["examples_per_second"] == pytest.approx(BATCH_SIZE / found["step_seconds"])
    assert "MatMul" in found["seconds_by_operation"]
    assert found["peak_memory_mib"] > 10
    assert found["inference"] == {}  # It is not exported.
    lines = report.table(found | {"inference": {"seconds_batch_8": 0.25}}).splitlines()
    assert lines[:2] == [
        "toy, batch 4, mixed_bfloat16",
        "parameters: generator 17, discriminator 3; operations of a step: 0.000 GFLOP"]
    assert lines[-1].split() == ["inference:", "seconds", "batch", "8", "0.250"]
    on_gpu = report.table(found | {"peak_gpu_memory_mib": 34.5}).splitlines()
    assert "peak GPU memory 34.500 MiB".split() in [line.split() for line in on_gpu]


def test_the_longest_operations_are_told_and_the_rest_in_one_line():
    seconds = {f"Kind{i}": 0.1 for i in range(8)} | {"Little": 0.05, "Less": 0.15}
    rows = report.operation_rows(seconds)
    assert rows[0] == ("operations of a step, data in memory", pytest.approx(1000), "ms")
    assert rows[1] == ("  Kind0, 10%", pytest.approx(100), "ms")
    assert rows[9:] == [("  2 other kinds, 20%", pytest.approx(200), "ms")]


def test_an_exported_model_answers_one_and_eight_rows(tmp_path):
    experiment = ServedExperiment(settings(tmp_path))
    found = inference.measure(experiment, toy.toy_gan(), tmp_path, 2)
    assert found.keys() == {"seconds_batch_1", "seconds_batch_8"}
    assert min(found.values()) > 0


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_rates_are_measured_in_the_precision_asked_for(monkeypatch, dtype):
    monkeypatch.setattr(peak, "_SECONDS", 0.001)
    monkeypatch.setattr(peak, "_MATRIX", 16)
    monkeypatch.setattr(peak, "_CONVOLUTIONS", ((1, 4, 2), (2, 4, 3)))
    dtypes, conv2d = [], tf.nn.conv2d

    def noted(pictures, *others):
        dtypes.append(pictures.dtype)
        return conv2d(pictures, *others)

    monkeypatch.setattr(tf.nn, "conv2d", noted)
    rates = peak.measure(dtype)
    assert rates.keys() == {"matrix_product", "convolution"}
    assert np.isfinite(list(rates.values())).all() and min(rates.values()) > 0
    assert set(dtypes) == {tf.as_dtype(dtype)}
