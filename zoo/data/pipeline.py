"""One deterministic input pipeline for every family.

The order of examples is a pure function of (seed, epoch), and a batch is a pure function of (seed,
step): a run that starts at step n reads what a run that came from step 0 would have read, and N
replicas together read what one would have read.
"""

import functools

import numpy as np
import tensorflow as tf

from zoo.errors import RequestError


@functools.lru_cache(maxsize=8)
def epoch_order(seed, epoch, num_examples, stream=0):
    """Returns the order of the examples in an epoch, int64 `(num_examples,)`.

    Args:
        seed, epoch: integers of at least 0.
        stream: tells apart several orders over one data set.
    """
    return np.random.default_rng((seed, epoch, stream)).permutation(num_examples)


def example_indices(seed, step, rows, batch_size, num_examples, stream=0):
    """Returns the examples at some rows of the global batch of a step.

    Args:
        step: global step from 0.
        rows: `range` within the global batch.
        batch_size: global batch size; epochs follow each other without a gap.

    Returns:
        int64 `(len(rows),)`.
    """
    epochs, places = np.divmod(
        step * batch_size + np.arange(rows.start, rows.stop), num_examples)
    return np.concatenate([
        epoch_order(seed, epoch, num_examples, stream)[places[epochs == epoch]]
        for epoch in range(epochs[0], epochs[-1] + 1)])


def weighted_indices(seed, step, rows, weights, stream=0):
    """Returns examples drawn with probabilities that are proportional to their weights.

    Args:
        step, rows, stream: as in `example_indices`; there are no epochs here.
        weights: float `(num_examples,)`, positive.

    Returns:
        int64 `(len(rows),)`.
    """
    ends = np.cumsum(weights)
    draws = np.random.default_rng((seed, step, stream)).random(rows.stop)[rows.start:]
    return np.searchsorted(ends, draws * ends[-1], side="right")


def uniforms(seed, step, rows, count, stream=0):
    """Returns draws for some rows of the global batch of a step.

    A row's are the same whatever rows are drawn with it.

    Args:
        seed, step: integers of at least 0.
        rows: `range` within the global batch.
        count: draws for each row.
        stream: tells apart what is drawn for different purposes; always with the same `count`.

    Returns:
        float64 `(len(rows), count)` in [0, 1).
    """
    blocks = -(-count // 4)  # The generator counts up its first word for each four numbers.
    counter = (rows.start * blocks, 1, stream, step)
    random = np.random.Generator(np.random.Philox(key=seed, counter=counter))
    return random.random((len(rows), 4 * blocks))[:, :count]


def random_of(seed, step, row):
    """Returns the NumPy generator of one row of one step's global batch."""
    # Drawing counts up the first word: a row there would overlap with the rows after it.
    return np.random.Generator(np.random.Philox(key=seed, counter=(0, 0, row, step)))


def make_dataset(plan, finish, batch_size, start_step=0, first_replica=0, local_replicas=1,
                 replicas=1):
    """Builds the endless training data set of one process.

    Args:
        plan: function of (step, rows) that returns a dict of NumPy arrays with one entry a row
            (`rows` is a `range` within the global batch): which examples, their bytes, draws.
        finish: function from that dict, as tensors, to the batch, in the graph: decoding.
        batch_size: global batch size.
        start_step: first global step.
        first_replica, local_replicas, replicas: which replicas this process feeds, out of all;
            consecutive elements are theirs.

    Returns:
        `tf.data.Dataset` of dicts of tensors with leading dimension `batch_size / replicas`.

    Raises:
        RequestError: the batch cannot be divided among the replicas.
    """
    if batch_size % replicas:
        raise RequestError(f"--batch_size={batch_size}: cannot be divided among {replicas} "
                           f"replicas; choose a multiple of {replicas}.")
    size = batch_size // replicas

    def rows_of(element):
        step, replica = divmod(int(element), local_replicas)
        first = (first_replica + replica) * size
        return plan(start_step + step, range(first, first + size))

    sample = rows_of(0)
    names = sorted(sample)
    kinds = [tf.string if sample[name].dtype == object else sample[name].dtype for name in names]

    def listed(element):
        values = rows_of(element)
        return [values[name] for name in names]

    def planned(element):
        values = tf.numpy_function(listed, [element], kinds, stateful=False)
        for name, value in zip(names, values, strict=True):
            value.set_shape(sample[name].shape)
        return dict(zip(names, values, strict=True))

    dataset = tf.data.Dataset.counter()
    dataset = dataset.map(planned, num_parallel_calls=tf.data.AUTOTUNE)
    dataset = dataset.map(finish, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.prefetch(tf.data.AUTOTUNE)
