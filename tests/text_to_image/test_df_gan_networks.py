"""DF-GAN's networks against the paper's released code, layer by layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.text_to_image.df_gan_networks import (
    DFGANDiscriminator, DFGANDiscriminatorBlock, DFGANGenerator, DFGANGeneratorBlock,
    reference_channels)

SMALL = {"channels": (6, 5, 4), "text_dim": 7}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def randomize(network):
    """Sets all weights, also those that start at zero and would hide what they multiply."""
    network.set_weights([
        0.5 * normal(*weight.shape, seed=i) for i, weight in enumerate(network.weights)])
    return network


def num_parameters(network):
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


def dense(inputs, outputs):
    return inputs * outputs + outputs


def conv(kernel, inputs, outputs, bias=True):
    return kernel**2 * inputs * outputs + (outputs if bias else 0)


def affine(condition, channels):
    perceptron = dense(condition, channels) + dense(channels, channels)
    return 2 * perceptron  # For gamma and for beta.


def generator_block(inputs, outputs, condition):
    shortcut = conv(1, inputs, outputs) if inputs != outputs else 0
    return (2 * affine(condition, inputs) + conv(3, inputs, outputs)
            + 2 * affine(condition, outputs) + conv(3, outputs, outputs) + shortcut)


def discriminator_block(inputs, outputs):
    shortcut = conv(1, inputs, outputs) if inputs != outputs else 0
    gain = 1
    return (conv(4, inputs, outputs, bias=False) + conv(3, outputs, outputs, bias=False)
            + shortcut + gain)


@pytest.mark.parametrize("image_size, channels, generator, discriminator", [
    (256, (256, 256, 256, 256, 128, 64, 32), 9_744_131, 6_717_766),
    (64, (256, 256, 128, 64, 32), 4_868_867, 3_440_964)])
def test_released_numbers_of_parameters(image_size, channels, generator, discriminator):
    assert reference_channels(image_size) == channels
    condition = 100 + 256
    pairs = list(zip(channels, channels[1:]))
    expected = (dense(100, 256 * 4 * 4) + conv(3, 32, 3)
                + sum(generator_block(*pair, condition) for pair in pairs))
    assert expected == generator
    assert num_parameters(DFGANGenerator(channels)) == expected

    score = conv(3, 256 + 256, 64, bias=False) + conv(4, 64, 1, bias=False)
    expected = conv(3, 3, 32) + score + sum(
        discriminator_block(inputs, outputs) for outputs, inputs in pairs)
    assert expected == discriminator
    assert num_parameters(DFGANDiscriminator(channels)) == expected


def test_the_released_discriminator_has_three_shortcuts_more_that_it_never_uses():
    assert 6_915_142 - 3 * conv(1, 256, 256) == 6_717_766


def convolve(layer, features, kernel=None, strides=1):
    """The convolution of a layer with its weights, written out in TensorFlow."""
    size = (layer.kernel if kernel is None else kernel).shape[0]
    before = (size - strides) // 2 if strides > 1 else (size - 1) // 2
    after = size - strides - before if strides > 1 else size - 1 - before
    padded = tf.pad(features, [[0, 0], [before, after], [before, after], [0, 0]])
    outputs = tf.nn.conv2d(padded, tf.convert_to_tensor(layer.kernel), strides, "VALID")
    return outputs + layer.bias if layer.use_bias else outputs


def upsample(features):
    return tf.repeat(tf.repeat(features, 2, axis=1), 2, axis=2)


def fuse(features, condition, affines):
    for each in affines:
        gamma, beta = (part(condition)[:, None, None, :] for part in (each.gamma, each.beta))
        features = tf.nn.leaky_relu(gamma * features + beta, 0.2)
    return features


@pytest.mark.parametrize("filters", [3, 5])
def test_generator_block_is_the_released_order_of_operations(filters):
    block = DFGANGeneratorBlock(filters)
    features, condition = normal(2, 4, 4, 5), normal(2, 6, seed=1)
    block(features, condition)
    randomize(block)
    # Released: upsample before both branches; fuse, 3x3, fuse, 3x3; the shortcut's 1x1 after it.
    inputs = upsample(features)
    residual = convolve(block.upsample_conv, fuse(inputs, condition, block.affines[:2]))
    residual = convolve(block.conv, fuse(residual, condition, block.affines[2:]))
    shortcut = inputs if filters == 5 else convolve(block.shortcut, inputs)
    expected = (shortcut + residual).numpy()
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(
        block(features, condition), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("filters", [3, 5])
def test_discriminator_block_is_the_released_order_of_operations(filters):
    block = DFGANDiscriminatorBlock(filters)
    features = normal(2, 8, 8, 5)
    block(features)
    randomize(block)
    residual = tf.nn.leaky_relu(convolve(block.down, features, strides=2), 0.2)
    residual = tf.nn.leaky_relu(convolve(block.conv, residual), 0.2)
    # Released: the shortcut's 1x1 first, then the mean of 2x2.
    shortcut = features if filters == 5 else convolve(block.shortcut, features)
    shortcut = tf.reduce_mean(tf.reshape(shortcut, (2, 4, 2, 4, 2, -1)), axis=(2, 4))
    np.testing.assert_allclose(
        block(features), shortcut + block.gain * residual, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("is_smooth", "column"), [(False, [1, 1, 0, 0]),
                                                   (True, [1, 2 / 3, 1 / 3, 0])])
def test_a_smooth_shortcut_shows_no_blocks(is_smooth, column):
    block = DFGANGeneratorBlock(1, is_smooth)
    features = np.float32([[1, 0], [0, 0]]).reshape(1, 2, 2, 1)
    block(features, normal(1, 3))
    block.conv.kernel.assign(tf.zeros_like(block.conv.kernel))  # Nothing but the shortcut.
    # Means of 3x3, at the edge of as many as there are.
    np.testing.assert_allclose(
        block(features, normal(1, 3))[0, ..., 0], np.outer(column, column), atol=1e-6)


@pytest.mark.parametrize("initial_gain", [0.0, 1.0])
def test_the_gain_of_the_residual_starts_as_asked(initial_gain):
    block = DFGANDiscriminatorBlock(3, initial_gain)
    block.build((None, 8, 8, 5))
    assert float(block.gain) == initial_gain


@pytest.mark.parametrize("sizes, size", [((6, 5), 8), ((6, 5, 4), 16), ((8, 8, 4, 4), 32)])
def test_pictures_and_logits_have_their_shape_and_range(sizes, size):
    generator = randomize(DFGANGenerator(sizes, latent_dim=3, text_dim=7))
    discriminator = randomize(DFGANDiscriminator(sizes, text_dim=7))
    assert discriminator.image_size == size
    image = generator(10 * normal(2, 3), normal(2, 7))
    assert image.shape == (2, size, size, 3) and image.dtype == "float32"
    assert 0.5 < np.abs(image).max() <= 1
    logits = discriminator(image, normal(2, 7))
    assert logits.shape == (2,) and logits.dtype == "float32"


def test_half_precision_still_answers_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    image = DFGANGenerator(latent_dim=3, **SMALL)(normal(2, 3), normal(2, 7))
    assert image.dtype == "float32"
    assert DFGANDiscriminator(**SMALL)(image, normal(2, 7)).dtype == "float32"


@pytest.mark.parametrize("seed_from_text", [False, True])
def test_noise_and_text_both_change_the_picture(seed_from_text):
    generator = randomize(DFGANGenerator(latent_dim=3, seed_from_text=seed_from_text, **SMALL))
    width = 3 + 7 if seed_from_text else 3
    assert generator.seed_features.kernel.shape == (width, 6 * 4 * 4)
    noise, text = normal(1, 3), normal(1, 7)
    first = generator(noise, text).numpy()
    assert np.abs(generator(noise + 1, text) - first).max() > 1e-3
    assert np.abs(generator(noise, text + 1) - first).max() > 1e-3


def test_text_changes_the_logit_and_the_score_is_of_the_features():
    discriminator = randomize(DFGANDiscriminator(**SMALL))
    image, text = normal(2, 16, 16, 3), normal(2, 7)
    logits = discriminator(image, text).numpy()
    assert np.abs(discriminator(image, text + 1) - logits).min() > 1e-3
    features = discriminator.features(image)
    assert features.shape == (2, 4, 4, 6)
    np.testing.assert_allclose(discriminator.score(features, text), logits, rtol=1e-5)


@pytest.mark.parametrize("network, inputs", [
    (lambda: DFGANGenerator(latent_dim=3, image_channels=1, seed_from_text=True,
                            smooth_shortcuts=True, encoder_channels=(4, 3, 2), **SMALL),
     (normal(2, 3), normal(2, 7))),
    (lambda: DFGANDiscriminator(image_channels=1, initial_gain=0.5, **SMALL),
     (normal(2, 16, 16, 1), normal(2, 7)))])
def test_saved_and_loaded_networks_are_equal(network, inputs, tmp_path):
    saved = randomize(network())
    saved.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.get_config() == saved.get_config()
    np.testing.assert_array_equal(loaded(*inputs), saved(*inputs))


@pytest.mark.parametrize("channels", [(), (8,), (8, 0)])
@pytest.mark.parametrize("network", [DFGANGenerator, DFGANDiscriminator])
def test_widths_that_make_no_network_are_refused(network, channels):
    with pytest.raises(ValueError, match="channels must name at least two positive widths"):
        network(channels)
