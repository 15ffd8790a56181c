import warnings

import keras
import numpy as np
import pytest

from zoo.layers.residual import BottleneckResidualBlock
from zoo.text_to_image.gan_cls_networks import GANCLSDiscriminator, GANCLSGenerator

SMALL = {"text_dim": 12, "text_projection_dim": 6, "base_channels": 4}


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def small_generator(**kwargs):
    return GANCLSGenerator(**{**SMALL, "latent_dim": 5, **kwargs})


def small_discriminator(**kwargs):
    return GANCLSDiscriminator(**{**SMALL, **kwargs})


def num_parameters(network):
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


def dense(inputs, outputs):
    return inputs * outputs + outputs


def conv(kernel_size, inputs, outputs):
    return kernel_size**2 * inputs * outputs + outputs


def conv_bn(kernel_size, inputs, outputs):
    return conv(kernel_size, inputs, outputs) + 2 * outputs


def residual_block(channels, bottleneck):
    return (
        conv_bn(1, channels, bottleneck)
        + conv_bn(3, bottleneck, bottleneck)
        + conv_bn(3, bottleneck, channels)
    )


def test_generator_has_the_released_parameters():
    expected = (
        dense(1024, 128)
        + conv_bn(4, 100 + 128, 1024)
        + residual_block(1024, 256)
        + conv_bn(4, 1024, 512)
        + residual_block(512, 128)
        + conv_bn(4, 512, 256)
        + conv_bn(4, 256, 128)
        + conv(4, 128, 3)
    )
    assert expected == 18_909_699
    assert num_parameters(GANCLSGenerator()) == expected


def test_discriminator_has_the_released_parameters():
    expected = (
        conv(4, 3, 64)
        + conv_bn(4, 64, 128)
        + conv_bn(4, 128, 256)
        + conv_bn(4, 256, 512)
        + residual_block(512, 128)
        + dense(1024, 128)
        + conv_bn(1, 512 + 128, 512)
        + conv(4, 512, 1)
    )
    assert expected == 4_032_065
    assert num_parameters(GANCLSDiscriminator()) == expected


def test_other_sizes_add_or_drop_a_plain_stage():
    base = SMALL["base_channels"]
    generators = {size: num_parameters(small_generator(image_size=size)) for size in (32, 64, 128)}
    last = conv(4, base, 3)
    assert generators[64] - generators[32] == (
        conv_bn(4, 2 * base, base) + last - conv(4, 2 * base, 3)
    )
    assert generators[128] - generators[64] == (
        conv_bn(4, base, base // 2) + conv(4, base // 2, 3) - last
    )
    discriminators = {
        size: num_parameters(small_discriminator(image_size=size)) for size in (32, 64, 128)
    }
    assert discriminators[64] - discriminators[32] == (
        conv_bn(4, 2 * base, 4 * base)
        + conv_bn(4, 4 * base, 8 * base)
        - conv_bn(4, 2 * base, 8 * base)
    )
    assert discriminators[128] - discriminators[64] == conv_bn(4, 8 * base, 8 * base)


@pytest.mark.parametrize("image_size", [32, 64])
@pytest.mark.parametrize("training", [False, True])
def test_output_shapes_and_ranges(image_size, training):
    text = normal(3, 12)
    generator = small_generator(image_size=image_size, image_channels=1)
    discriminator = small_discriminator(image_size=image_size, image_channels=1)
    image = generator(100 * normal(3, 5), text, training=training)
    assert image.shape == (3, image_size, image_size, 1)
    assert image.dtype == "float32"
    assert np.abs(image).max() <= 1
    features = discriminator.features(image, training=training)
    assert features.shape == (3, 4, 4, 32)
    logits = discriminator(image, text, training=training)
    assert logits.shape == (3,)
    assert logits.dtype == "float32"
    np.testing.assert_array_equal(logits, discriminator.score(features, text, training=training))


def test_training_uses_and_updates_the_batch_statistics():
    noise, text = normal(4, 5), normal(4, 12)
    generator, discriminator = small_generator(), small_discriminator()
    image = generator(noise, text)
    before = discriminator(image, text).numpy()
    features = discriminator.features(image, training=True)
    trained = discriminator.score(features, text, training=True)
    assert not np.allclose(before, trained)
    assert not np.allclose(before, discriminator(image, text))
    assert not np.allclose(image, generator(noise, text, training=True))
    assert not np.allclose(image, generator(noise, text))


def test_text_changes_the_output():
    noise, text, other = normal(2, 5), normal(2, 12), normal(2, 12, seed=1)
    generator, discriminator = small_generator(), small_discriminator()
    image = generator(noise, text, training=True)
    assert not np.allclose(image, generator(noise, other, training=True), atol=1e-4)
    features = discriminator.features(image, training=True)
    assert not np.allclose(
        discriminator.score(features, text, training=True),
        discriminator.score(features, other, training=True),
        atol=1e-4,
    )


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_outputs_are_float32_in_mixed_precision(policy):
    text = normal(2, 12)
    discriminator = small_discriminator(dtype=policy)
    image = small_generator(dtype=policy)(normal(2, 5), text)
    assert image.dtype == "float32"
    assert discriminator.features(image).dtype == policy.removeprefix("mixed_")
    assert discriminator(image, text).dtype == "float32"


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_saved_networks_give_equal_outputs(tmp_path, dtype):
    noise, text = normal(2, 5), normal(2, 12)
    generator = small_generator(dtype=dtype)
    discriminator = small_discriminator(dtype=dtype)
    image = generator(noise, text, training=True)
    discriminator(image, text, training=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # TensorFlow's tensors do not implement NumPy 2's `copy` yet.
        warnings.filterwarnings("ignore", message="__array__")
        generator.save(tmp_path / "g.keras")
        discriminator.save(tmp_path / "d.keras")
        loaded_generator = keras.saving.load_model(tmp_path / "g.keras")
        loaded_discriminator = keras.saving.load_model(tmp_path / "d.keras")
    np.testing.assert_array_equal(loaded_generator(noise, text), generator(noise, text))
    np.testing.assert_array_equal(loaded_discriminator(image, text), discriminator(image, text))


@pytest.mark.parametrize(
    ("network_class", "arguments"),
    [
        (GANCLSGenerator, {**SMALL, "image_size": 32, "latent_dim": 7, "image_channels": 1}),
        (GANCLSDiscriminator, {**SMALL, "image_size": 128, "image_channels": 4}),
        (BottleneckResidualBlock, {"bottleneck_channels": 3, "negative_slope": 0.1}),
    ],
)
def test_config_round_trip(network_class, arguments):
    network = network_class(**arguments)
    config = network.get_config()
    assert {key: config[key] for key in arguments} == arguments
    assert {key: getattr(network, key) for key in arguments} == arguments
    assert network_class.from_config(config).get_config() == config


def test_initial_weights_are_the_released_ones():
    variables = {v.path: v.numpy() for v in GANCLSGenerator(base_channels=32).variables}
    kernels = [v for path, v in variables.items() if "conv2d" in path and "kernel" in path]
    gammas = np.concatenate([v for path, v in variables.items() if path.endswith("gamma")])
    for kernel in kernels:
        assert abs(kernel.mean()) < 0.002
        assert kernel.std() == pytest.approx(0.02, rel=0.1)
    assert gammas.mean() == pytest.approx(1, abs=0.005)
    assert gammas.std() == pytest.approx(0.02, rel=0.15)


@pytest.mark.parametrize("network_class", [GANCLSGenerator, GANCLSDiscriminator])
@pytest.mark.parametrize("image_size", [0, 16, 48, 64.0, "64"])
def test_bad_image_size(network_class, image_size):
    with pytest.raises(ValueError, match="image_size must be a power of two of at least 32"):
        network_class(image_size=image_size)
