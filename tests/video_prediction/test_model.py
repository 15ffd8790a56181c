"""Both generators pass the shared checks; which pairs D is shown, and what its terms are."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.conformance import AdversarialConformance, Conformance
from zoo.video_prediction import (
    DNAGenerator, FramePatchDiscriminator, MultiScaleDiscriminator, MultiScaleGenerator,
    VideoPredictionGAN)

TERMS = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_lp", "g_gradient_difference")


def clips(random, size, side, time=3):
    shapes = {"context": (size, time, side, side, 3), "next_frame": (size, side, side, 3),
              "mismatched_context": (size, time, side, side, 3)}
    return {name: random.uniform(-1, 1, shape).astype(np.float32)
            for name, shape in shapes.items()}


def multi_scale(**kwargs):
    return VideoPredictionGAN(MultiScaleGenerator(3, 0.03), MultiScaleDiscriminator(3, 0.03),
                              **kwargs)


def dna(**kwargs):
    return VideoPredictionGAN(DNAGenerator(3, 2, (4, 5, 6), reach=1),
                              FramePatchDiscriminator(3, (4, 6)), **kwargs)


class TestMultiScale(AdversarialConformance):
    """Mathieu et al.: four scales, no noise."""

    terms = TERMS

    def build(self, **overrides):
        return multi_scale(**{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return clips(random, size, 32)


class TestDNA(AdversarialConformance):
    """A recurrent generator with noise of its own, hinge loss, L1."""

    terms = TERMS

    def build(self, **overrides):
        return dna(adversarial_loss="hinge", lp_power=1, **overrides)

    def batch(self, random, size):
        return clips(random, size, 8)


class TestSupervised(Conformance):
    """The baseline: no discriminator, the distance to the truth alone."""

    terms = ("g_lp",)

    def build(self, **overrides):
        return VideoPredictionGAN(DNAGenerator(3, 2, (4, 5, 6), reach=1), lp_power=2,
                                  **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return clips(random, size, 8)


def constant_logits(values):
    """A discriminator whose scores are the mean of the past's first pixels times `values`."""
    def judge(context, frames, training=None):
        past = tf.reduce_mean(context[:, :, 0, 0, 0], axis=1)[:, None, None, None]
        return tuple(past * value for value in values[:len(frames)])
    return judge


def small_batch(size=2):
    batch = clips(np.random.default_rng(0), size, 8)
    return {name: tf.constant(value) for name, value in batch.items()}


def test_a_wrong_pair_is_the_real_frame_after_another_past(monkeypatch):
    model = dna(loss_weights=dict.fromkeys(TERMS, 1.0), adversarial_loss="hinge")
    batch = small_batch()
    shown = []
    monkeypatch.setattr(model, "discriminator", lambda context, frames, training=None: (
        shown.append((context, frames)) or (tf.zeros((2, 1, 1, 1)),)))
    fake = (tf.zeros((2, 8, 8, 3)),)
    model.discriminator_losses(batch, fake)
    (past, real), (past_of_fake, shown_fake), (wrong_past, real_again) = shown
    assert past is batch["context"] and past_of_fake is batch["context"]
    assert wrong_past is batch["mismatched_context"] and shown_fake is fake
    for frames in (real, real_again):
        np.testing.assert_array_equal(frames[-1], batch["next_frame"])


def test_terms_are_means_over_the_scales(monkeypatch):
    model = multi_scale(loss_weights=dict.fromkeys(TERMS, 1.0), adversarial_loss="hinge")
    batch = small_batch() | {"context": tf.ones((2, 3, 8, 8, 3)),
                             "mismatched_context": -tf.ones((2, 3, 8, 8, 3)),
                             "next_frame": tf.ones((2, 8, 8, 3))}
    monkeypatch.setattr(model, "discriminator", constant_logits((0.5, 3.0, -2.0, 0.0)))
    fake = tuple(tf.fill((2, side, side, 3), value)
                 for side, value in ((1, 0.0), (2, 0.5), (4, 1.0), (8, 1.0)))
    d_terms = model.discriminator_losses(batch, fake)
    # Hinge: max(0, 1 - score), max(0, 1 + score); the wrong past has the scores' negatives.
    np.testing.assert_allclose(d_terms["d_real"], 2 * [(0.5 + 0 + 3 + 1) / 4])
    np.testing.assert_allclose(d_terms["d_fake"], 2 * [(1.5 + 4 + 0 + 1) / 4])
    np.testing.assert_allclose(d_terms["d_mismatched"], 2 * [(0.5 + 0 + 3 + 1) / 4])
    model.loss_weights = {"g_adversarial": 1.0, "g_lp": 1.0}
    g_terms = model.generator_losses(batch, fake)
    np.testing.assert_allclose(g_terms["g_adversarial"], 2 * [-(0.5 + 3 - 2 + 0) / 4])
    np.testing.assert_allclose(g_terms["g_lp"], 2 * [(1 + 0.25 + 0 + 0) / 4])
    model.lp_power = 1
    np.testing.assert_allclose(
        model.generator_losses(batch, fake)["g_lp"], 2 * [(1 + 0.5 + 0 + 0) / 4])


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("make, side", [(dna, 8), (multi_scale, 32)])
def test_it_trains_in_half_precision(precision, make, side):
    keras.config.set_dtype_policy(precision)
    model = helpers.compiled(make(loss_weights=dict.fromkeys(TERMS, 1.0),
                                  fresh_generator_batch=False))
    before = helpers.trainable_weights(model)
    batch = {name: tf.constant(value)
             for name, value in clips(np.random.default_rng(0), 2, side).items()}
    for _ in range(2):
        logs = model.train_step(batch)
    assert all(value.dtype == tf.float32 and np.isfinite(value) for value in logs.values())
    assert len(helpers.unchanged(before, helpers.trainable_weights(model))) < len(before) / 2
