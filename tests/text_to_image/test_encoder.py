"""Captions with several right answers: an encoder that says what noise stands for a picture."""

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance import AdversarialConformance, constants
from tests.text_to_image.small import (
    LATE, TEXT_DIM, batch_of_8_pixels, df_gan, df_gan_networks, gan, packs_of_two)
from zoo.core.hparams import parse
from zoo.data import packs
from zoo.errors import RequestError
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator
from zoo.text_to_image.df_gan_networks import DFGANEncoder
from zoo.text_to_image.hparams import DFGANHParams


def networks():
    return (DFGANGenerator((8, 6), latent_dim=3, text_dim=TEXT_DIM, encoder_channels=(7, 5)),
            DFGANDiscriminator((8, 6), text_dim=TEXT_DIM, image_channels=6))


def encoding(**overrides):
    """A GAN for packs of two of which one draw starts from a true picture."""
    return gan(networks(), packing=2, **{"fresh_generator_batch": False, "loss_weights": {
        "g_reconstruction_l2": 1.0, "g_encoder_kl": 1.0}} | overrides)


def batch_of_packs(size=2):
    return constants(packs_of_two(np.random.default_rng(0), size))


class TestEncoder(AdversarialConformance):
    """Of three draws the last starts from a true picture; D judges two of them."""

    terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial", "g_mode_seeking",
             "g_reconstruction_l2", "g_encoder_kl")
    late = LATE

    def weights_of_terms(self):
        return super().weights_of_terms() | {"g_mode_seeking": 0.01}  # At first draws are alike.

    def build(self, **overrides):
        return gan(networks(), "hinge", ("translation",), packing=2,
                   **{"fresh_generator_batch": False} | overrides)

    def batch(self, random, size):
        return packs_of_two(random, size)


def test_the_last_draw_is_made_from_what_the_true_picture_encodes_to():
    model, batch = encoding(), batch_of_packs()
    noise = model.training_noise(tf.constant([1, 2]), 2)
    assert noise.shape == (2, 2, 3)
    free, encoded = packs.apart(model.generate(batch, noise, training=True), 2)
    text = model.embed(batch["tokens"])
    np.testing.assert_allclose(free, model.draw(text, noise[:, 0], training=True), atol=1e-5)
    mean, log_sigma = model.generator.encoder(batch["image"][..., :3])
    expected = mean + tf.exp(log_sigma) * noise[:, 1]
    np.testing.assert_allclose(encoded, model.draw(text, expected, training=True), atol=1e-5)


def test_that_draw_alone_is_to_be_that_picture():
    model, batch = encoding(), batch_of_packs()
    first = batch["image"][..., :3]
    draws = tf.Variable(tf.concat([first + 2.0, first + 0.5], axis=-1))
    with tf.GradientTape() as tape:
        terms = model.generator_losses(batch, draws)
    np.testing.assert_allclose(terms["g_reconstruction_l2"], [0.25, 0.25], rtol=1e-5)
    moved = tf.reduce_any(tape.gradient(terms["g_reconstruction_l2"], draws) != 0, axis=(0, 1, 2))
    assert moved.numpy().tolist() == 3 * [False] + 3 * [True]


def test_encoded_noise_is_kept_near_what_is_drawn():
    model, batch = encoding(), batch_of_packs(1)
    last = model.generator.encoder.to_moments
    last.kernel.assign(tf.zeros_like(last.kernel))
    last.bias.assign([1.0, 2.0, 0.0, 0.0, 0.0, np.log(2.0)])
    # Halves of 1, 4 and (4 - 1 - 2 log 2), and their mean.
    np.testing.assert_allclose(
        model.generator_losses(batch, tf.zeros((1, 8, 8, 6)))["g_encoder_kl"],
        [(0.5 + 2.0 + 1.5 - np.log(2.0)) / 3], rtol=1e-5)


def test_without_packs_one_draw_is_free_and_d_judges_that_one():
    model = gan((networks()[0], df_gan_networks()[1]), fresh_generator_batch=False, loss_weights={
        "d_fake": 1.0, "g_reconstruction_l2": 1.0})
    batch = {name: value for name, value in batch_of_8_pixels(2).items() if name != "fresh_tokens"}
    noise = model.training_noise(tf.constant([1, 2]), 2)
    made = model.generate(batch, noise, training=True)
    np.testing.assert_array_equal(model.judged(batch, made), made[..., :3])
    text = model.embed(batch["tokens"])
    np.testing.assert_allclose(
        made[..., :3], model.draw(text, noise[:, 0], training=True), atol=1e-5)


def test_an_encoder_is_kept_with_its_generator():
    generator = networks()[0]
    again = DFGANGenerator.from_config(generator.get_config())
    again.set_weights(generator.get_weights())
    image = tf.random.stateless_uniform((2, 8, 8, 3), [1, 2], -1.0, 1.0)
    for moment, other in zip(generator.encoder(image), again.encoder(image), strict=True):
        np.testing.assert_array_equal(moment, other)
        assert moment.shape == (2, 3) and moment.dtype == tf.float32


def test_it_has_the_sizes_of_its_widths():
    # 3·3·3·5 + 5, then 4·4·5·7 and 3·3·7·7 and a gain, 1x1 5·7 + 7, and 4·4·7 to 6 moments.
    assert DFGANEncoder((7, 5), 3).count_params() == 140 + (560 + 441 + 1 + 42) + (672 + 6)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: df_gan("g_reconstruction_l2", fresh_generator_batch=False), "has no encoder"),
    (lambda: encoding(fresh_generator_batch=True), "fresh_generator_batch=False")])
def test_what_cannot_be_encoded_is_refused(build, message):
    with pytest.raises(RequestError, match=message):
        build()


@pytest.mark.parametrize("hparams, advice", [
    ({"g_reconstruction_l2_weight": "0"}, "set both, or none"),
    ({"encoder_channels": ""}, "set both, or none"),
    ({"encoded_draws": "3"}, "between 1 and packing=2"),
    ({"encoded_draws": "0"}, "between 1 and packing=2"),
    ({"generator_batch": "fresh"}, "set generator_batch=shared")])
def test_requests_that_an_encoder_can_not_fulfil_are_told(hparams, advice):
    good = {"encoder_channels": "32,32,32,16,8", "g_reconstruction_l2_weight": "10",
            "encoded_draws": "2", "packing": "2"}
    assert parse(DFGANHParams, good).encoder_channels == (32, 32, 32, 16, 8)
    with pytest.raises(RequestError, match=advice):
        parse(DFGANHParams, good | hparams)
