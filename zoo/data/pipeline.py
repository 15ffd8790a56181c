"""One deterministic input pipeline for every family.

Row r of step s of a run with batches of n is number s * n + r of its rows. The order of examples is
a pure function of (seed, epoch), and what is drawn for a row one of (seed, number): a run that
starts at step n reads what a run that came from step 0 would have read, and N replicas together
read what one would have read.
"""

import functools

import numpy as np
import tensorflow as tf

from zoo.errors import RequestError

STEPS_AT_ONCE = 16  # Where a plan is numbers of what is kept in memory.
_EXAMPLES = 2**32  # Streams from here on are those of `weighted_indices`.


@functools.lru_cache(maxsize=8)
def epoch_order(seed, epoch, num_examples, stream=0):
    """Returns the order of the examples in an epoch, int64 `(num_examples,)`.

    Args:
        seed, epoch: integers of at least 0.
        stream: tells apart several orders over one data set.
    """
    return np.random.default_rng((seed, epoch, stream)).permutation(num_examples)


def example_indices(seed, rows, num_examples, stream=0):
    """Returns the examples at some rows; epochs follow each other without a gap.

    Args:
        rows: `range` of numbers of rows.

    Returns:
        int64 `(len(rows),)`.
    """
    epochs, places = np.divmod(np.arange(rows.start, rows.stop), num_examples)
    return np.concatenate([
        epoch_order(seed, epoch, num_examples, stream)[places[epochs == epoch]]
        for epoch in range(epochs[0], epochs[-1] + 1)])


def weighted_indices(seed, rows, weights, stream=0):
    """Returns examples drawn with probabilities that are proportional to their weights.

    Args:
        rows, stream: as of `uniforms`; there are no epochs here.
        weights: float `(num_examples,)`, positive.

    Returns:
        int64 `(len(rows),)`.
    """
    ends = np.cumsum(weights)
    draws = uniforms(seed, rows, 1, _EXAMPLES + stream)[:, 0]
    return np.searchsorted(ends, draws * ends[-1], side="right")


def uniforms(seed, rows, count, stream=0):
    """Returns draws for some rows; a row's are the same whatever rows are drawn with it.

    Args:
        seed: integer of at least 0.
        rows: `range` of numbers of rows.
        count: draws for each row.
        stream: tells apart what is drawn for different purposes; always with the same `count`.

    Returns:
        float64 `(len(rows), count)` in [0, 1).
    """
    blocks = -(-count // 4)  # The generator counts up its first word for each four numbers.
    counter = (rows.start * blocks, 1, stream, 0)
    random = np.random.Generator(np.random.Philox(key=seed, counter=counter))
    return random.random((len(rows), 4 * blocks))[:, :count]


def random_of(seed, row):
    """Returns the NumPy generator of one row, for draws of which nobody knows how many."""
    # Drawing counts up the first word: a row there would overlap with the rows after it.
    return np.random.Generator(np.random.Philox(key=seed, counter=(0, 0, row, 0)))


def make_dataset(plan, finish, batch_size, start_step=0, first_replica=0, local_replicas=1,
                 replicas=1, steps_at_once=1):
    """Builds the endless training data set of one process.

    Args:
        plan: function of a `range` of numbers of rows that returns a dict of NumPy arrays with one
            entry a row: which examples, their bytes, draws.
        finish: function from that dict, as tensors, to the batch, in the graph: decoding.
        batch_size: global batch size.
        start_step: first global step.
        first_replica, local_replicas, replicas: which replicas this process feeds, out of all;
            consecutive elements are theirs.
        steps_at_once: steps that are planned together, where a plan is small: what Python and the
            way from it to the graph cost is paid once for all of them.

    Returns:
        `tf.data.Dataset` of dicts of tensors with leading dimension `batch_size / replicas`.

    Raises:
        RequestError: the batch cannot be divided among the replicas.
    """
    if batch_size % replicas:
        raise RequestError(f"--batch_size={batch_size}: cannot be divided among {replicas} "
                           f"replicas; choose a multiple of {replicas}.")
    size = batch_size // replicas

    def batches(element):
        """Several batches, each array `(steps_at_once * local_replicas, size, ...)`."""
        first = (start_step + int(element) * steps_at_once) * batch_size
        if local_replicas == replicas:
            parts = [range(first, first + steps_at_once * batch_size)]
        else:
            first += first_replica * size
            parts = [range(first + step * batch_size,
                           first + step * batch_size + local_replicas * size)
                     for step in range(steps_at_once)]
        planned = [plan(rows) for rows in parts]
        joined = {name: np.concatenate([each[name] for each in planned]) for name in planned[0]}
        return {name: value.reshape(-1, size, *value.shape[1:]) for name, value in joined.items()}

    sample = batches(0)
    names = sorted(sample)
    kinds = [tf.string if sample[name].dtype == object else sample[name].dtype for name in names]

    def listed(element):
        values = batches(element)
        return [values[name] for name in names]

    def planned(element):
        values = tf.numpy_function(listed, [element], kinds, stateful=False)
        for name, value in zip(names, values, strict=True):
            value.set_shape(sample[name].shape)
        return dict(zip(names, values, strict=True))

    dataset = tf.data.Dataset.counter()
    dataset = dataset.map(planned, num_parallel_calls=tf.data.AUTOTUNE).unbatch()
    dataset = dataset.map(finish, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.prefetch(tf.data.AUTOTUNE)
