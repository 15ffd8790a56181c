"""A config's training step and input pipeline, ready to be timed."""

import functools
import itertools
import time

import keras
import tensorflow as tf

from zoo.benchmark import operations, profile
from zoo.core import distribution, precision, trainer, xla
from zoo.core import experiment as experiment_lib
from zoo.core.workdir import Workdir


class Training:
    """Everything up to and including the first step of a run, in an empty workdir.

    Args:
        settings: `Settings` with an unused `workdir`.
        registry: `{model name: function from Settings to Experiment}`.

    Attributes:
        experiment: the `Experiment`.
        model: the compiled `AdversarialModel`.
        compile_seconds: what the first step took, tracing and first batch included.
    """

    def __init__(self, settings, registry):
        self.experiment = experiment_lib.build(settings, registry)
        workdir = Workdir(settings.workdir)
        self._strategy = distribution.make_strategy(settings.strategy)
        with self._strategy.scope():
            workdir.open(self.experiment.settings)
            trainer.finish_prerequisites(
                self.experiment.training_prerequisites(), workdir, registry)
            keras.utils.set_random_seed(settings.seed)
            keras.config.set_dtype_policy(precision.policy_for(settings.precision))
            self.experiment.prepare(workdir.path)
            data = self.experiment.training_data(workdir.path)
            self.model = self.experiment.build_model(workdir.path)
            self.model.compile(
                **self.experiment.build_optimizers(), jit_compile=xla.is_on(settings),
                gradient_accumulation_steps=settings.gradient_accumulation_steps)
            self._dataset = distribution.distribute(functools.partial(data.dataset, 0))
            self._batch = next(iter(self._dataset))
            self.model.make_train_function()
            began = time.perf_counter()
            self._step(itertools.repeat(self._batch))
            self.compile_seconds = time.perf_counter() - began

    def parameters(self):
        """Returns the number of trained weights of each network, by name."""
        networks = {"generator": self.model.generator, "discriminator": self.model.discriminator}
        return {name: sum(variable.value.shape.num_elements()
                          for variable in network.trainable_variables)
                for name, network in networks.items() if network is not None}

    def operations(self):
        """Returns the operations of one step by kind, see `operations.count`."""
        with self._strategy.scope():
            step = tf.function(
                functools.partial(distribution.run, self.model.train_step), autograph=False)
            return operations.count(step.get_concrete_function(self._batch))

    @functools.cached_property
    def in_memory(self):
        """`Turns` on one batch again and again."""
        return Turns(self._step, itertools.repeat(self._batch))

    @functools.cached_property
    def with_pipeline(self):
        """`Turns` on the data set, which is first read when this is first asked for."""
        return Turns(self._step, iter(self._dataset))

    def seconds_by_operation(self, num_steps):
        """Returns where a step's time goes, see `profile.seconds_by_operation`; data in memory."""
        return profile.seconds_by_operation(
            lambda: self._step(itertools.repeat(self._batch)), num_steps)

    def seconds_per_batch(self, num_batches):
        """Returns the seconds that the pipeline alone takes for a batch.

        Over all batches: single ones wait in the prefetch buffer or do not.
        """
        iterator = iter(self._dataset)
        next(iterator)
        began = time.perf_counter()
        for _ in range(num_batches):
            next(iterator)
        return (time.perf_counter() - began) / num_batches

    def _step(self, iterator):
        with self._strategy.scope():
            float(self.model.train_function(iterator)["g_loss"])  # Waits until it is done.


class Turns:
    """Steps on what an iterator gives, timed as many at a time as `race.race` asks for."""

    def __init__(self, step, iterator):
        self._step = step
        self._iterator = iterator

    def seconds(self, num_steps):
        """Returns the seconds of each of `num_steps` steps; one before them is not timed."""
        self._step(self._iterator)
        seconds = []
        for _ in range(num_steps):
            began = time.perf_counter()
            self._step(self._iterator)
            seconds.append(time.perf_counter() - began)
        return seconds
