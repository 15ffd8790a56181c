"""The matcher passes the shared checks, and learns to match."""

import numpy as np

from tests.conformance import Conformance
from zoo.layers.image_encoder import ImageEncoder
from zoo.layers.text_encoder import TextEncoder
from zoo.text_image_matching.model import TextImageMatcher
from zoo.text_image_matching.networks import DualEncoder

WORDS = ("a", "red", "blue", "square", "disc")


class TestMatcher(Conformance):
    terms = ("g_matching",)

    def build(self, **overrides):
        return TextImageMatcher(
            DualEncoder(TextEncoder(WORDS, "gru", embedding_dim=4, units=3, output_dim=6),
                        ImageEncoder(16, "plain", channels=(4, 6), output_dim=6)),
            **overrides)

    def batch(self, random, size):
        return {"tokens": random.integers(1, len(WORDS) + 2, (size, 4)).astype(np.int32),
                "image": random.uniform(-1, 1, (size, 16, 16, 3)).astype(np.float32)}
