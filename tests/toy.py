"""The smallest `AdversarialModel`: points on a line, with dropout; for tests of `zoo.core`."""

import keras
import numpy as np
import tensorflow as tf

from tests import helpers
from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel


class ToyGAN(AdversarialModel):
    """Maps `condition` `(n, 2)` and noise to `target` `(n, 2)`; its dropout draws at each step."""

    default_loss_weights = {"d_real": 1.0, "d_fake": 1.0, "g_adversarial": 1.0}

    def generate(self, batch, noise, training):
        network = self.generator if training else self.ema_generator
        return network(batch["condition"] + noise, training=training)

    def discriminator_losses(self, batch, fake, training=True):
        return {"d_real": tf.nn.softplus(-self.discriminator(batch["target"])[:, 0]),
                "d_fake": tf.nn.softplus(self.discriminator(fake)[:, 0])}

    def generator_losses(self, batch, fake, training=True):
        return {"g_adversarial": tf.nn.softplus(-self.discriminator(fake)[:, 0])}

    def condition(self, inputs):
        return {"condition": tf.convert_to_tensor(inputs)}

    def sample_noise(self, seed, batch_size):
        return distribution.normal(seed, batch_size, (2,))


def linear_gan(terms=("d_real", "d_fake", "g_adversarial"), **kwargs):
    """A model without dropout, not compiled: two replicas do what one device does."""
    layers = [keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(width)])
              for width in (2, 1)]
    return ToyGAN(*layers, dict.fromkeys(terms, 1.0), **kwargs)


def toy_gan(width=3):
    """A new compiled model, the same at each call after `keras.utils.set_random_seed`."""
    generator = keras.Sequential([
        keras.layers.Input((2,)), keras.layers.Dense(width), keras.layers.Dropout(0.5, seed=1),
        keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    weights = dict.fromkeys(("d_real", "d_fake", "g_adversarial"), 1.0)
    return helpers.compiled(ToyGAN(generator, discriminator, weights))


def toy_batch(step, size=4):
    random = np.random.default_rng(step)
    return {name: random.normal(size=(size, 2)).astype(np.float32)
            for name in ("condition", "target")}


def run_steps(model, first, stop):
    """Trains on the batches of these steps without a graph; returns each step's logs."""
    return [{name: float(value) for name, value in model.train_step(
        {name: tf.constant(value) for name, value in toy_batch(step).items()}).items()}
        for step in range(first, stop)]
