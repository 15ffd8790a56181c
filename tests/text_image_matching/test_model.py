"""The matcher passes the shared checks, and learns to match."""

import keras
import numpy as np

from tests import helpers
from tests.conformance import Conformance
from zoo.layers.image_encoder import ImageEncoder
from zoo.layers.text_encoder import TextEncoder
from zoo.text_image_matching.model import TextImageMatcher
from zoo.text_image_matching.networks import DualEncoder

WORDS = ("red", "green", "blue", "black")
COLOURS = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [-1, -1, -1]], np.float32)


def dual_encoder(units=3):
    return DualEncoder(
        TextEncoder(WORDS, "gru", embedding_dim=4, units=units, output_dim=6),
        ImageEncoder(16, "plain", channels=(4, 6), output_dim=6))


class TestMatcher(Conformance):
    terms = ("g_matching",)

    def build(self, **overrides):
        return TextImageMatcher(dual_encoder(), **overrides)

    def batch(self, random, size):
        return {"tokens": random.integers(1, len(WORDS) + 2, (size, 3)).astype(np.int32),
                "image": random.uniform(-1, 1, (size, 16, 16, 3)).astype(np.float32)}


def test_it_has_no_discriminator_and_no_loss_of_one():
    model = TestMatcher().build()
    assert model.discriminator is None
    model.compile(generator_optimizer=keras.optimizers.Adam())
    assert model.discriminator_optimizer is None


def test_it_learns_which_picture_a_word_names():
    model = TextImageMatcher(dual_encoder(units=8), ema_decay=0.0)
    model.compile(generator_optimizer=keras.optimizers.Adam(0.01))
    batch = {"tokens": np.arange(2, 6, dtype=np.int32)[:, None] * [[1, 0]],
             "image": np.ones((1, 16, 16, 1), np.float32) * COLOURS[:, None, None, :]}
    batch["tokens"] = batch["tokens"].astype(np.int32)
    logs = helpers.train(model, 60 * [batch])
    assert logs[0]["g_matching"] > 1.0 > 0.2 > logs[-1]["g_matching"]
    text, image, _ = model.ema_generator(batch["tokens"], batch["image"], training=False)
    assert (np.argmax(text @ np.transpose(image), axis=1) == np.arange(4)).all()
