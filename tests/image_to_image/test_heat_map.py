"""The map of D over a picture, with logits worked by hand."""

import types

import numpy as np
import pytest
import tensorflow as tf

from zoo.image_to_image import heat_map


def model(logits, loss):
    return types.SimpleNamespace(
        adversarial_loss=loss,
        judge=lambda source, candidate: tf.constant(logits)[None, ..., None])


@pytest.mark.parametrize("loss, wanted", [
    ("non_saturating", 0.25), ("hinge", 0.25), ("least_squares", 0.0)])
def test_large_logits_are_real(loss, wanted):
    picture = tf.zeros((1, 4, 6, 3))
    logits = np.full((2, 2), np.log(3.0), np.float32)  # D says 3 to 1 that it is real.
    found = heat_map.fake_probability(model(logits, loss), picture, picture)
    assert found.shape == (1, 4, 6, 1)
    np.testing.assert_allclose(found, np.full(found.shape, wanted), atol=1e-6)


def test_each_patch_is_judged_at_its_own_place():
    picture = tf.zeros((1, 4, 4, 3))
    found = heat_map.fake_probability(
        model(np.array([[1.0, 0.0]], np.float32), "least_squares"), picture, picture)
    np.testing.assert_allclose(found.numpy()[0, :, [0, -1], 0], [[0] * 4, [1] * 4])


def test_fake_is_red_and_real_is_blue_over_the_grey_picture():
    candidate = tf.reshape(tf.constant([-1.0, 1.0]), (1, 1, 2, 1))  # Black, white.
    fake, real = (heat_map.overlay(candidate, tf.fill((1, 1, 2, 1), p))[0, 0].numpy()
                  for p in (1.0, 0.0))
    assert (fake[:, 0] > fake[:, 2]).all() and (real[:, 2] > real[:, 0]).all()
    np.testing.assert_allclose(fake[1] - fake[0], 1.0, atol=1e-3)
