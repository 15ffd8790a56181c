"""Losses that compare pairs, and what keeps D flat at the pictures."""

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance import AdversarialConformance
from tests.text_to_image.small import (
    LATE, TEXT_DIM, batch_of_8_pixels, df_gan, df_gan_networks, gan,
    packs_of_two, pictures)
from zoo.core.hparams import parse
from zoo.errors import RequestError
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TwoScoreTextToImageGAN
from zoo.text_to_image.hparams import DFGANHParams


class TestRelativistic(AdversarialConformance):
    """Each pair is set against the right one of its row; R1 and R2 by differences, of packs."""

    terms = ("d_fake", "d_mismatched", "d_r1", "d_r2", "g_adversarial")
    late = LATE

    def build(self, **overrides):
        networks = (DFGANGenerator((8, 6), latent_dim=3, text_dim=TEXT_DIM),
                    DFGANDiscriminator((8, 6), text_dim=TEXT_DIM, image_channels=6))
        return gan(networks, "relativistic", ("translation",), packing=2, penalty_sigma=0.1,
                   **overrides)

    def batch(self, random, size):
        return packs_of_two(random, size)


def relativistic(*terms, **kwargs):
    return df_gan(*terms, adversarial_loss="relativistic", **kwargs)


def test_a_relativistic_loss_sets_every_pair_against_the_right_one_of_its_row():
    model = relativistic("d_real", "d_fake", "d_mismatched", "g_adversarial")
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    fake = tf.constant(pictures(np.random.default_rng(1), 4, 8))
    text, judge = model.embed(batch["tokens"]), model.discriminator
    true, made, wrong = (judge(each, text) for each in (
        batch["image"], fake, batch["mismatched_image"]))
    expected = {"d_fake": tf.nn.softplus(made - true), "d_mismatched": tf.nn.softplus(wrong - true)}
    found = model.discriminator_losses(batch, fake)
    assert found.keys() == expected.keys()  # No d_real: right pairs are in both.
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)
    np.testing.assert_allclose(model.generator_losses(batch, fake)["g_adversarial"],
                               tf.nn.softplus(true - made), rtol=1e-5)
    # Only these captions have a right pair.
    assert model.generator_batch(batch)["tokens"] is batch["tokens"]


def slopes(model, batch, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = model.discriminator(images, model.embed(batch["tokens"]))
    return np.square(tape.gradient(logits, images)).sum(axis=(1, 2, 3))


@pytest.mark.parametrize("interval", [1, 2])
def test_r1_is_of_true_and_r2_of_generated_pictures(interval):
    model = relativistic("d_r1", "d_r2", "g_adversarial", penalty_interval=interval)
    batch = batch_of_8_pixels() | {"seed": tf.constant([0, 0])}
    fake = tf.constant(pictures(np.random.default_rng(1), 4, 8))
    found = model.discriminator_losses(batch, fake)
    assert found.keys() == {"d_r1", "d_r2"}
    for name, images in (("d_r1", batch["image"]), ("d_r2", fake)):
        np.testing.assert_allclose(
            found[name], interval * 0.5 * slopes(model, batch, images), rtol=1e-4)
    model.step.assign(1)
    assert np.all(model.discriminator_losses(batch, fake)["d_r1"].numpy() == 0) == (interval == 2)


@pytest.mark.parametrize("loss", ["relativistic", "hinge"])
def test_r1_and_r2_without_a_second_derivative_are_near_the_exact_ones(loss):
    """Of many noises; with and without the logits that D has given already."""
    batch = {name: tf.repeat(value[:1], 500, axis=0) for name, value in
             batch_of_8_pixels().items()} | {"seed": tf.constant([3, 4])}
    fake = tf.repeat(tf.constant(pictures(np.random.default_rng(1), 1, 8)), 500, axis=0)
    model = df_gan("d_r1", "d_r2", "g_adversarial", adversarial_loss=loss, penalty_sigma=1e-3)
    found = model.discriminator_losses(batch, fake)
    for name, images in (("d_r1", batch["image"]), ("d_r2", fake)):
        exact = 0.5 * slopes(model, batch, images)[0]
        assert np.mean(found[name]) == pytest.approx(exact, rel=4 * (2 / 500) ** 0.5)
        assert len(set(found[name].numpy().round(9))) > 100  # Each row has a noise of its own.


def test_what_has_no_right_pair_of_its_own_is_refused():
    with pytest.raises(RequestError, match="captions in between have none"):
        relativistic("g_interpolated", "g_adversarial")
    with pytest.raises(RequestError, match="compares pairs by one score"):
        gan(df_gan_networks(head="two_score"), "relativistic", model_class=TwoScoreTextToImageGAN)


@pytest.mark.parametrize("hparams, advice", [
    ({"generator_batch": "fresh"}, "set generator_batch=shared"),
    ({"g_interpolated_weight": "1"}, "set g_interpolated_weight=0"),
    ({"discriminator": "two_score"}, "set discriminator=joint or projection"),
    ({"penalty_sigma": "-1"}, "must be a number from 0 on"),
    ({"penalty_sigma": "nan"}, "must be a number from 0 on")])
def test_requests_that_a_relativistic_loss_can_not_fulfil_are_told(hparams, advice):
    good = {"adversarial_loss": "relativistic"}
    assert parse(DFGANHParams, good).adversarial_loss == "relativistic"
    with pytest.raises(RequestError, match=advice):
        parse(DFGANHParams, good | hparams)
