"""One training step for every conditional generator: update D on the pair, then G."""

import keras
import tensorflow as tf

from zoo.core import distribution, ema, terms
from zoo.core.keras_model import KerasModel, as_floats, num_rows


def _tensors(values):
    return [value for value in tf.nest.flatten(values) if value is not None]


class AdversarialModel(KerasModel):
    """A generator and the discriminator it is trained against.

    A family overrides `generate`, `discriminator_losses` and `generator_losses` (and, where it
    needs more than data, `sample_noise`, `training_noise`, `generator_batch` and `diagnostics`).
    Batches hold the step's `seed` and `noise` too. Each loss term is one named key with a weight in
    `loss_weights`; a term that is absent there or has weight 0 is off and must not be computed
    (`is_on`). Without a term that needs it, `discriminator` may be None: that is the supervised
    baseline.

    Losses are means over the rows of the global batch, however these are spread over replicas. (A
    replica without rows works on a row of zeros of weight 0, which batch normalisation and losses
    that compare rows see.)

    All randomness of a step is a stateless function of (`seed`, `step`, position in the global
    batch), so a run can stop anywhere and go on exactly, and N replicas see what one would see.

    Args:
        generator: built `keras.Model`.
        discriminator: built `keras.Model`, or None.
        loss_weights: mapping of term name to weight, for instance `{"d_real": 1.0}`; None for
            `default_loss_weights`, without a discriminator those that need none.
        fresh_generator_batch: True draws fresh noise (and, where the batch has them, fresh
            conditions) for the update of G, as Goodfellow et al. 2014, algorithm 1. False shares
            one forward pass of G between both updates, which is about 1.2 times faster.
        ema_decay: decay of the moving average of G's weights, in [0, 1). 0: the average is G.
        seed: seed of noise and augmentation.

    Attributes:
        default_loss_weights: weight of every term that there is, of the class or the instance.
        terms_without_discriminator: names of the terms that need no discriminator.

    Raises:
        RequestError: `loss_weights` names a term that there is not, or one that needs the
            discriminator that is missing.
    """

    default_loss_weights = {}
    terms_without_discriminator = ()

    def __init__(self, generator, discriminator=None, loss_weights=None,
                 fresh_generator_batch=True, ema_decay=0.999, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.loss_weights = terms.checked(
            loss_weights, self.default_loss_weights, self.terms_without_discriminator,
            discriminator is not None)
        self.fresh_generator_batch = fresh_generator_batch
        self.ema_decay = ema_decay
        self.seed = seed
        self.ema_generator = ema.copy_network(generator)
        self.step = self.add_weight(
            shape=(), dtype="int64", initializer="zeros", trainable=False, name="step",
            aggregation="only_first_replica")
        self.built = True

    # What a family overrides.

    def generate(self, batch, noise, training):
        """Returns G's results for the conditions in `batch`, `(batch, …)` or a tuple of such.

        Those of the averaged G where `training` is False.
        """
        raise NotImplementedError

    def discriminator_losses(self, batch, fake, training=True):
        """Returns the unweighted terms of D, `{"d_…": float32 (batch,)}`.

        `training` is what the networks are called with: False leaves moving statistics alone.
        """
        return {}

    def generator_losses(self, batch, fake, training=True):
        """Returns the unweighted terms of G, `{"g_…": float32 (batch,)}`, likewise."""
        raise NotImplementedError

    def sample_noise(self, seed, batch_size):
        """Returns the noise that `generate` takes; None where there is none."""
        return None

    def training_noise(self, seed, batch_size):
        """Returns the noise of a step of training or testing, where that takes more than one draw.
        """
        return self.sample_noise(seed, batch_size)

    def generator_batch(self, batch):
        """Returns the batch with the conditions that the update of G uses."""
        return batch

    def diagnostics(self, batch):
        """Returns further values to log, `{name: float32 (batch,)}`."""
        return {}

    def shipped_networks(self):
        """Returns the networks that others need of a finished run, by name; G is the average."""
        networks = {"generator": self.ema_generator, "discriminator": self.discriminator}
        return {name: network for name, network in networks.items() if network is not None}

    # The protocol.

    def is_on(self, term):
        """True where the loss term has a weight other than 0."""
        return self.loss_weights.get(term, 0.0) != 0.0

    def _trains_discriminator(self):
        return any(self.is_on(name) for name in self.loss_weights if name.startswith("d_"))

    def train_step(self, batch):
        """Updates D, then G, on one batch (a dict of tensors; pictures uint8 or in [-1, 1]).

        Returns:
            dict of scalars, this step's: each unweighted term, `d_loss` and `g_loss` (the weighted
            sums), `loss` (the sum of both) and `diagnostics`. `History` has their means.
        """
        return self._on_rows(batch, self._train_on)

    def _train_on(self, batch, share):
        batch_size = num_rows(batch)
        seeds = tf.random.split(tf.stack([tf.cast(self.step, tf.int32), self.seed]), 4)
        d_noise = self.training_noise(seeds[2], batch_size)
        d_batch = {**batch, "seed": seeds[0], "noise": d_noise}
        if self.fresh_generator_batch:
            g_noise = self.training_noise(seeds[3], batch_size)
            g_batch = {**self.generator_batch(batch), "seed": seeds[1], "noise": g_noise}
        else:
            g_batch, g_noise = d_batch, d_noise
        update = self._update if self.gradient_accumulation_steps == 1 else self._update_in_parts
        logs = update(d_batch, d_noise, g_batch, g_noise, share.weight)
        ema.update(self.ema_generator, self.generator, self.ema_decay, self.step)
        self.step.assign_add(1)
        return logs | self._mean(self.diagnostics(batch))

    def _update(self, d_batch, d_noise, g_batch, g_noise, weight):
        logs = {}
        with tf.GradientTape() as g_tape:
            if self._trains_discriminator() and self.fresh_generator_batch:
                with g_tape.stop_recording():
                    logs |= self._update_discriminator(
                        d_batch, self.generate(d_batch, d_noise, training=True), weight)
            fake = self.generate(g_batch, g_noise, training=True)
            if self._trains_discriminator() and not self.fresh_generator_batch:
                with g_tape.stop_recording():
                    logs |= self._update_discriminator(d_batch, fake, weight)
            scaled, losses = self._generator_loss(g_batch, fake, weight)
        self._apply(g_tape.gradient(scaled, self.generator.trainable_variables),
                    self.generator, self.generator_optimizer)
        return logs | losses

    def _update_in_parts(self, d_batch, d_noise, g_batch, g_noise, weight):
        """As `_update`, with the memory of a part of the batch; G always runs for each update."""

        def of_discriminator(batch, noise):
            fake = self.generate(batch, noise, training=True)
            return self._discriminator_gradients(batch, fake, weight)

        def of_generator(batch, noise):
            with tf.GradientTape() as tape:
                fake = self.generate(batch, noise, training=True)
                scaled, losses = self._generator_loss(batch, fake, weight)
            return tape.gradient(scaled, self.generator.trainable_variables), losses

        logs = {}
        if self._trains_discriminator():
            gradients, logs = self._mean_over_parts(of_discriminator, d_batch, d_noise)
            self._apply(gradients, self.discriminator, self.discriminator_optimizer)
        gradients, losses = self._mean_over_parts(of_generator, g_batch, g_noise)
        self._apply(gradients, self.generator, self.generator_optimizer)
        return logs | losses

    def _mean_over_parts(self, compute, batch, noise):
        """Parts differ by a row where a data set's last batch does not divide."""
        parts, batch_size = self.gradient_accumulation_steps, num_rows(batch)
        larger, found = max if isinstance(batch_size, int) else tf.maximum, []
        for part in range(parts):
            first, last = (each * batch_size // parts for each in (part, part + 1))
            # Networks need a row; where there are fewer than parts, one again, which weighs 0.
            stop = larger(last, first + 1)
            rows, rows_of_noise = tf.nest.map_structure(
                lambda value: None if value is None else value[first:stop],
                ({name: value for name, value in batch.items() if name not in ("seed", "noise")},
                 noise))
            # One after the other: side by side they would need the memory of the whole.
            with tf.control_dependencies(_tensors(found[-1:])), distribution.sharing(stop - first):
                computed = compute(
                    {**tf.nest.map_structure(tf.identity, rows), "noise": rows_of_noise,
                     "seed": tf.random.fold_in(batch["seed"], part)}, rows_of_noise)
            share = tf.cast((last - first) / batch_size, tf.float32)
            found.append(tf.nest.map_structure(
                lambda value: None if value is None else tf.cast(share, value.dtype) * value,
                computed))
        return tf.nest.map_structure(
            lambda *values: None if values[0] is None else tf.add_n(values), *found)

    def test_step(self, batch):
        """Returns the losses that `train_step` returns, of the averaged generator, unchanged.

        Noise differs from batch to batch, and is the same each time at one step of training.
        """
        return self._on_rows(batch, self._test_on)

    def _test_on(self, batch, share):
        del share
        seeds = tf.random.split(tf.random.fold_in(
            tf.stack([tf.cast(self.step, tf.int32), self.seed]), self.means.batches), 2)
        noise = self.training_noise(seeds[1], num_rows(batch))
        batch = {**batch, "seed": seeds[0], "noise": noise}
        fake = self.generate(batch, noise, training=False)
        logs = {}
        if self._trains_discriminator():
            logs |= self._weigh(
                "d_loss", self.discriminator_losses(batch, fake, training=False))[1]
        return logs | self._weigh(
            "g_loss", self.generator_losses(batch, fake, training=False))[1]

    def _on_rows(self, batch, compute):
        """Returns a step's values for Keras, and adds them to the means."""
        with distribution.sharing(num_rows(batch)) as share:
            logs = compute(share.fill(as_floats(batch)), share)
        logs["loss"] = logs["g_loss"] + logs.get("d_loss", 0.0)
        self.means.update_state(logs, share.rows)
        return {name: distribution.loggable(value, share) for name, value in logs.items()}

    def _update_discriminator(self, batch, fake, weight):
        gradients, losses = self._discriminator_gradients(batch, fake, weight)
        self._apply(gradients, self.discriminator, self.discriminator_optimizer)
        return losses

    def _discriminator_gradients(self, batch, fake, weight):
        with tf.GradientTape() as tape:
            losses = self.discriminator_losses(
                batch, tf.nest.map_structure(tf.stop_gradient, fake))
            total, means = self._weigh("d_loss", losses)
            scaled = self.discriminator_optimizer.scale_loss(total * weight)
        return tape.gradient(scaled, self.discriminator.trainable_variables), means

    def _generator_loss(self, batch, fake, weight):
        total, means = self._weigh("g_loss", self.generator_losses(batch, fake))
        return self.generator_optimizer.scale_loss(total * weight), means

    def _weigh(self, name, losses):
        means = self._mean(losses)
        total = tf.add_n([self.loss_weights[term] * mean for term, mean in means.items()])
        return total, means | {name: total}

    @staticmethod
    def _mean(values):
        return {name: tf.reduce_mean(tf.cast(value, tf.float32)) for name, value in values.items()}

    @staticmethod
    def _apply(gradients, network, optimizer):
        # It sums over replicas (keras issue 19308): the loss was weighted before.
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            gradients = distribution.finite_everywhere_or_nowhere(gradients)
        optimizer.apply(gradients, network.trainable_variables)

    def get_config(self):
        return {
            "name": self.name,
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "loss_weights": self.loss_weights,
            "fresh_generator_batch": self.fresh_generator_batch,
            "ema_decay": self.ema_decay,
            "seed": self.seed,
        }
