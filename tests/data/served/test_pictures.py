"""What the exported graph decodes is, pixel for pixel, what training reads; or it is refused."""

import re

import numpy as np
import pytest
import tensorflow as tf

from tests.data.served import kinds
from zoo.data import decoding, image
from zoo.data.folder import pictures as folder_pictures
from zoo.data.image_pairs import reading
from zoo.data.served import pictures

ALL = kinds.GOOD | kinds.DEEP
SIDE = 16  # Smaller than the pictures' 21, so that areas cut pixels.


@tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
def squares(encoded):
    return pictures.squares(encoded, "png", SIDE)


@tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
def check(encoded):
    return pictures.check(encoded, "source")


@tf.function(input_signature=[tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int64)])
def decode(frame, orientation):
    return pictures.decode(frame, orientation)


def sources(*encoded):
    frames, orientations, sizes = check(tf.constant(encoded))
    decoded = [decode(*row) for row in zip(frames, orientations, strict=True)]
    assert [pixels.shape[:2] for pixels in decoded] == [tuple(size) for size in sizes.numpy()]
    return decoded


def test_pictures_with_captions_are_seen_as_in_training():
    kept = [folder_pictures.to_png(folder_pictures.parse(content), SIDE)
            for content in ALL.values()]
    trained = image.to_uint8(image.decode(tf.constant(kept), SIDE)).numpy()
    served = image.to_uint8(squares(tf.constant(list(ALL.values())))).numpy()
    assert [name for name, *pair in zip(ALL, trained, served, strict=True)
            if not np.array_equal(*pair)] == []


def test_sources_are_seen_as_in_training(tmp_path):
    other = []
    for name, pixels in zip(ALL, sources(*ALL.values()), strict=True):
        (tmp_path / "x.png").write_bytes(ALL[name])
        kept = tf.constant(reading.read(tmp_path / "x.png").encoded)
        for channels in (1, 3, 4):
            trained, served = (decoding.to_integers(picture, 16).numpy() for picture in (
                decoding.decode(kept, channels), pictures.to_channels(pixels, channels)))
            if not np.array_equal(trained, served):
                other.append((name, channels))
    assert other == []


def test_turned_by_hand():
    upright, on_side = sources(kinds.GOOD["JPEG on side 1>"], kinds.GOOD["JPEG on side 6<"])
    np.testing.assert_array_equal(on_side, np.rot90(upright, -1))


def test_the_wrong_ones_are_named_by_their_places():
    good, said = kinds.GOOD["grey"], []
    for words, contents in kinds.BAD.items():
        for content in contents:
            with pytest.raises(tf.errors.InvalidArgumentError) as error:
                check(tf.constant([good, content, good, content]))
            if not re.search(rf"source: [^\n]*{words}.*counted from 0:\] \[1 3\]",
                             error.value.message):
                said.append((words, content[:60], error.value.message[:300]))
    assert said == []


def test_two_small_pictures_that_would_make_a_huge_tensor_are_refused():
    fit, crossed = ([[4096, 1], [1, 2048]], [[4096, 1], [1, 2049]])
    for sizes in (fit, np.zeros((0, 2))):
        pictures.check_together(tf.constant(sizes, tf.int64), "source")
    with pytest.raises(tf.errors.InvalidArgumentError, match="source: .*over 16,777,216 pixels"):
        pictures.check_together(tf.constant(crossed, tf.int64), "source")


def test_no_pictures_are_no_pictures():
    assert squares(tf.zeros((0,), tf.string)).shape == (0, SIDE, SIDE, 3)
