import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.toy import linear_gan, toy_batch
from zoo.core import distribution
from zoo.core.optimizers import FusedAdam
from zoo.errors import RequestError


@pytest.fixture
def two_replicas():
    return distribution.make_strategy("mirrored")


def on_replicas(strategy, function, values=None):
    """Runs a function on each replica, on its half of `values`; returns all rows together."""
    @tf.function
    def run():
        if values is None:
            return strategy.run(function)
        halves = strategy.experimental_distribute_values_from_function(
            lambda context: tf.split(values, 2)[context.replica_id_in_sync_group])
        return strategy.run(function, args=(halves,))
    return tf.concat(strategy.experimental_local_results(run()), axis=0).numpy()


def test_a_strategy_is_made_once(two_replicas):
    assert two_replicas.num_replicas_in_sync == 2
    assert distribution.make_strategy("mirrored") is two_replicas
    assert distribution.make_strategy("default").num_replicas_in_sync == 1


@pytest.mark.parametrize("draw", [distribution.normal, distribution.uniform])
def test_replicas_together_draw_what_one_would(two_replicas, draw):
    whole = draw(tf.constant([3, 4]), 6, (2, 5)).numpy()
    assert whole.shape == (6, 2, 5)
    halves = on_replicas(two_replicas, lambda: draw(tf.constant([3, 4]), 3, (2, 5)))
    np.testing.assert_array_equal(halves, whole)


def test_draws_depend_on_the_seed_alone():
    draw = functools.partial(distribution.normal, batch_size=200, shape=(50,))
    one, again, other = (draw(tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [2, 1]))
    np.testing.assert_array_equal(one, again)
    assert not np.any(one == other)
    assert abs(one.mean()) < 0.05 and abs(one.std() - 1) < 0.05
    rows = distribution.uniform(tf.constant([1, 2]), 200, (50,)).numpy()
    assert 0 <= rows.min() < 0.01 and 0.99 < rows.max() < 1


def test_each_replica_knows_its_first_row(two_replicas):
    rows = on_replicas(two_replicas, lambda: tf.reshape(distribution.first_row(3), (1,)))
    assert rows.tolist() == [0, 3]
    assert distribution.first_row(3) == 0


def test_every_replica_sees_all_rows(two_replicas):
    values = tf.reshape(tf.range(8.0), (4, 2))
    both = on_replicas(two_replicas, distribution.gather_replicas, values)
    np.testing.assert_array_equal(both, np.concatenate([values, values]))
    np.testing.assert_array_equal(distribution.gather_replicas(values), values)


def test_gathering_is_differentiable(two_replicas):
    values = tf.reshape(tf.range(4.0), (4, 1))
    weights = tf.constant([[1.0], [2.0], [3.0], [4.0]])

    def gradient(rows):
        with tf.GradientTape() as tape:
            tape.watch(rows)
            total = tf.reduce_sum(weights * distribution.gather_replicas(rows) ** 2)
        return tape.gradient(total, rows)
    # Each of the two replicas has every row in its sum: gradients add up.
    np.testing.assert_allclose(
        on_replicas(two_replicas, gradient, values), 2 * (2 * weights * values))


def test_the_row_before_is_that_of_the_global_batch(two_replicas):
    values = tf.constant([[0], [1], [2], [3]])
    for rows in (on_replicas(two_replicas, distribution.previous_rows, values),
                 distribution.previous_rows(values).numpy()):
        assert rows.tolist() == [[3], [0], [1], [2]]


def test_each_replica_gets_its_rows(two_replicas):
    asked = []

    def make_dataset(first_replica, local_replicas, replicas):
        asked.append((first_replica, local_replicas, replicas))
        return tf.data.Dataset.from_tensor_slices([[0, 1], [2, 3], [4, 5], [6, 7]])

    with two_replicas.scope():
        batches = [two_replicas.experimental_local_results(batch)
                   for batch in distribution.distribute(make_dataset)]
    assert [[half.numpy().tolist() for half in batch] for batch in batches] == [
        [[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    assert len(list(distribution.distribute(make_dataset))) == 4
    assert asked == [(0, 2, 2), (0, 1, 1)]


def test_one_process_is_the_chief(two_replicas):
    assert distribution.is_chief()
    with two_replicas.scope():
        assert distribution.is_chief()
        assert distribution.num_replicas() == 2
    assert distribution.num_replicas() == 1


@pytest.mark.parametrize("config", [
    None, "", "not json", "[]", "{}", '{"cluster": {}}',
    json.dumps({"cluster": {"worker": ["a:1"]}}),
    json.dumps({"cluster": {"worker": []}, "task": {"type": "worker", "index": 0}}),
    json.dumps({"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}),
    json.dumps({"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": "0"}})])
def test_several_workers_need_a_usable_tf_config(monkeypatch, config):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if config is not None:
        monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(RequestError, match="TF_CONFIG must hold JSON like"):
        distribution.make_strategy("multi_worker")


def test_an_update_that_one_replica_cannot_make_none_makes():
    """Dynamic loss scaling leaves out steps whose gradients are not finite, here D's second."""
    batches = [toy_batch(step) for step in range(3)]
    batches[1]["target"][3] = np.inf  # A row of the second replica.
    states = []
    for strategy in ("default", "mirrored"):
        with distribution.make_strategy(strategy).scope():
            helpers.set_random_seed(0)
            model = linear_gan()
            optimizers = [keras.optimizers.LossScaleOptimizer(FusedAdam(0.05, epsilon=0.1))
                          for _ in range(2)]
            model.compile(*optimizers)
            helpers.train(model, batches)
            states.append(helpers.state(model))
            assert optimizers[0].dynamic_scale.numpy() == 2.0**15
            assert optimizers[1].dynamic_scale.numpy() == 2.0**14
            assert [optimizer.iterations.numpy() for optimizer in optimizers] == [3, 2]
    helpers.assert_close(*states, tolerance=1e-5)
