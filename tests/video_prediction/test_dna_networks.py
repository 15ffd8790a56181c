"""The recurrent generator that moves pixels, and its discriminator."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.video_prediction import DNAGenerator, FramePatchDiscriminator


def uniform(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def generator(**kwargs):
    return DNAGenerator(3, 2, (4, 5, 6), **{"reach": 1} | kwargs)


@pytest.mark.parametrize("height, width", [(16, 16), (8, 20)])
def test_one_frame_of_the_size_of_the_past_within_its_range(height, width):
    (frame,) = generator(reach=2)(uniform(2, 3, height, width, 3), 100 * uniform(2, 2))
    assert frame.shape == (2, height, width, 3) and frame.dtype == "float32"
    assert np.abs(frame).max() <= 1


def test_with_the_mask_closed_it_moves_pixels_and_with_it_open_it_makes_them():
    network = generator()
    context, noise = uniform(1, 3, 8, 8, 3), uniform(1, 2)
    still = np.full(9, -100.0)
    still[4] = 100.0  # The middle of 3x3: every pixel stays.
    network.to_logits.kernel.assign(0 * network.to_logits.kernel)
    network.to_logits.bias.assign(still)
    network.to_pixels.kernel.assign(0 * network.to_pixels.kernel)
    network.to_pixels.bias.assign([0.5, 0, -0.5, -100])
    np.testing.assert_allclose(network(context, noise)[0], context[:, -1], atol=1e-5)
    network.to_pixels.bias.assign([0.5, 0, -0.5, 100])
    np.testing.assert_allclose(
        network(context, noise)[0], np.broadcast_to(np.tanh([0.5, 0, -0.5]), (1, 8, 8, 3)),
        atol=1e-5)


def test_each_past_frame_and_the_noise_change_the_result():
    network = generator()
    context, noise = uniform(1, 3, 8, 8, 3), uniform(1, 2)
    frame = network(context, noise)[0].numpy()
    assert np.abs(network(context, noise + 1)[0] - frame).max() > 1e-5
    for time in range(3):
        changed = context.copy()
        changed[:, time] *= -1
        assert np.abs(network(changed, noise)[0] - frame).max() > 1e-5


def test_the_discriminator_judges_each_patch_with_its_past():
    discriminator = FramePatchDiscriminator(3, (4, 6))
    context, frame = uniform(2, 3, 16, 24, 3), uniform(2, 16, 24, 3)
    (logits,) = discriminator(context, (tf.constant(frame),))
    assert logits.shape == (2, 4, 6, 1) and logits.dtype == "float32"
    for changed in ((-context, frame), (context, -frame)):
        (other,) = discriminator(changed[0], (tf.constant(changed[1]),))
        assert np.abs(other - logits).min() > 1e-7


@pytest.mark.parametrize("make, inputs", [
    (generator, (uniform(1, 3, 8, 8, 3), uniform(1, 2))),
    (lambda: FramePatchDiscriminator(3, (4, 6)), (uniform(1, 3, 8, 8, 3),
                                                  (uniform(1, 8, 8, 3),)))])
def test_saved_and_loaded_networks_are_equal(make, inputs, tmp_path):
    saved = make()
    saved.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.get_config() == saved.get_config()
    np.testing.assert_array_equal(saved(*inputs)[0], loaded(*inputs)[0])


def test_half_precision_still_answers_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    assert generator()(uniform(1, 3, 8, 8, 3), uniform(1, 2))[0].dtype == "float32"
