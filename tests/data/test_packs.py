import numpy as np
import pytest
import tensorflow as tf

from zoo.data import packs


def test_a_pack_joins_pictures_along_the_channels():
    pictures = tf.reshape(tf.range(4 * 2 * 3 * 3), (4, 2, 3, 3))
    packed = packs.pack(pictures, 2)
    assert packed.shape == (2, 2, 3, 6)
    np.testing.assert_array_equal(packed[1, ..., :3], pictures[2])
    np.testing.assert_array_equal(packed[1, ..., 3:], pictures[3])
    np.testing.assert_array_equal(packs.unpack(packed, 2), pictures)


def test_a_pack_of_one_is_the_picture():
    pictures = tf.ones((2, 4, 4, 3))
    assert packs.pack(pictures, 1) is pictures and packs.unpack(pictures, 1) is pictures


@pytest.mark.parametrize("is_tuple", [False, True])
def test_pictures_of_packs_come_apart_in_the_structure_that_they_had(is_tuple):
    packed = tf.reshape(tf.range(2 * 2 * 2 * 6), (2, 2, 2, 6))
    found = packs.apart((packed, packed + 1) if is_tuple else packed, 2)
    assert len(found) == 2
    first = found[0][0] if is_tuple else found[0]
    np.testing.assert_array_equal(first, packed[..., :3])
    if is_tuple:
        np.testing.assert_array_equal(found[1][1], packed[..., 3:] + 1)
