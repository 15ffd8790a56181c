import numpy as np
import tensorflow as tf

from zoo.losses.matching import symmetric_softmax

TEXT = tf.constant([[1.0, 0.0], [0.0, 1.0]])
IMAGE = tf.constant([[1.0, 0.0], [0.6, 0.8]])


def unit_vectors(seed, rows=6):
    return tf.math.l2_normalize(tf.random.stateless_normal((rows, 4), (seed, 0)), axis=1)


def test_two_pairs_by_hand():
    # Logits of the texts: (5, 3) and (0, 4); of the pictures: (5, 0) and (3, 4).
    result = symmetric_softmax(TEXT, IMAGE, 5.0, TEXT, IMAGE, 0)
    wrong_less_right = np.array([[3 - 5, 0 - 5], [0 - 4, 3 - 4]])
    expected = np.log1p(np.exp(wrong_less_right)).mean(axis=1)
    np.testing.assert_allclose(expected, [0.0668216, 0.1657058], rtol=1e-5)
    assert result.dtype == tf.float32
    np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_texts_that_are_all_alike_tell_nothing():
    same = tf.ones((6, 4)) / 2
    np.testing.assert_allclose(
        symmetric_softmax(same, same, 7.0, same, same, 0), [np.log(6)] * 6, rtol=1e-6)


def test_exchanging_texts_and_pictures_changes_nothing():
    text, image = unit_vectors(0), unit_vectors(1)
    np.testing.assert_allclose(
        symmetric_softmax(text, image, 3.0, text, image, 0),
        symmetric_softmax(image, text, 3.0, image, text, 0), rtol=1e-6)


def test_a_batch_in_two_parts_with_gathered_candidates_equals_the_whole():
    text, image = unit_vectors(0), unit_vectors(1)
    whole = symmetric_softmax(text, image, 3.0, text, image, 0)
    parts = [
        symmetric_softmax(text[rows], image[rows], 3.0, text, image, tf.constant(rows.start))
        for rows in (slice(0, 3), slice(3, 6))
    ]
    np.testing.assert_allclose(tf.concat(parts, axis=0), whole, rtol=1e-6)
    assert not np.allclose(
        symmetric_softmax(text[3:], image[3:], 3.0, text, image, 0), whole[3:])
