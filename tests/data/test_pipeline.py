import itertools

import numpy as np
import pytest

from zoo.data.pipeline import (
    epoch_order, example_indices, make_dataset, random_of, uniforms, weighted_indices)
from zoo.errors import RequestError

BATCH = 8


def plan(rows):
    """Every kind of value: numbers, vectors, text and draws."""
    numbers = np.array(rows)
    return {
        "number": numbers,
        "vector": np.stack([numbers, -numbers], axis=1).astype(np.float32),
        "text": np.array([f"größe {number}" for number in numbers], object),
        "draw": np.array([random_of(7, row).random() for row in rows]),
    }


def finish(batch):
    return {**batch, "doubled": 2 * batch["number"]}


def elements(count, **kwargs):
    return list(make_dataset(plan, finish, BATCH, **kwargs).take(count).as_numpy_iterator())


def assert_equal_batches(batches, expected):
    assert len(batches) == len(expected)
    for batch, other in zip(batches, expected, strict=True):
        assert batch.keys() == other.keys()
        for name in other:
            np.testing.assert_array_equal(batch[name], other[name], err_msg=name)


def join(parts):
    """Puts the parts of one global batch, in the order of the replicas, together."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def test_an_epoch_holds_every_example_once():
    np.testing.assert_array_equal(np.sort(epoch_order(3, 5, 100)), np.arange(100))


def test_the_order_depends_on_seed_epoch_and_stream_alone():
    keys = list(itertools.product(range(2), repeat=3))
    orders = [tuple(epoch_order(seed, epoch, 50, stream)) for seed, epoch, stream in keys]
    assert len(set(orders)) == len(keys)
    epoch_order.cache_clear()
    again = [tuple(epoch_order(*key[:2], 50, key[2])) for key in reversed(keys)]
    assert again == orders[::-1]


def indices_of_steps(num_steps, batch_size, num_examples, **kwargs):
    return np.concatenate([
        example_indices(0, range(step * batch_size, (step + 1) * batch_size), num_examples, **kwargs)
        for step in range(num_steps)])


@pytest.mark.parametrize(("batch_size", "num_steps"), [(4, 9), (6, 6), (12, 3), (1, 36)])
def test_epochs_follow_each_other_without_a_gap(batch_size, num_steps):
    expected = np.concatenate([epoch_order(0, epoch, 6) for epoch in range(6)])
    np.testing.assert_array_equal(indices_of_steps(num_steps, batch_size, 6), expected)


def test_rows_are_a_part_of_more_rows():
    whole = example_indices(2, range(40, 48), 11)
    np.testing.assert_array_equal(example_indices(2, range(43, 47), 11), whole[3:7])
    drawn = weighted_indices(2, range(40, 48), np.arange(1.0, 12.0))
    np.testing.assert_array_equal(
        weighted_indices(2, range(43, 47), np.arange(1.0, 12.0)), drawn[3:7])


def test_examples_are_drawn_as_often_as_their_weights_say():
    drawn = weighted_indices(5, range(8000), np.array([1.0, 2.0, 5.0]))
    np.testing.assert_allclose(np.bincount(drawn) / 8000, [0.125, 0.25, 0.625], atol=0.02)


def test_streams_have_orders_of_their_own():
    expected = epoch_order(0, 0, 12, 1)
    np.testing.assert_array_equal(indices_of_steps(3, 4, 12, stream=1), expected)
    assert not np.array_equal(indices_of_steps(3, 4, 12), expected)


def test_draws_depend_on_seed_and_row_alone():
    assert random_of(1, 3).random() == random_of(1, 3).random()


def test_no_two_rows_share_a_draw():
    keys = itertools.product(range(2), range(24))
    draws = [random_of(*key).bit_generator.random_raw(16) for key in keys]
    assert len(set(np.concatenate(draws))) == 2 * 24 * 16


def test_a_row_draws_the_same_whatever_rows_are_drawn_with_it():
    for count in (1, 4, 7):
        whole = uniforms(3, range(40, 48), count, stream=2)
        assert whole.shape == (8, count) and 0 <= whole.min() and whole.max() < 1
        np.testing.assert_array_equal(uniforms(3, range(43, 47), count, stream=2), whole[3:7])


def test_draws_of_rows_streams_and_seeds_are_all_different():
    drawn = [uniforms(seed, range(24), 6, stream) for seed, stream in
             itertools.product(range(2), range(3))]
    drawn += [random_of(seed, row).random(6)[None] for seed, row in
              itertools.product(range(2), range(24))]
    assert len(np.unique(np.concatenate(drawn))) == (6 * 24 + 2 * 24) * 6
    assert np.mean(np.concatenate(drawn)) == pytest.approx(0.5, abs=0.03)


def test_a_batch_is_the_plan_of_its_step():
    first, second = elements(2)
    np.testing.assert_array_equal(second["number"], 8 + np.arange(BATCH))
    np.testing.assert_array_equal(second["doubled"], 16 + 2 * np.arange(BATCH))
    np.testing.assert_array_equal(second["vector"][3], [11, -11])
    assert [text.decode() for text in first["text"][:2]] == ["größe 0", "größe 1"]
    assert second["vector"].dtype == np.float32 and second["number"].dtype == np.int64


@pytest.mark.parametrize("steps_at_once", [1, 3])
def test_a_row_is_planned_once(steps_at_once):
    planned = []

    def counted(rows):
        planned.append(rows)
        return plan(rows)

    list(make_dataset(counted, finish, BATCH, steps_at_once=steps_at_once).take(12))
    size = BATCH * steps_at_once
    later = [rows.start for rows in planned if 0 < rows.start < 12 * BATCH]
    assert sorted(later) == list(range(size, 12 * BATCH, size))
    assert {len(rows) for rows in planned} == {size}


def test_shapes_are_known_in_the_graph():
    spec = make_dataset(plan, finish, BATCH, replicas=2).element_spec
    assert spec["vector"].shape == (4, 2)
    assert spec["text"].shape == spec["doubled"].shape == (4,)


@pytest.mark.parametrize("start_step", [1, 5])
def test_a_late_start_reads_the_tail_of_an_early_one(start_step):
    assert_equal_batches(elements(3, start_step=start_step), elements(start_step + 3)[start_step:])


@pytest.mark.parametrize("steps_at_once", [1, 2])
@pytest.mark.parametrize("start_step", [0, 3])
@pytest.mark.parametrize("replicas", [1, 2, 4])
def test_replicas_together_read_what_one_would_have_read(replicas, start_step, steps_at_once):
    parts = elements(3 * replicas, local_replicas=replicas, replicas=replicas,
                     start_step=start_step, steps_at_once=steps_at_once)
    joined = [join(parts[i:i + replicas]) for i in range(0, len(parts), replicas)]
    assert_equal_batches(joined, elements(3, start_step=start_step))


@pytest.mark.parametrize("steps_at_once", [1, 2])
@pytest.mark.parametrize("local_replicas", [1, 2])
def test_two_processes_together_read_what_one_would_have_read(local_replicas, steps_at_once):
    replicas = 2 * local_replicas
    processes = [
        elements(3 * local_replicas, first_replica=first, local_replicas=local_replicas,
                 replicas=replicas, start_step=2, steps_at_once=steps_at_once)
        for first in (0, local_replicas)]
    joined = [
        join([part for process in processes for part in process[i:i + local_replicas]])
        for i in range(0, 3 * local_replicas, local_replicas)]
    assert_equal_batches(joined, elements(3, start_step=2))


def test_a_batch_that_cannot_be_divided_is_a_wrong_request():
    with pytest.raises(RequestError, match="--batch_size=8: .* 3 replicas; .* multiple of 3"):
        make_dataset(plan, finish, BATCH, local_replicas=3, replicas=3)


def test_a_plan_that_fails_fails_before_training():
    def unusable(rows):
        raise RequestError("no caption")

    with pytest.raises(RequestError, match="no caption"):
        make_dataset(unusable, finish, BATCH)
