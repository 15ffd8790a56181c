import numpy as np
import pytest
import tensorflow as tf

from zoo.losses.reconstruction import l1, l2

TARGET = tf.reshape(tf.constant([0.0, 1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 1.0]), (2, 2, 2, 1))
RESULT = tf.reshape(tf.constant([0.0, 3.0, 1.0, -1.0, 1.0, 1.0, 1.0, 1.5]), (2, 2, 2, 1))


@pytest.mark.parametrize(
    ("loss", "expected"),
    [(l1, [(0 + 2 + 1 + 4) / 4, 0.125]), (l2, [(0 + 4 + 1 + 16) / 4, 0.0625])],
)
def test_mean_over_each_example_by_hand(loss, expected):
    for dtype in (tf.float32, tf.bfloat16):
        result = loss(tf.cast(TARGET, dtype), tf.cast(RESULT, dtype))
        assert result.shape == (2,) and result.dtype == tf.float32
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(("loss", "expected"), [(l1, [3, 1]), (l2, [9, 1])])
def test_one_number_an_example_needs_no_further_axis(loss, expected):
    np.testing.assert_array_equal(loss(tf.constant([1.0, 2.0]), tf.constant([4.0, 1.0])), expected)


@pytest.mark.parametrize(("loss", "expected"), [(l1, [-1 / 2, 1 / 2]), (l2, [-1, 3])])
def test_the_gradient_draws_the_result_to_the_target(loss, expected):
    result = tf.constant([[0.0, 5.0]])
    with tf.GradientTape() as tape:
        tape.watch(result)
        value = loss(tf.constant([[1.0, 2.0]]), result)
    np.testing.assert_array_equal(tape.gradient(value, result), [expected])


def test_the_difference_is_taken_in_float32():
    # 1 and 1 + 2^-9 are one number in bfloat16.
    result = l1(tf.constant([[1.0]]), tf.constant([[1.0 + 2**-9]]))
    np.testing.assert_array_equal(result, [2**-9])
