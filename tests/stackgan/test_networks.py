"""StackGAN's networks against the released code: sizes, shapes, what changes what."""

import keras
import numpy as np
import pytest

from zoo.stackgan import (
    MultiStageDiscriminator, MultiStageGenerator, StageDiscriminator, StageIGenerator,
    StageIIGenerator)

TEXT = {"text_dim": 7, "condition_dim": 4}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def randomize(network):
    """Sets the trained weights, larger than they start, so that everything has an effect."""
    for i, weight in enumerate(network.trainable_variables):
        weight.assign(0.5 * normal(*weight.shape, seed=i))
    return network


def num_parameters(network):
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


def conv_norm(inputs, outputs, kernel=3):
    """A convolution without bias and the scale and shift of its batch norm."""
    return kernel**2 * inputs * outputs + 2 * outputs


def gated(inputs, outputs):
    """The same before a gated linear unit, which halves the channels."""
    return conv_norm(inputs, 2 * outputs)


def bottleneck(channels):
    inner = channels // 4
    return (conv_norm(channels, inner, 1) + conv_norm(inner, inner) + conv_norm(inner, channels))


def gated_residual(channels):
    return gated(channels, channels) + conv_norm(channels, channels)


def test_stage_one_has_the_released_sizes():
    seed = (100 + 128) * 4 * 4 * 1024 + 2 * 4 * 4 * 1024
    expected = ((1024 + 1) * 2 * 128 + seed + bottleneck(1024) + conv_norm(1024, 512)
                + bottleneck(512) + conv_norm(512, 256) + conv_norm(256, 128) + 9 * 128 * 3)
    assert expected == 14_247_808
    assert num_parameters(StageIGenerator()) == expected
    downs = 16 * 3 * 64 + sum(conv_norm(w, 2 * w, 4) for w in (64, 128, 256))
    joint = (1024 + 1) * 128 + conv_norm(512 + 128, 512, 1) + 16 * 512
    expected = downs + bottleneck(512) + joint
    assert expected == 4_029_824
    assert num_parameters(StageDiscriminator()) == expected


def test_stage_two_has_the_released_sizes():
    encoder = 9 * 3 * 128 + conv_norm(128, 256, 4) + conv_norm(256, 512, 4)
    residuals = 4 * 2 * conv_norm(512, 512)
    upsamplings = sum(conv_norm(*pair) for pair in ((512, 256), (256, 128), (128, 64), (64, 32)))
    expected = ((1024 + 1) * 2 * 128 + encoder + conv_norm(512 + 128, 512) + residuals
                + upsamplings + 9 * 32 * 3)
    assert expected == 26_290_080
    assert num_parameters(StageIIGenerator()) == expected
    downs = 16 * 3 * 64 + sum(conv_norm(64 * 2**i, 128 * 2**i, 4) for i in range(5))
    reductions = conv_norm(2048, 1024, 1) + conv_norm(1024, 512, 1)
    joint = (1024 + 1) * 128 + conv_norm(512 + 128, 512, 1) + 16 * 512
    expected = downs + reductions + bottleneck(512) + joint
    assert expected == 48_603_520
    assert num_parameters(StageDiscriminator((64, 128, 256, 512, 1024, 2048), (1024, 512))) == (
        expected)


def test_the_multi_stage_generator_has_the_released_sizes():
    seed = (100 + 128) * 4 * 4 * 1024 * 2 + 2 * 4 * 4 * 1024 * 2
    first = sum(gated(1024 // 2**i, 512 // 2**i) for i in range(4))
    later = sum(gated(width + 128, width) + 2 * gated_residual(width) + gated(width, width // 2)
                for width in (64, 32))
    images = 9 * 3 * (64 + 32 + 16)
    expected = (1024 + 1) * 4 * 128 + seed + first + later + images
    assert expected == 21_239_696
    assert num_parameters(MultiStageGenerator()) == expected


def test_the_multi_stage_discriminators_have_the_released_sizes_but_for_their_heads():
    base = 8
    expected = 0
    for widths, reductions in (((8, 16, 32, 64), ()), ((8, 16, 32, 64, 128), (64,)),
                               ((8, 16, 32, 64, 128, 256), (128, 64))):
        expected += 16 * 3 * base + sum(conv_norm(w, 2 * w, 4) for w in widths[:-1])
        expected += sum(conv_norm(2 * w, w) for w in reductions)
        head = 9 * (64 + 128) * 64 + 2 * (16 * 64 + 1)  # Without batch norm, with biases.
        expected += (1024 + 1) * 128 + head
    assert num_parameters(MultiStageDiscriminator(base_channels=base)) == expected


@pytest.mark.parametrize("channels, size", [((6, 5), 16), ((8, 6, 4), 32)])
def test_stage_one_pictures_have_their_shape_and_range(channels, size):
    generator = randomize(StageIGenerator(channels, latent_dim=3, **TEXT))
    assert (generator.image_size, generator.noise_dim) == (size, 3 + 4)
    image = generator(10 * normal(2, 7), normal(2, 7, seed=1))
    assert image.shape == (2, size, size, 3) and image.dtype == "float32"
    assert 0.5 < np.abs(image).max() <= 1


@pytest.mark.parametrize("upsampling_channels, size", [((5,), 16), ((5, 4, 3), 64)])
def test_stage_two_enlarges_the_picture(upsampling_channels, size):
    generator = randomize(StageIIGenerator(32, (4, 5, 6), 1, upsampling_channels, **TEXT))
    assert (generator.image_size, generator.noise_dim) == (size, 4)
    image = generator(normal(2, 4), normal(2, 7), normal(2, 32, 32, 3))
    assert image.shape == (2, size, size, 3)
    assert 0.1 < np.abs(image).max() <= 1


def small_networks(**kwargs):
    return {
        "stage_one": (StageIGenerator((6, 5), 3, **TEXT, **kwargs), (3 + 4, 7)),
        "stage_two": (StageIIGenerator(8, (4, 5), 1, (5, 4), **TEXT, **kwargs), (4, 7, (8, 8, 3))),
        "multi_stage": (MultiStageGenerator((6, 5, 4), (3,), 1, 3, **TEXT, **kwargs), (3 + 4, 7))}


def inputs(shapes, rows=3):
    return [normal(rows, *(shape if isinstance(shape, tuple) else (shape,)), seed=i)
            for i, shape in enumerate(shapes)]


@pytest.mark.parametrize("name", ["stage_one", "stage_two", "multi_stage"])
def test_each_input_changes_the_picture_and_saving_keeps_it(name, tmp_path):
    network, shapes = small_networks()[name]
    randomize(network)
    given = inputs(shapes)
    images = keras.tree.flatten(network(*given))
    assert [image.shape[1] for image in images] == (
        [16, 32] if name == "multi_stage" else [16])
    for changed in range(len(given)):
        other = [value + (i == changed) for i, value in enumerate(given)]
        for image, changed_image in zip(images, keras.tree.flatten(network(*other))):
            assert np.abs(image - changed_image).max() > 1e-3
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.get_config() == network.get_config()
    for image, again in zip(images, keras.tree.flatten(loaded(*given))):
        np.testing.assert_array_equal(image, again)


@pytest.mark.parametrize("name, noise_dim", [
    ("stage_one", 3), ("stage_two", 0), ("multi_stage", 3)])
def test_without_conditioning_noise_there_is_less_noise(name, noise_dim):
    network, shapes = small_networks(conditioning_noise=False)[name]
    assert network.noise_dim == noise_dim
    given = inputs((noise_dim, *shapes[1:]))
    assert np.isfinite(keras.tree.flatten(network(*given))[-1]).all()


@pytest.mark.parametrize("reduction_channels", [(), (9, 5)])
def test_the_score_is_of_features_and_text(reduction_channels, tmp_path):
    network = randomize(StageDiscriminator((5, 6), reduction_channels, **TEXT))
    assert network.image_size == 16
    image, text = normal(3, 16, 16, 3), normal(3, 7)
    logits = network(image, text).numpy()
    assert logits.shape == (3,) and logits.dtype == "float32"
    assert np.abs(network(image, text + 1) - logits).min() > 1e-4
    features = network.features(image)
    assert features.shape == (3, 4, 4, 5 if reduction_channels else 6)
    np.testing.assert_allclose(network.score(features, text), logits, rtol=1e-5)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(image, text), logits)


def test_each_size_is_judged_for_itself_and_realism_does_not_see_the_text():
    network = randomize(MultiStageDiscriminator((16, 32), base_channels=4, **TEXT))
    images, text = (normal(2, 16, 16, 3), normal(2, 32, 32, 3)), normal(2, 7)
    logits = network(images, text)
    assert {name: value.shape for name, value in logits.items()} == dict.fromkeys(
        ("realism_16", "match_16", "realism_32", "match_32"), (2,))

    def changed(*given):
        return {name for name, value in network(*given).items()
                if np.abs(value - logits[name]).max() > 1e-5}
    assert changed((images[0], images[1] + 1), text) == {"realism_32", "match_32"}
    assert changed(images, text + 1) == {"match_16", "match_32"}


def test_half_precision_still_answers_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    for network, shapes in small_networks().values():
        assert all(image.dtype == "float32" for image in keras.tree.flatten(
            network(*inputs(shapes))))
    logits = StageDiscriminator((5, 6), **TEXT)(normal(2, 16, 16, 3), normal(2, 7))
    assert logits.dtype == "float32"


@pytest.mark.parametrize("make, told", [
    (lambda: StageIGenerator((8,)), "at least 2 positive widths"),
    (lambda: StageIGenerator((8, 0)), "at least 2 positive widths"),
    (lambda: StageIIGenerator(64, (8,)), "encoder_channels must name at least 2"),
    (lambda: StageIIGenerator(64, (8, 8), 1, ()), "upsampling_channels must name at least 1"),
    (lambda: StageDiscriminator((8,)), "at least 2 positive widths"),
    (lambda: MultiStageDiscriminator((24,)), "powers of two from 16"),
])
def test_widths_that_make_no_network_are_refused(make, told):
    with pytest.raises(ValueError, match=told):
        make()
