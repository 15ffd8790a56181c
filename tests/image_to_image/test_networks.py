"""Reference sizes, receptive fields measured by gradients, any size, noise by seed."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.image_to_image import PatchGANDiscriminator, ResidualGenerator, UNetGenerator
from zoo.image_to_image.patch_gan_networks import HALVINGS_OF_PATCH

GENERATORS = {
    "unet": lambda **kwargs: UNetGenerator(depth=3, base_channels=4, **kwargs),
    "unet_resize": lambda **kwargs: UNetGenerator(
        depth=3, base_channels=4, upsampling="resize", **kwargs),
    "residual": lambda **kwargs: ResidualGenerator(base_channels=3, num_blocks=2, **kwargs),
}
BOTH = pytest.mark.parametrize("make", GENERATORS.values(), ids=GENERATORS)


def trained(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


def pictures(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).uniform(-1, 1, shape), tf.float32)


def seeds(*numbers):
    return tf.constant([[number, 7] for number in numbers], tf.int32)


def test_the_unet_has_the_released_number_of_weights():
    assert trained(UNetGenerator()) == 54_413_955


def test_the_patch_gan_has_the_released_number_of_weights():
    assert trained(PatchGANDiscriminator()) == 2_768_705


@pytest.mark.parametrize("patch_size", HALVINGS_OF_PATCH)
@pytest.mark.parametrize("conditional", [True, False])
def test_the_receptive_field_is_the_patch(patch_size, conditional):
    """Measured: the pixels of the candidate on which one logit in the middle depends."""
    network = PatchGANDiscriminator(
        patch_size, base_channels=2, norm="none", conditional=conditional)
    for variable in network.trainable_variables:  # No zero among the products.
        variable.assign(tf.ones_like(variable))
    size = max(32, 2**int(np.ceil(np.log2(2 * patch_size))))
    source, candidate = (tf.zeros((1, size, size, 3)) for _ in range(2))
    with tf.GradientTape() as tape:
        tape.watch((source, candidate))
        logits = network(source, candidate)
        centre = logits[0, logits.shape[1] // 2, logits.shape[2] // 2, 0]
    by_source, by_candidate = tape.gradient(centre, (source, candidate))
    rows, columns = np.nonzero(np.abs(by_candidate[0]).sum(axis=-1))
    assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == patch_size
    assert len(rows) == patch_size**2
    if conditional:
        np.testing.assert_array_equal(by_source, by_candidate)
    else:
        assert by_source is None


@pytest.mark.parametrize("patch_size", HALVINGS_OF_PATCH)
def test_every_patch_size_judges_pictures_of_any_size(patch_size):
    network = PatchGANDiscriminator(patch_size, base_channels=2)
    for height, width in ((8, 8), (5, 33)):
        logits = network(tf.zeros((2, height, width, 3)), tf.zeros((2, height, width, 3)))
        scale = 2**HALVINGS_OF_PATCH[patch_size]
        assert logits.shape == (2, -(-height // scale), -(-width // scale), 1)


@BOTH
def test_generators_keep_the_size_and_change_the_channels(make):
    network = make(source_channels=1, target_channels=4)
    for height, width in ((8, 8), (16, 24)):
        result = network(pictures(2, height, width, 1), seeds(1, 2)).numpy()
        assert result.shape == (2, height, width, 4) and result.dtype == np.float32
        assert np.abs(result).max() <= 1


def test_resized_features_leave_no_grid_and_transposed_convolutions_do():
    contrast = {}
    for upsampling in ("resize", "transposed"):
        network = UNetGenerator(depth=2, base_channels=4, norm="none", upsampling=upsampling)
        for variable in network.trainable_variables:  # So that it can be seen.
            variable.assign(10 * variable)
        flat = network(tf.ones((1, 64, 64, 3))).numpy()[0, 28:36, 28:36]  # Far from the borders.
        contrast[upsampling] = np.ptp(flat, axis=(0, 1)).max()
    assert contrast["resize"] < 1e-5 and contrast["transposed"] > 1e-2


@BOTH
@pytest.mark.parametrize("norm", ["batch", "instance", "none"])
def test_the_noise_is_a_function_of_each_row_s_seed(make, norm):
    network = make(norm=norm)
    for variable in network.trainable_variables:  # So that the differences can be seen.
        variable.assign(3 * variable)
    source = tf.repeat(pictures(1, 16, 16, 3), 3, axis=0)
    one, same, other = network(source, seeds(1, 1, 2), training=False).numpy()
    np.testing.assert_allclose(one, same, atol=1e-5)
    assert np.abs(one - other).max() > 1e-3
    alone = network(source[2:], seeds(2), training=False).numpy()
    np.testing.assert_allclose(alone[0], other, atol=1e-5)


@BOTH
def test_without_seeds_there_is_no_noise(make):
    network, plain = make(), make(num_dropout_blocks=0)
    plain.set_weights(network.get_weights())
    source = pictures(1, 16, 16, 3)
    np.testing.assert_array_equal(network(source), plain(source, seeds(1)))


@BOTH
def test_the_config_says_which_statistics_are_used_at_inference(make):
    source, other = pictures(1, 16, 16, 3), pictures(1, 16, 16, 3, seed=1)
    moving = make(norm="batch", inference_statistics="moving", num_dropout_blocks=0)
    picture = make(norm="batch", inference_statistics="picture", num_dropout_blocks=0)
    for weight, value in zip(picture.trainable_weights, moving.trainable_weights, strict=True):
        weight.assign(value)
    # A picture's own statistics are those of a training batch of one, and of no other picture.
    np.testing.assert_allclose(
        picture(source), moving(source, training=True), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        picture(tf.concat([source, other], 0))[0], picture(source)[0], atol=1e-5)
    before = moving(source, training=False).numpy()
    moving(other, training=True)  # Moves the statistics.
    assert np.abs(moving(source, training=False) - before).max() > 1e-6


@pytest.mark.parametrize("arguments", [
    {"norm": "layer"}, {"inference_statistics": "batch"}, {"depth": 1},
    {"upsampling": "cubic"}])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        UNetGenerator(**{"depth": 2, "base_channels": 2} | arguments)
