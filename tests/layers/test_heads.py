"""The last layers of discriminators, with numbers worked by hand."""

import keras
import numpy as np

from zoo.layers.heads import ProjectionHead, TwoScoreHead


def test_the_projection_adds_realism_and_match():
    head = ProjectionHead()
    features = np.zeros((1, 2, 2, 2), np.float32)
    features[0, :, :, 0] = [[1, 2], [3, 4]]
    features[0, :, :, 1] = -5  # Leaky ReLU: -1 at each of four positions.
    text = np.array([[1.0, 2.0, 3.0]], np.float32)
    head(features, text)
    head.realism.set_weights([np.array([[0.5], [1.0]]), np.array([0.25])])
    head.text_map.set_weights([np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])])
    # phi = (10, -4); psi = 5 - 4 + 0.25; V c = (4, 5), its product with phi 40 - 20.
    np.testing.assert_allclose(head(features, text), [21.25])


def test_realism_does_not_see_the_text_and_the_match_does():
    head = TwoScoreHead()
    random = np.random.default_rng(0)
    features = random.normal(size=(3, 4, 4, 5)).astype(np.float32)
    texts = random.normal(size=(2, 3, 6)).astype(np.float32)
    one, other = (head(features, text) for text in texts)
    assert one["realism"].shape == one["match"].shape == (3,)
    np.testing.assert_array_equal(one["realism"], other["realism"])
    assert np.abs(one["match"] - other["match"]).min() > 1e-4


def test_logits_are_float32_in_half_precision():
    for head in (TwoScoreHead(dtype="mixed_bfloat16"), ProjectionHead(dtype="mixed_bfloat16")):
        scores = head(np.ones((2, 4, 4, 3), np.float32), np.ones((2, 3), np.float32))
        values = scores.values() if isinstance(scores, dict) else [scores]
        assert {keras.backend.standardize_dtype(value.dtype) for value in values} == {"float32"}
