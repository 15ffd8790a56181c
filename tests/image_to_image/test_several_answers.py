"""Sources with several right targets: noise vectors, an encoder, packs, and what is measured."""

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance import constants
from tests.data.test_image_pairs import encoded, plain_colour
from tests.image_to_image.test_model import pair, patch_gan, unet
from zoo.core.hparams import parse
from zoo.data import packs
from zoo.data.image_pairs.form import Form
from zoo.data.image_pairs.pairs import ImagePairs
from zoo.errors import RequestError
from zoo.image_to_image import ImageToImageGAN, answers
from zoo.image_to_image.encoder_networks import TargetEncoder
from zoo.image_to_image.hparams import Pix2PixHParams
from zoo.layers.seeded import SeededNormal


def encoding(packing=2, **kwargs):
    generator = unet(latent_dim=3, encoder_base_channels=4, num_dropout_blocks=0)
    for variable in generator.trainable_variables:  # So that differences can be seen.
        variable.assign_add(tf.random.stateless_normal(variable.shape, (1, 2), 0.0, 0.2))
    return ImageToImageGAN(
        generator, patch_gan(target_channels=3 * packing, norm="none"), packing=packing, **{
            "fresh_generator_batch": False, "ema_decay": 0.0} | kwargs)


def batch(size=2, packing=2):
    return constants(pair(np.random.default_rng(0), size, target_channels=3 * packing))


def seeds(*numbers):
    return tf.constant([[number, 0] for number in numbers])


def test_noise_vectors_are_standard_normal_and_a_function_of_each_seed():
    layer = SeededNormal(4)
    drawn = layer(seeds(*range(2_000))).numpy()
    assert drawn.shape == (2_000, 4)
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(np.cov(drawn.T), np.eye(4), atol=0.15)
    np.testing.assert_array_equal(layer(seeds(7, 3)), drawn[[7, 3]])


def test_a_generator_follows_its_noise_vector():
    generator = encoding().generator
    source = tf.repeat(batch(1)["source"], 3, axis=0)
    one, same, other = generator(source, seeds(1, 1, 2), training=False).numpy()
    np.testing.assert_allclose(one, same, atol=1e-5)
    assert np.abs(one - other).max() > 1e-3
    given = generator(source[:1], None, generator.latents(seeds(2)), training=False).numpy()
    np.testing.assert_allclose(given[0], other, atol=1e-5)


def test_an_encoder_takes_pictures_of_any_size_and_sees_their_colours():
    encoder = TargetEncoder(2, base_channels=4)
    red, blue = (tf.ones((1, 20, 12, 3)) * colour for colour in ((1, -1, -1), (-1, -1, 1)))
    mean, log_sigma = encoder(red)
    assert mean.shape == log_sigma.shape == (1, 2)
    assert np.abs(mean - encoder(blue)[0]).max() > 1e-3


def test_the_last_picture_is_made_from_what_its_target_encodes_to():
    model, rows = encoding(), batch()
    noise = model.training_noise(tf.constant([1, 2]), 2)
    assert noise.shape == (2, 2, 2)
    made = packs.apart(model.generate(rows, noise, training=False), 2)
    network = model.ema_generator
    mean, log_sigma = network.encoder(rows["target"][..., :3])
    latents = mean + tf.exp(log_sigma) * network.latents(noise[:, 1])
    for picture, wanted in zip(made, (network.latents(noise[:, 0]), latents), strict=True):
        expected = network(rows["source"], None, wanted, training=False)
        np.testing.assert_allclose(picture, expected, atol=1e-5)


def test_that_picture_alone_is_to_be_the_target():
    model, rows = encoding(loss_weights={"g_l1": 1.0, "g_l2": 1.0}), batch()
    target = rows["target"][..., :3]
    made = tf.Variable(tf.concat([target + 2.0, target + 0.5], axis=-1))
    with tf.GradientTape() as tape:
        terms = model.generator_losses(rows, made)
    np.testing.assert_allclose(terms["g_l1"], [0.5, 0.5], rtol=1e-5)
    np.testing.assert_allclose(terms["g_l2"], [0.25, 0.25], rtol=1e-5)
    moved = tf.reduce_any(tape.gradient(terms["g_l1"], made) != 0, axis=(0, 1, 2))
    assert moved.numpy().tolist() == 3 * [False] + 3 * [True]


def test_the_others_are_to_be_the_nearest_right_target():
    model = encoding(nearest_answers=3, loss_weights={"g_nearest_answer_l1": 1.0})
    target = tf.repeat(tf.constant([[-1.0, 0.0, 1.0]]), 3, axis=1)[:, None, None]
    rows = {"source": tf.zeros((1, 8, 8, 3)), "target": tf.tile(target, (1, 8, 8, 1))}
    made = tf.Variable(tf.tile(tf.repeat([[[[0.7, 0.5]]]], 3, axis=3), (1, 8, 8, 1)))
    with tf.GradientTape() as tape:
        term = model.generator_losses(rows, made)["g_nearest_answer_l1"]
    np.testing.assert_allclose(term, [0.3], rtol=1e-5)  # To 1, and not to 0.
    gradient = tape.gradient(term, made)[0, 0, 0].numpy()
    assert (gradient[:3] < 0).all() and (gradient[3:] == 0).all()  # The last one is encoded.


def test_the_noise_is_to_be_told_from_the_picture_by_the_average_encoder():
    model, rows = encoding(loss_weights={"g_latent_l1": 1.0}), batch()
    last = model.ema_generator.encoder.to_moments
    last.kernel.assign(tf.zeros_like(last.kernel))
    last.bias.assign([1.0, 2.0, 3.0, 0.0, 0.0, 0.0])
    noise = model.training_noise(tf.constant([1, 2]), 2)
    term = model.generator_losses({**rows, "noise": noise}, rows["target"])["g_latent_l1"]
    drawn = model.generator.latents(noise[:, 0]).numpy()
    np.testing.assert_allclose(term, np.abs(drawn - [1, 2, 3]).mean(axis=1), rtol=1e-5)


def test_a_discriminator_of_packs_is_shown_a_single_picture_again_and_again():
    model, rows = encoding(), batch()
    single = rows["target"][..., :3]
    np.testing.assert_array_equal(
        model.judge(rows["source"], single),
        model.discriminator(rows["source"], tf.concat([single, single], -1), training=False))


@pytest.mark.parametrize("make, words", [
    (lambda: ImageToImageGAN(unet(num_dropout_blocks=0), patch_gan(), packing=2),
     "packing=2: .*no noise"),
    (lambda: ImageToImageGAN(unet(), patch_gan(), loss_weights={"g_mode_seeking": 1.0}),
     "g_mode_seeking: .*latent_dim"),
    (lambda: ImageToImageGAN(unet(latent_dim=2), patch_gan(), loss_weights={"g_encoder_kl": 1.0}),
     "g_encoder_kl: .*encoder_base_channels"),
    (lambda: encoding(fresh_generator_batch=True), "fresh_generator_batch=True"),
    (lambda: encoding(encoded_draws=3), "encoded_draws=3: must be 1 to packing=2")])
def test_what_does_not_go_together_is_refused(make, words):
    with pytest.raises(RequestError, match=words):
        make()


@pytest.mark.parametrize("overrides, words", [
    ({"packing": "0"}, "packing=0"),
    ({"packing": "2", "num_dropout_blocks": "0"}, "packing=2: without noise"),
    ({"nearest_answers": "0"}, "nearest_answers=0"),
    ({"latent_dim": "-1"}, "latent_dim=-1"),
    ({"latent_dim": "8", "generator": "residual"}, "only generator=unet"),
    ({"encoder_base_channels": "8"}, "set latent_dim"),
    ({"encoded_draws": "2"}, "encoded_draws=2: must be 1 to packing=1"),
    ({"g_latent_l1_weight": "1"}, "g_latent_l1_weight=1.0: needs encoder_base_channels")])
def test_wrong_hyperparameters_are_refused(overrides, words):
    with pytest.raises(RequestError, match=words):
        parse(Pix2PixHParams, overrides)


class Painter:
    """Paints a source in a colour that the seed says; stands for a trained model."""

    def __init__(self, colours):
        self.colours = np.array(colours, np.float32)

    def generate(self, batch, seeds, training):
        chosen = self.colours[seeds.numpy()[:, 0] % len(self.colours)]
        return tf.constant(np.broadcast_to(chosen[:, None, None], batch["source"].shape))


def coloured(source, *targets):
    return [(encoded(plain_colour(source)), encoded(plain_colour(target))) for target in targets]


def of_pairs(pictures):
    return ImagePairs(pictures.__getitem__, tuple(map(str, range(len(pictures)))))


RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)


# Draws take turns: 6, 5 and 5 of three colours make 6 · 5 + 6 · 5 + 5 · 5 pairs that differ.
@pytest.mark.parametrize("painted, covered, differing", [
    ([RED, GREEN, BLUE], 1.0, 85), ([RED, BLUE], 2 / 3, 64), ([RED], 1 / 3, 0)])
def test_coverage_of_the_right_targets_of_a_source(painted, covered, differing):
    # One of its targets is a test pair, two are training pairs, of which one stands there twice;
    # the other source has two, of which one would be covered whatever is drawn.
    test = of_pairs(coloured(GREY, RED) + coloured(BLUE, RED))
    train = of_pairs(coloured(GREY, GREEN, BLUE, BLUE) + coloured(BLUE, GREEN))
    painter = Painter(np.array(painted) / 127.5 - 1)
    found = answers.coverage_of(painter, Form(6, 8), 0, test, train, 2)
    assert found["coverage"]["value"] == pytest.approx(covered)
    assert found["ideal_coverage"]["value"] == pytest.approx(1 - (2 / 3)**16)
    assert found["one_picture_coverage"]["value"] == pytest.approx(1 / 3)
    # The right targets are equally far apart, and so many of the 120 pairs of draws differ.
    assert found["diversity_ratio"]["value"] == pytest.approx(differing / 120, rel=1e-4)


def test_of_pairs_that_are_not_measured_nothing_is_said():
    test = of_pairs(coloured(BLUE, RED) + coloured(GREY, RED, GREEN, BLUE))
    for count, said in ((1, False), (2, True)):
        found = answers.coverage_of(Painter([[0, 0, 0]]), Form(6, 8), 0, test, test, count)
        assert bool(found) == said


def test_where_no_source_has_three_targets_nothing_is_said():
    pairs = of_pairs(coloured(GREY, RED, GREEN))
    assert answers.coverage_of(Painter([[0, 0, 0]]), Form(6, 8), 0, pairs, pairs, 2) == {}
