"""Pictures of any size and tiles, through networks whose answer is known."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.image_to_image import UNetGenerator
from zoo.image_to_image.inference import translate


class Identity:
    """A generator that returns what it sees, and notes the sizes that it was asked for."""

    multiple, target_channels = 4, 3

    def __init__(self):
        self.sizes = set()

    def __call__(self, source, seeds, training):
        assert training is False and seeds.shape == (1, 2)
        assert source.shape[1] % 4 == source.shape[2] % 4 == 0
        self.sizes.add(tuple(source.shape))
        return source


class Blank(Identity):
    """Half grey wherever it looks, so that only the weights of the tiles can be seen."""

    def __call__(self, source, seeds, training):
        return tf.fill(tf.shape(super().__call__(source, seeds, training)), 0.5)


def picture(height, width):
    return tf.constant(np.random.default_rng(0).uniform(-1, 1, (height, width, 3)), tf.float32)


def run(network, source, tile_size, seed=1):
    return translate(network, source, tf.constant(seed, tf.int64), tf.constant(tile_size))


SIZES = [(1, 1), (1, 37), (3, 4), (8, 8), (9, 7), (50, 13), (64, 61)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tile_size", [1, 8, 10, 1024])
def test_every_pixel_comes_back_to_its_place(size, tile_size):
    source, network = picture(*size), Identity()
    np.testing.assert_allclose(run(network, source, tile_size), source, atol=1e-6)
    np.testing.assert_allclose(run(Blank(), source, tile_size), np.full((*size, 3), 0.5),
                               atol=1e-6)
    largest = max(4, tile_size // 4 * 4)
    assert all(max(sizes[1:3]) <= largest for sizes in network.sizes)


def test_up_to_a_tile_there_is_one_and_beyond_it_several():
    for height, width, sizes in ((16, 13, {(1, 16, 16, 3)}), (17, 5, {(1, 16, 8, 3)})):
        network = Identity()
        run(network, picture(height, width), 16)
        assert network.sizes == sizes


def test_borders_are_the_mirrored_picture():
    seen = []

    class Recorder(Identity):
        def __call__(self, source, seeds, training):
            seen.append(source[0, :, :, 0].numpy())
            return source

    source = tf.repeat(tf.constant([[[1.0], [2.0]]]), 3, axis=-1) / 4  # 1 by 2 pixels.
    run(Recorder(), source, 16)
    np.testing.assert_array_equal(seen[0] * 4, [[1, 1, 2, 2]] * 4)


def test_tiles_fade_into_each_other():
    """Two tiles that answer differently: between them a ramp without a step."""
    class Counting(Identity):
        calls = 0

        def __call__(self, source, seeds, training):
            self.calls += 1
            return tf.fill(tf.shape(source), float(self.calls - 1))

    result = run(Counting(), picture(8, 28), 16).numpy()[0, :, 0]
    np.testing.assert_allclose(result[:12], 0, atol=1e-6)
    np.testing.assert_allclose(result[12:16], [1 / 8, 3 / 8, 5 / 8, 7 / 8], atol=1e-6)
    np.testing.assert_allclose(result[16:], 1, atol=1e-6)


def test_the_result_depends_on_the_seed():
    network = UNetGenerator(depth=2, base_channels=4)
    source = picture(8, 8)
    one, same, other = (run(network, source, 64, seed) for seed in (1, 1, 2**40))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0
