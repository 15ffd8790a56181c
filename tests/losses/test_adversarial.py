import math

import numpy as np
import pytest
import tensorflow as tf

from zoo.losses.adversarial import (
    ADVERSARIAL_LOSSES,
    hinge_fake,
    hinge_generator,
    hinge_real,
    least_squares_fake,
    least_squares_real,
    log_loss_fake,
    log_loss_real,
    matching_aware_gradient_penalty,
    minimax_generator,
    relativistic_pair,
)

# sigmoid(0) = 1/2, sigmoid(ln 3) = 3/4 and sigmoid(-ln 3) = 1/4.
LN2, LN3 = math.log(2), math.log(3)
LN4, LN4_3 = math.log(4), math.log(4 / 3)

BY_HAND = [
    (log_loss_real, [0, LN3, -LN3], [LN2, LN4_3, LN4]),
    (log_loss_fake, [0, LN3, -LN3], [LN2, LN4, LN4_3]),
    (minimax_generator, [0, LN3, -LN3], [-LN2, -LN4, -LN4_3]),
    (least_squares_real, [0, 1, 3], [0.5, 0, 2]),
    (least_squares_fake, [0, -1, 3], [0, 0.5, 4.5]),
    (hinge_real, [-2, 0.5, 3], [3, 0.5, 0]),
    (hinge_fake, [-2, 0.5, 3], [0, 1.5, 4]),
    (hinge_generator, [-2, 0.5, 3], [2, -0.5, -3]),
]
NAMES = sorted(name for name, loss in ADVERSARIAL_LOSSES.items() if not loss.pair)


def derivative(loss, logit):
    logit = tf.constant([logit], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(logit)
        value = loss(logit)
    return float(tape.gradient(value, logit)[0])


@pytest.mark.parametrize(("loss", "logits", "expected"), BY_HAND)
def test_scalar_logits_by_hand(loss, logits, expected):
    result = loss(tf.constant(logits, tf.float32))
    assert result.shape == (3,) and result.dtype == tf.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("loss", "logits", "expected"), BY_HAND)
def test_patch_logits_are_averaged_within_the_example(loss, logits, expected):
    low, middle, high = logits
    patches = tf.constant([[low, middle, high, high], [middle] * 4], tf.float32)
    first = (expected[0] + expected[1] + 2 * expected[2]) / 4
    result = loss(tf.reshape(patches, (2, 2, 2, 1)))
    assert result.shape == (2,)
    np.testing.assert_allclose(result, [first, expected[1]], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("loss", "logits", "expected"), BY_HAND)
def test_half_precision_logits_give_float32(loss, logits, expected):
    result = loss(tf.constant(logits, tf.bfloat16))
    assert result.dtype == tf.float32
    np.testing.assert_allclose(result, expected, rtol=1e-2, atol=1e-2)


def test_log_losses_stay_finite_where_the_sigmoid_saturates():
    logits = tf.constant([-1000.0, 1000.0])
    np.testing.assert_array_equal(log_loss_real(logits), [1000, 0])
    np.testing.assert_array_equal(log_loss_fake(logits), [0, 1000])
    np.testing.assert_array_equal(minimax_generator(logits), [0, -1000])


def test_the_dictionary_holds_the_faces_of_each_loss():
    logits = tf.constant([LN3])
    faces = {name: [float(face(logits)[0]) for face in ADVERSARIAL_LOSSES[name][:3]]
             for name in NAMES}
    expected = {
        "minimax": [LN4_3, LN4, -LN4],
        "non_saturating": [LN4_3, LN4, LN4_3],
        "least_squares": [(LN3 - 1) ** 2 / 2, LN3**2 / 2, (LN3 - 1) ** 2 / 2],
        "hinge": [0, 1 + LN3, -LN3],
    }
    assert faces.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(faces[name], values, rtol=1e-6, err_msg=name)


def test_a_loss_that_compares_has_one_face_for_both_players():
    assert ADVERSARIAL_LOSSES["relativistic"] == (None, None, None, relativistic_pair)
    assert ADVERSARIAL_LOSSES.keys() == {*NAMES, "relativistic"}


def test_relativistic_pairs_by_hand():
    result = relativistic_pair(tf.constant([LN3, 5, 0, 2000]), tf.constant([0, 5, LN3, 0.0]))
    assert result.shape == (4,) and result.dtype == tf.float32
    np.testing.assert_allclose(result, [LN4_3, LN2, LN4, 0], rtol=1e-6)
    # Of patches each is compared with the one in its place.
    patches = relativistic_pair(tf.constant([[[LN3], [0.0]]], tf.bfloat16), tf.zeros((1, 2, 1)))
    np.testing.assert_allclose(patches, [(LN4_3 + LN2) / 2], rtol=1e-2)


def test_relativistic_players_pull_in_opposite_directions_and_none_is_content():
    logits = tf.constant([[-3.0, 0.0, 9.0], [1.0, 0.0, 9.0]])  # Of real and of generated ones.
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        of_d = relativistic_pair(logits[0], logits[1])
        of_g = relativistic_pair(logits[1], logits[0])
    d_real, d_fake = tape.gradient(of_d, logits).numpy()
    g_real, g_fake = tape.gradient(of_g, logits).numpy()
    assert (d_real < 0).all() and (g_fake < 0).all()
    np.testing.assert_allclose(d_fake, -d_real)
    np.testing.assert_allclose(g_real, -g_fake)
    np.testing.assert_allclose(d_real[1], -0.5)


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_wants_a_higher_fake_logit(name):
    assert derivative(ADVERSARIAL_LOSSES[name].generator, 0.0) < 0


@pytest.mark.parametrize("name", NAMES)
def test_the_discriminator_wants_real_up_and_fake_down(name):
    loss = ADVERSARIAL_LOSSES[name]
    assert derivative(loss.real, 0.5) < 0
    assert derivative(loss.fake, 0.5) > 0


def test_only_the_minimax_generator_loses_its_gradient_where_the_discriminator_is_sure():
    assert abs(derivative(ADVERSARIAL_LOSSES["minimax"].generator, -20.0)) < 1e-8
    assert derivative(ADVERSARIAL_LOSSES["non_saturating"].generator, -20.0) == pytest.approx(-1)
    assert derivative(ADVERSARIAL_LOSSES["hinge"].generator, -20.0) == -1
    assert derivative(ADVERSARIAL_LOSSES["least_squares"].generator, -20.0) == -21


@pytest.mark.parametrize(("face", "satisfied"), [("real", 1.5), ("fake", -1.5)])
def test_the_hinge_stops_where_the_margin_is_kept(face, satisfied):
    loss = getattr(ADVERSARIAL_LOSSES["hinge"], face)
    assert derivative(loss, satisfied) == 0
    assert abs(derivative(loss, -satisfied)) == 1


# |a|² + |b|² = 0.5 + 1.5 = 2.
A = tf.reshape(tf.constant([0.5, -0.5, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5]) / math.sqrt(2), (2, 2, 2))
B = tf.constant([1.0, -0.5, 0.5])


def linear(image, text):
    return tf.einsum("bhwc,hwc->b", image, A) + tf.einsum("bd,d->b", text, B)


def noise(*shape, seed=0):
    return tf.random.stateless_normal(shape, (seed, 0))


@pytest.mark.parametrize(("power", "expected"), [(6.0, 8.0), (2.0, 2.0), (1.0, math.sqrt(2))])
def test_gradient_penalty_of_a_linear_score_by_hand(power, expected):
    result = matching_aware_gradient_penalty(linear, noise(3, 2, 2, 2), noise(3, 3), power)
    assert result.shape == (3,) and result.dtype == tf.float32
    np.testing.assert_allclose(result, [expected] * 3, rtol=1e-6)


def test_gradient_penalty_has_the_power_of_the_paper():
    result = matching_aware_gradient_penalty(linear, noise(1, 2, 2, 2), noise(1, 3))
    np.testing.assert_allclose(result, [8], rtol=1e-6)


def test_gradient_penalty_is_one_number_an_example():
    factor = tf.constant([0.0, 1.0, -2.0])
    result = matching_aware_gradient_penalty(
        lambda image, text: factor * linear(image, text), noise(3, 2, 2, 2), noise(3, 3))
    np.testing.assert_allclose(result, [0, 8, 512], rtol=1e-6)


def test_gradient_penalty_of_one_example_ignores_the_others():
    def score(image, text):  # The gradients are the inputs themselves.
        return 0.5 * (tf.reduce_sum(image**2, axis=(1, 2, 3)) + tf.reduce_sum(text**2, axis=1))

    image, text = noise(4, 2, 2, 1), noise(4, 3, seed=1)
    together = matching_aware_gradient_penalty(score, image, text)
    alone = matching_aware_gradient_penalty(score, image[2:3], text[2:3])
    np.testing.assert_allclose(together, (2 * score(image, text)) ** 3, rtol=1e-5)
    np.testing.assert_array_equal(together[2:3], alone)


def test_gradient_penalty_trains_the_weights_of_the_score():
    weight = tf.Variable(1.0)

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            penalty = matching_aware_gradient_penalty(
                lambda image, text: weight * linear(image, text), noise(1, 2, 2, 2), noise(1, 3))
        return tape.gradient(penalty, weight)

    assert float(gradient()) == pytest.approx(6 * 8)  # d/dw of 8 w⁶ at w = 1.
