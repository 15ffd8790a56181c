"""What Keras asks of a model of two networks: compiling, means, predictions, saving."""

import keras
import numpy as np
import tensorflow as tf

from zoo import private_keras
from zoo.core import distribution, terms
from zoo.core.means import Means
from zoo.core.optimizer_pair import OptimizerPair
from zoo.errors import RequestError


def num_rows(batch):
    """Returns the rows of a batch: an integer where its shape says them, else an int32 scalar."""
    first = next(tf.nest.flatten(value)[0] for name, value in batch.items() if name != "seed")
    return tf.shape(first)[0] if first.shape[0] is None else first.shape[0]


def as_floats(batch):
    """Maps pictures in whole numbers, uint8 or uint16, to float32 in [-1, 1]; all else stays."""
    def as_float(value):
        dtype = getattr(value, "dtype", None)
        if dtype not in (tf.uint8, tf.uint16):
            return value
        return tf.cast(value, tf.float32) / (tf.as_dtype(dtype).max / 2) - 1.0
    return tf.nest.map_structure(as_float, batch)


def _arrays(conditions):
    """Makes one tensor of each list, which Keras would take for several inputs, and of strings."""
    if isinstance(conditions, tuple) and not isinstance(conditions[0], str):
        return tuple(map(_arrays, conditions))
    if isinstance(conditions, (list, tuple)):
        return tf.stack([tf.convert_to_tensor(each) for each in conditions])
    if isinstance(conditions, str):
        return tf.constant([conditions])
    if isinstance(conditions, np.ndarray) and conditions.dtype.kind not in "biuf":
        return tf.constant(conditions.astype(object))
    return conditions


class KerasModel(private_keras.NotBuiltByKeras, keras.Model):
    """A generator and perhaps a discriminator, each with its optimizer, as one Keras model.

    `model(conditions)` and `model.predict(conditions)` are what the averaged generator makes;
    `sample` is the same for people, in whole numbers and at any size. What conditions are, and
    what is made of them, each family's `condition` and `sample` say.

    A subclass sets `generator`, `ema_generator`, `discriminator`, `loss_weights` and `seed`.

    Raises:
        RequestError: Keras was set to channels first after zoo's import, which refuses it.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if keras.config.image_data_format() != "channels_last":
            raise RequestError("Keras's image_data_format is channels_first: layers would mix up "
                               "pictures' sides; set it back to channels_last.")
        # Conditions are captions too, and those that are numbers keep their precision.
        private_keras.take_inputs_as_they_are(self)
        self.means = Means()
        self._predicted = keras.metrics.Sum(name="predicted_batches", dtype="int32")

    # What a family overrides.

    def condition(self, inputs):
        """Returns the batch that `generate` takes for a family's natural conditions."""
        raise NotImplementedError

    def sample(self, conditions, seed=0):
        """Returns what the averaged generator makes of conditions, ready to be looked at."""
        raise RequestError(f"{type(self).__name__}: makes no samples.")

    def result(self, made):
        """Returns the finished one of what `generate` returns, float32: of several the last."""
        return tf.cast(made[-1] if isinstance(made, (tuple, list)) else made, tf.float32)

    # Inference.

    def call(self, inputs, training=False):
        """Returns what the averaged generator makes of conditions.

        Args:
            inputs: natural conditions, see `condition`, or a batch as for `fit`: a dict, pictures
                in it uint8, uint16 or float32 in [-1, 1].
            training: True takes the raw generator as in training.

        Returns:
            See `result`. Noise is a function of the model's `seed` and the row.
        """
        return self.respond(inputs, self._noise_seed(0), training)

    def _noise_seed(self, batch_index):
        return tf.random.fold_in(tf.stack([0, self.seed]), batch_index)

    def respond(self, inputs, seed, training=False):
        """Like `call`, with noise of another seed, int32 `(2,)`."""
        batch = as_floats(inputs) if isinstance(inputs, dict) else self.condition(inputs)
        with distribution.sharing(num_rows(batch)) as share:
            seeds = tf.random.split(seed, 2)
            batch = share.fill(batch)
            noise = self.sample_noise(seeds[1], num_rows(batch))
            batch["seed"] = seeds[0]
            made = self.result(self.generate(batch, noise, training))
            return made if share.is_even else tf.nest.map_structure(
                lambda each: each[:share.rows], made)

    def predict(self, x, *args, **kwargs):
        """Like `keras.Model.predict`, for conditions or batches.

        Noise differs from batch to batch; that of the first is what `model(x)` has.
        """
        self._predicted.reset_state()
        return super().predict(_arrays(x), *args, **kwargs)

    def predict_step(self, data):
        batch = data[0] if isinstance(data, tuple) and len(data) == 1 else data
        seed = self._noise_seed(tf.convert_to_tensor(self._predicted.total.value))
        self._predicted.update_state(1)
        return self.respond(batch, seed)

    # Training.

    def compile(self, generator_optimizer, discriminator_optimizer=None, jit_compile=False,
                steps_per_execution=1, gradient_accumulation_steps=1, run_eagerly=False):
        """Sets the optimizers and builds their slots.

        Call it in the strategy's scope. (An optimizer that is first built inside a mirrored step
        fails, see keras issue 20585.)

        Args:
            generator_optimizer: a `keras.optimizers.Optimizer`, or its name.
            discriminator_optimizer: likewise; None where there is no discriminator.
            jit_compile: True compiles the step with XLA; "auto" leaves it to Keras.
            steps_per_execution: steps run by one call into TensorFlow.
            gradient_accumulation_steps: parts into which each replica's batch is cut; they follow
                one another, and one update takes the mean of their gradients. The same gradients
                but for augmentation, which is drawn for each part, and for batch norm and losses
                that compare rows, which see a part at a time.
            run_eagerly: True runs steps without a graph, to look into them.

        Raises:
            RequestError: no term of G is on.
        """
        terms.check_generator(self.loss_weights, self.default_loss_weights)
        super().compile(optimizer=None, jit_compile=jit_compile, run_eagerly=run_eagerly,
                        steps_per_execution=steps_per_execution)
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.generator_optimizer = self._prepare(generator_optimizer, self.generator)
        self.discriminator_optimizer = self._prepare(discriminator_optimizer, self.discriminator)
        if self._trains_discriminator() and self.discriminator_optimizer is None:
            raise ValueError("terms of D are on, and there is no D or no discriminator_optimizer.")
        self.optimizer = OptimizerPair(self.optimizers())

    def optimizers(self):
        """Returns the optimizer of each network that is trained, by the network's name."""
        pair = {"generator": self.generator_optimizer,
                "discriminator": self.discriminator_optimizer}
        # Of one that scales losses, what it scales them for.
        return {name: getattr(optimizer, "inner_optimizer", optimizer)
                for name, optimizer in pair.items() if optimizer is not None}

    def fit(self, *args, **kwargs):
        """See `keras.Model.fit`. `History` has the means of what `train_step` returns."""
        history = super().fit(*args, **kwargs)
        for name, optimizer in self.optimizers().items():
            optimizer.finalize_variable_values(getattr(self, name).trainable_variables)
        return history

    @staticmethod
    def _prepare(optimizer, network):
        if optimizer is None or network is None:
            return None
        optimizer = keras.optimizers.get(optimizer)
        if not network.trainable_variables:
            raise ValueError(f"{network.name} has no trainable weights for its optimizer to train; "
                             "set its trainable attribute to True before compile.")
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if network.dtype_policy.name == "mixed_float16" and not scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        if not optimizer.built:
            optimizer.build(network.trainable_variables)
        return optimizer

    def get_compile_config(self):
        return {
            "generator_optimizer": keras.saving.serialize_keras_object(self.generator_optimizer),
            "discriminator_optimizer":
                keras.saving.serialize_keras_object(self.discriminator_optimizer),
            "jit_compile": self.jit_compile,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    def compile_from_config(self, config):
        self.compile(**{name: keras.saving.deserialize_keras_object(value)
                        for name, value in config.items()})

    # Saving, and what Keras need not do.

    @classmethod
    def from_config(cls, config):
        networks = {name: keras.saving.deserialize_keras_object(value)
                    for name, value in config.items()
                    if isinstance(value, dict) and "class_name" in value}
        return cls(**{**config, **networks})

    def build_from_config(self, config):
        pass  # The networks are built by their constructors.

    @property
    def metrics(self):
        return [self.means]
