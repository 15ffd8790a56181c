"""What tests of models share: compiling, training on given batches, copying and comparing state."""

import contextlib
import random
import re

import keras
import numpy as np
import tensorflow as tf

from zoo.core import distribution
from zoo.core.optimizers import FusedAdam

_NUMBER = re.compile(r"_\d+(?=[_/]|$)")  # That Keras appends to a layer's name.


def set_random_seed(seed):
    """As Keras's, but for TensorFlow's own seed, by which nothing here draws.

    To set that one throws away all that TensorFlow has made ready to run: every function would be
    prepared again in every test.
    """
    random.seed(seed)
    np.random.seed(seed)


@contextlib.contextmanager
def without_graphs():
    """Inside the block TensorFlow's functions run line by line.

    A few steps of a small model take a fifth of the time that tracing one of them does. For runs
    whose graph is no part of the question; what is exported has its graph all the same.
    """
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


class Logs(keras.callbacks.Callback):
    """Keeps every step's logs as floats, and calls `after_step` with no argument."""

    def __init__(self, after_step=lambda: None):
        super().__init__()
        self.after_step = after_step
        self.steps = []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append({name: float(value) for name, value in logs.items()})
        self.after_step()


def compiled(model):
    """Compiles with one Adam a network.

    Its large epsilon makes it feel the size of a gradient, so that one which is summed over
    replicas twice shows; and keeps it from turning rounding errors into steps.
    """
    model.compile(**{f"{name}_optimizer": FusedAdam(0.005, beta_1=0.5, epsilon=0.1)
                     for name in networks(model)})
    return model


def train(model, batches, after_step=lambda: None):
    """Trains one step a batch, over all replicas of the strategy in scope.

    Args:
        model: compiled `AdversarialModel`.
        batches: list of dicts of NumPy arrays, the global batches.
        after_step: called after each step.

    Returns:
        list of each step's logs.
    """
    rows = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    batch_size = len(next(iter(batches[0].values())))

    def make_dataset(first_replica, local_replicas, replicas):
        assert (first_replica, local_replicas) == (0, replicas)
        size = batch_size // replicas
        return tf.data.Dataset.from_tensor_slices(
            {name: value.reshape(-1, size, *value.shape[1:]) for name, value in rows.items()})

    logs = Logs(after_step)
    model.fit(distribution.distribute(make_dataset), steps_per_epoch=len(batches), shuffle=False,
              verbose=0, callbacks=[logs])
    return logs.steps


def networks(model):
    """The networks that are trained, by name."""
    found = {"generator": model.generator, "discriminator": model.discriminator}
    return {name: network for name, network in found.items() if network is not None}


def named(prefix, variables):
    """Copies of variables by a name that does not depend on how many layers were made before."""
    return {f"{prefix}/{i}/{_NUMBER.sub('', v.path)}": v.numpy()
            for i, v in enumerate(variables)}


def trainable_weights(model):
    """Copies of the trained weights, by a name that begins with the network's."""
    return {name: value for prefix, network in networks(model).items()
            for name, value in named(prefix, network.trainable_variables).items()}


def state(model):
    """Copies of all weights and optimizer slots."""
    values = named("model", model.weights)
    for name in networks(model):
        values |= named(f"{name}_optimizer", getattr(model, f"{name}_optimizer").variables)
    return values


def unchanged(before, after):
    """Names of the arrays that are the same in both."""
    return {name for name in before if np.array_equal(before[name], after[name])}


def assert_close(ones, others, tolerance=0.0):
    """Compares two dicts of numbers or arrays."""
    assert ones.keys() == others.keys()
    for name, one in ones.items():
        np.testing.assert_allclose(
            others[name], one, rtol=tolerance, atol=tolerance, err_msg=name)
