"""Replicas: choosing a strategy and everything that depends on it. Nothing else reads it."""

import concurrent.futures
import contextlib
import functools
import threading
from typing import NamedTuple

import tensorflow as tf

from zoo.core import cluster, rendezvous, signals
from zoo.errors import RequestError, RunFailed

_PATIENCE = 5.0  # Seconds of waiting for other workers after which a line says so.


def make_strategy(name):
    """Returns the `tf.distribute.Strategy` called `name`, the same one at each call.

    Args:
        name: "default" (one device), "mirrored" (all visible devices of one machine) or
            "multi_worker" (the machines listed in the environment variable `TF_CONFIG`). The
            first call for it must come before TensorFlow has done anything, and waits for all
            of them.

    Raises:
        RequestError: "multi_worker" without a usable `TF_CONFIG`, see `cluster.read`.
    """
    return tf.distribute.get_strategy() if name == "default" else _parallel_strategy(name)


@functools.cache  # Two strategies over the same devices get into each other's collectives.
def _parallel_strategy(name):
    if name == "mirrored":
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    workers = cluster.read()
    with _saying(f"waiting for the other workers of TF_CONFIG: {', '.join(workers.others())}"):
        rendezvous.meet(workers)
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    signals.take_over()
    return strategy


@contextlib.contextmanager
def _saying(line):
    """Prints a line if the block takes longer than `_PATIENCE`."""
    timer = threading.Timer(_PATIENCE, print, args=(line,), kwargs={"flush": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def losing_workers(strategy):
    """Inside the block, which uses a strategy, that another worker has gone is one line.

    Raises:
        RunFailed: another worker has ended, or cannot be reached any more.
    """
    try:
        yield
    except Exception as error:
        # Keras may have made another error of it on the way.
        gone = (tf.errors.UnavailableError, tf.errors.AbortedError)
        if _num_workers(strategy) == 1 or not any(isinstance(e, gone) for e in _causes(error)):
            raise
        raise RunFailed("another worker has ended or cannot be reached: see what it has said; "
                        "start all of them again to go on from the newest checkpoint.") from error


def _causes(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


def is_chief():
    """True in the one process that writes files: the only one, the chief, or worker 0 without one.
    """
    resolver = tf.distribute.get_strategy().cluster_resolver
    if resolver is None or resolver.task_type is None:
        return True
    first = "chief" if "chief" in resolver.cluster_spec().jobs else "worker"
    return (resolver.task_type, resolver.task_id) == (first, 0)


def num_replicas():
    """Number of replicas that share a global batch."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def check_batch(batch_size, accumulation_steps):
    """Refuses a global batch that cannot be cut into whole rows.

    Args:
        batch_size: examples a step over all replicas.
        accumulation_steps: parts into which each replica cuts its share.

    Raises:
        RequestError: it is no multiple of both together.
    """
    replicas = num_replicas()
    if batch_size % (replicas * accumulation_steps):
        raise RequestError(
            f"--batch_size={batch_size}: must be a multiple of {replicas * accumulation_steps}, "
            f"{replicas} replicas times --gradient_accumulation_steps={accumulation_steps}.")


def _num_workers(strategy=None):
    return getattr((strategy or tf.distribute.get_strategy()).extended, "_num_workers", 1)


def wait_for_workers():
    """Returns when every worker process has come here; at once where there is one."""
    of_every_worker(0)


def of_every_worker(number):
    """Returns what each worker process passes, a list of float; waits until all have come here."""
    if _num_workers() == 1:
        return [float(number)]
    strategy = tf.distribute.get_strategy()
    numbers = strategy.run(lambda: tf.fill((1,), float(number)))
    with _saying("waiting for the other workers"):
        return strategy.gather(numbers, axis=0).numpy().tolist()


def loggable(value, share):
    """Shapes and weighs a replica's mean so that Keras's `fit` makes the mean over all rows of it.

    Keras takes the mean over replicas, whatever their rows; where several workers run with
    `strategy.reduce("MEAN", value, axis=0)`, which needs a leading axis.
    """
    if not share.is_even:
        value = value * share.weight * num_replicas()
    return tf.reshape(value, (1,)) if _num_workers() > 1 else value


class Share(NamedTuple):
    """A replica's part of the global batch of a step.

    Attributes:
        rows: those it has: of the last batch of a data set perhaps fewer than others, or none.
        first: position of the first of them in the global batch.
        total: rows of all replicas.
        is_even: True where the shapes say that every replica has as many; the numbers are then
            known before the step runs, and otherwise int32 scalars.
    """

    rows: int | tf.Tensor
    first: int | tf.Tensor
    total: int | tf.Tensor
    is_even: bool

    @property
    def weight(self):
        """Of the mean over this replica's rows in the mean over all rows."""
        if self.is_even:
            return 1.0 / num_replicas()
        return tf.cast(self.rows, tf.float32) / tf.cast(self.total, tf.float32)

    def fill(self, batch):
        """Gives a replica without rows one of zeros, since networks need one; its weight is 0."""
        if self.is_even:
            return batch
        missing = tf.maximum(1 - self.rows, 0)
        return tf.nest.map_structure(lambda value: tf.concat([value, tf.zeros(
            tf.concat([[missing], tf.shape(value)[1:]], 0), value.dtype)], 0), batch)


_step = threading.local()  # Its `share`; replicas of a process have threads of their own.


@contextlib.contextmanager
def sharing(rows):
    """Inside the block `normal`, `uniform` and `first_row` know where this replica's rows are.

    Args:
        rows: of this replica; a Python integer where the shape says it.

    Yields:
        `Share`.
    """
    outer = getattr(_step, "share", None)
    _step.share = _share(rows)
    try:
        yield _step.share
    finally:
        _step.share = outer


def _share(rows):
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return Share(rows, 0, rows, True)
    if isinstance(rows, int) and not tf.executing_eagerly():
        return _even_share(context, rows)
    counts = context.all_gather(tf.reshape(rows, (1,)), axis=0)
    first = tf.reduce_sum(counts[:context.replica_id_in_sync_group])
    return Share(rows, first, tf.reduce_sum(counts), False)


def _even_share(context, rows):
    return Share(rows, context.replica_id_in_sync_group * rows,
                 context.num_replicas_in_sync * rows, True)


def _rows_of_replica(sample, batch_size, shape):
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return sample((batch_size, *shape))
    share = getattr(_step, "share", None) or _even_share(context, batch_size)
    rows = sample((share.total, *shape))
    if share.is_even:
        return rows[share.first:share.first + batch_size]
    # The row that a replica without rows was filled with has no noise of its own.
    return tf.gather(rows, tf.minimum(share.first + tf.range(batch_size), share.total - 1))


def normal(seed, batch_size, shape):
    """Standard normal noise that depends on the seed and the position in the global batch alone.

    Args:
        seed: int32 tensor `(2,)`.
        batch_size: examples on this replica.
        shape: tuple, the shape of one example's noise.

    Returns:
        float32 tensor `(batch_size, *shape)`: N replicas together draw what one would have drawn.
    """
    return _rows_of_replica(
        lambda full: tf.random.stateless_normal(full, seed, alg="philox"), batch_size, shape)


def uniform(seed, batch_size, shape):
    """Like `normal`, uniform in [0, 1)."""
    return _rows_of_replica(
        lambda full: tf.random.stateless_uniform(full, seed, alg="philox"), batch_size, shape)


def first_row(batch_size):
    """Returns the row of the global batch at which this replica's `batch_size` rows begin."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return 0
    return (getattr(_step, "share", None) or _even_share(context, batch_size)).first


def gather_replicas(values):
    """Concatenates every replica's rows along the batch axis, differentiably."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return values
    return context.all_gather(values, axis=0)


def previous_rows(values):
    """Returns for each row of this replica the one before it in the global batch, cyclically."""
    size = tf.shape(values)[0]
    first = first_row(size)
    return tf.roll(gather_replicas(values), shift=1, axis=0)[first:first + size]


def finite_everywhere_or_nowhere(gradients):
    """Makes a replica's gradients not finite where another replica's are not.

    So that all of them leave out the same updates: each decides by its own, and sums them after.

    Args:
        gradients: list of tensors, None among them, at least one that is not.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return gradients
    known = [gradient for gradient in gradients if gradient is not None]
    is_finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(gradient)) for gradient in known])
    bad_replicas = context.all_reduce("SUM", tf.cast(~is_finite, tf.float32))
    # Not a number where a replica has failed, and 0 elsewhere.
    spoil = tf.where(bad_replicas > 0.0, float("nan"), 0.0)
    return [None if gradient is None else gradient + tf.cast(spoil, gradient.dtype)
            for gradient in gradients]


def on_one_device(function):
    """Returns what a function of no argument returns where there is no strategy.

    It runs in a thread of its own, the one way out of a strategy's scope, and so under Keras's
    default dtype policy, float32, too.
    """
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(function).result()


def run(function, batch):
    """Returns what a function returns on each replica of the current strategy for its rows."""
    return tf.distribute.get_strategy().run(function, args=(batch,))


def distribute(make_dataset):
    """Distributes a dataset over the replicas of the current strategy.

    Args:
        make_dataset: function of (first_replica, local_replicas, replicas) that returns a
            `tf.data.Dataset` whose consecutive elements are the batches of this process's
            replicas.

    Returns:
        What `keras.Model.fit` takes.
    """
    strategy = tf.distribute.get_strategy()
    if strategy.num_replicas_in_sync == 1:
        return make_dataset(0, 1, 1)

    def of_worker(context):
        replicas = context.num_replicas_in_sync
        local = replicas // context.num_input_pipelines
        return make_dataset(context.input_pipeline_id * local, local, replicas)

    return strategy.distribute_datasets_from_function(of_worker)
