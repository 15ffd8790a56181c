import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.image_encoder import ImageEncoder

ARCHITECTURES = ["plain", "residual"]
SMALL = {"image_size": 8, "channels": (4, 6), "output_dim": 10}


def encoder(architecture, **kwargs):
    keras.utils.set_random_seed(0)
    return ImageEncoder(architecture=architecture, **{**SMALL, **kwargs})


def pictures(count=3, size=8, channels=3):
    shape = (count, size, size, channels)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("training", [False, True])
def test_gives_one_float32_vector_a_picture(architecture, dtype, training):
    network = encoder(architecture, image_channels=1, dtype=dtype)
    result = network(pictures(channels=1), training=training)
    assert result.shape == (3, 10) and result.dtype == tf.float32
    assert np.abs(result[0] - result[1]).max() > 1e-3


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_each_width_halves_the_size(architecture):
    # The last 6 channels are 2 x 2 after two halvings, 4 x 4 where the picture is twice as large.
    assert encoder(architecture).project.kernel.shape == (6 * 2 * 2, 10)
    assert encoder(architecture, image_size=16).project.kernel.shape == (6 * 4 * 4, 10)


def test_parameters_by_hand():
    # Widths 3, 4, 6; batch norm has two a channel; the projection takes 2 x 2 x 6.
    project = 24 * 10 + 10
    plain = (16 * 3 * 4 + 9 * 4 * 4 + 2 * 8) + (16 * 4 * 6 + 9 * 6 * 6 + 2 * 12) + project
    residual = (9 * 3 * 4 + 9 * 4 * 4 + 3 * 4 + 2 * 7) + (
        9 * 4 * 6 + 9 * 6 * 6 + 4 * 6 + 2 * 10) + project
    for architecture, expected in (("plain", plain), ("residual", residual)):
        variables = encoder(architecture).trainable_variables
        assert sum(int(np.prod(variable.shape)) for variable in variables) == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_where_something_is_in_the_picture_matters(architecture):
    image = np.full((2, 8, 8, 3), -1, "float32")
    image[0, 1, 1] = image[1, 6, 6] = 1
    first, second = encoder(architecture)(image)
    assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_training_uses_and_updates_the_batch_statistics(architecture):
    network, images = encoder(architecture), pictures()
    before = network(images).numpy()
    trained = network(images, training=True)
    assert not np.allclose(before, trained)
    assert not np.allclose(before, network(images))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_weight_has_a_gradient(architecture):
    network = encoder(architecture)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(network(pictures(), training=True) ** 2)
    gradients = tape.gradient(value, network.trainable_variables)
    assert all(np.abs(gradient).max() > 0 for gradient in gradients)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_saved_encoder_gives_equal_vectors(tmp_path, architecture):
    network = encoder(architecture)
    network(pictures(), training=True)
    network.save(tmp_path / "encoder.keras")
    loaded = keras.saving.load_model(tmp_path / "encoder.keras")
    np.testing.assert_array_equal(loaded(pictures()), network(pictures()))
    assert loaded.get_config() == network.get_config()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_config_keys_are_arguments_and_attributes(architecture):
    network = encoder(architecture, image_channels=4)
    expected = {**SMALL, "architecture": architecture, "image_channels": 4}
    assert expected.items() <= network.get_config().items()
    assert {name: getattr(network, name) for name in expected} == expected


@pytest.mark.parametrize("image_size", [6, 9, 10])
def test_a_size_that_cannot_be_halved_often_enough_is_refused(image_size):
    with pytest.raises(ValueError, match=f"image_size {image_size} cannot be halved 2 times"):
        encoder("plain", image_size=image_size)


def test_wrong_architecture_is_refused():
    with pytest.raises(ValueError, match="'plain' or 'residual', got 'vgg'"):
        encoder("vgg")
