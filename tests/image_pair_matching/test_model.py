"""The matcher of pairs passes the shared checks, and learns to match."""

import keras
import numpy as np

from tests import helpers
from tests.conformance import Conformance
from zoo.image_pair_matching.model import ImagePairMatcher
from zoo.image_pair_matching.networks import ImagePairEncoder
from zoo.layers.image_encoder import ImageEncoder


def pair_encoder(channels=(4, 6)):
    return ImagePairEncoder(*(ImageEncoder(8, "residual", channels, output_dim=6)
                              for _ in range(2)))


def stripes():
    """Four sources, stripes across or upright, wide or narrow; targets are negatives in red."""
    narrow, wide = (np.where(np.arange(8) // width % 2, 1.0, -1.0) for width in (1, 2))
    across = [np.tile(wave[:, None], (1, 8)) for wave in (narrow, wide)]
    sources = np.stack(across + [each.T for each in across])[..., None].astype(np.float32)
    targets = np.concatenate([-sources, np.full((4, 8, 8, 2), -1, np.float32)], axis=-1)
    return {"source": sources.repeat(3, axis=-1), "target": targets}


class TestImagePairMatcher(Conformance):
    terms = ("g_matching",)

    def build(self, **overrides):
        return ImagePairMatcher(pair_encoder(), **overrides)

    def batch(self, random, size):
        return {name: random.uniform(-1, 1, (size, 8, 8, 3)).astype(np.float32)
                for name in ("source", "target")}


def test_it_answers_with_both_embeddings_and_ships_both_encoders():
    model = TestImagePairMatcher().build()
    pictures = np.random.default_rng(0).integers(0, 256, (2, 3, 8, 8, 3), np.uint8)
    found = model(tuple(pictures))
    shipped = model.shipped_networks()
    for embedding, name, images in zip(
            found, ("source_encoder", "window_encoder"), pictures, strict=True):
        np.testing.assert_allclose(np.linalg.norm(embedding, axis=1), 1.0, rtol=1e-5)
        seen = keras.ops.normalize(shipped[name](images / np.float32(127.5) - 1))
        np.testing.assert_allclose(embedding, seen, rtol=1e-4, atol=1e-5)


def test_it_learns_which_target_belongs_to_a_source():
    model = ImagePairMatcher(pair_encoder((8, 12)), ema_decay=0.0)
    model.compile(generator_optimizer=keras.optimizers.Adam(0.01))
    rows = stripes()
    logs = helpers.train(model, 40 * [rows])
    assert logs[0]["g_matching"] > 1.0 > 0.2 > logs[-1]["g_matching"]
    sources, targets = model(rows)
    assert (np.argmax(sources @ np.transpose(targets), axis=1) == np.arange(4)).all()
