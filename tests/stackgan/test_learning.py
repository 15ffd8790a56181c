"""A tiny Stage II learns to draw sharply what its blurred Stage I shows."""

import keras
import numpy as np

from tests import helpers
from zoo.layers.text_encoder import TextEncoder
from zoo.stackgan import (
    StageDiscriminator, StageIGAN, StageIGenerator, StageIIGAN, StageIIGenerator)

COLOURS = np.array([[1, -1, -1], [-1, -1, 1]], np.float32)  # Red, blue.
CAPTIONS = np.array([[2, 4], [3, 4]], np.int32)  # "red square", "blue square".
BATCH_SIZE = 16
TEXT = {"text_dim": 16, "condition_dim": 8}


def batch(random, size):
    """Squares of the caption's colour on grey; a wrong caption is the other one."""
    colour = random.integers(0, 2, BATCH_SIZE)
    image = np.zeros((BATCH_SIZE, size, size, 3), np.float32)
    edge = size // 4
    image[:, edge:-edge, edge:-edge] = COLOURS[colour][:, None, None]
    return {"image": image, "tokens": CAPTIONS[colour], "mismatched_tokens": CAPTIONS[1 - colour]}


def trained(model, size, steps):
    model.compile(generator_optimizer=keras.optimizers.Adam(2e-3, 0.5, 0.99),
                  discriminator_optimizer=keras.optimizers.Adam(1e-3, 0.5, 0.99))
    random = np.random.default_rng(0)
    helpers.train(model, [batch(random, size) for _ in range(steps)])
    return model


def errors(model, size):
    """Mean squared distance of the pictures to the right and to the wrong colour's."""
    true = batch(np.random.default_rng(1), size)
    noise = np.random.default_rng(2).standard_normal(
        (BATCH_SIZE, model.noise_dim)).astype(np.float32)
    fake = np.asarray(model.generate(true, noise, training=False))
    other = true["image"][..., ::-1]  # Red and blue exchanged.
    return np.square(fake - true["image"]).mean(), np.square(fake - other).mean()


def test_both_stages_learn_that_the_caption_decides_the_colour():
    weights = {"d_real": 1.0, "d_fake": 0.5, "d_mismatched": 0.5, "g_adversarial": 1.0,
               "g_kl": 0.1, "g_l2": 10.0}
    settings = {"loss_weights": weights, "fresh_generator_batch": False, "ema_decay": 0.9}
    encoder = TextEncoder(("red", "blue", "square"), "convolution", 8, 8, output_dim=16)
    first = trained(StageIGAN(StageIGenerator((16, 12), 4, **TEXT),
                              StageDiscriminator((8, 12), **TEXT), encoder, **settings), 16, 120)
    right, wrong = errors(first, 16)
    assert right < 0.5 * wrong
    second = StageIIGAN(
        StageIIGenerator(16, (8, 12), 1, (12, 8), **TEXT), StageDiscriminator((8, 8, 12), **TEXT),
        encoder, first.ema_generator, **settings)
    before = errors(second, 32)[0]
    trained(second, 32, 500)
    right, wrong = errors(second, 32)
    assert right < 0.5 * wrong and right < 0.5 * before
