import keras
import pytest
import tensorflow as tf
from keras import layers

from zoo.benchmark import operations


def counted(function, *shapes):
    inputs = [tf.zeros(shape) for shape in shapes]
    function(*inputs)  # Builds what the function holds.
    return operations.count(tf.function(function).get_concrete_function(*inputs))


def gradients(layer, inputs):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = tf.reduce_sum(layer(inputs) ** 2)
    return tape.gradient(output, [inputs, *layer.trainable_variables])


def test_matrix_products():
    # (2, 5) x (5, 3): 6 sums of 5 products.
    assert counted(layers.Dense(3), (2, 5)) == {"matrix_product": 2 * 6 * 5}
    for transpose, shape in ((False, (7, 2, 5)), (True, (7, 5, 2))):
        assert counted(lambda a, b: tf.matmul(a, b, transpose_a=transpose),
                       shape, (7, 5, 3)) == {"matrix_product": 2 * 7 * 6 * 5}


def test_sums_of_products_over_indices():
    # Of two factors at a time: a (2, 5) x (5, 3) product, whose rows are then turned.
    assert counted(lambda a, b: tf.einsum("ik,kj->ji", a, b), (2, 5), (5, 3)) == {
        "matrix_product": 2 * 6 * 5}
    assert counted(lambda a: tf.einsum("ij->ji", a), (2, 5)) == {}


def test_a_convolution_and_its_gradients_cost_the_same():
    # 2 pictures of 4x4 positions and 5 channels, each the sum of 3x3 pixels of 3 channels.
    each = 2 * (2 * 4 * 4 * 5) * (3 * 3 * 3)
    layer = layers.Conv2D(5, 3, strides=2, padding="same")
    assert counted(layer, (2, 8, 8, 3)) == {"convolution": each}
    assert counted(lambda x: gradients(layer, x), (2, 8, 8, 3)) == {
        "convolution": each, "convolution_input_gradient": each,
        "convolution_kernel_gradient": each}


def test_a_transposed_convolution_is_an_input_gradient():
    # The 4x4 kernel of 5 channels meets each of 2 * 4 * 4 positions of 3 channels.
    each = 2 * (2 * 4 * 4 * 3) * (4 * 4 * 5)
    layer = layers.Conv2DTranspose(5, 4, strides=2, padding="same")
    assert counted(layer, (2, 4, 4, 3)) == {"convolution_input_gradient": each}


def test_a_convolution_of_waveforms():
    layer = layers.Conv1D(4, 31, strides=2, padding="same")
    assert counted(layer, (3, 64, 2)) == {"convolution": 2 * (3 * 32 * 4) * (31 * 2)}


def test_what_nothing_depends_on_is_not_counted():
    def function(a, b):
        tf.matmul(a, b)
        return a
    assert counted(function, (2, 5), (5, 3)) == {}


def test_updates_are_counted():
    total = tf.Variable(tf.zeros((2, 3)))
    counts = counted(lambda a, b: total.assign_add(tf.matmul(a, b)), (2, 5), (5, 3))
    assert counts == {"matrix_product": 60}


def test_loops_count_as_often_as_they_run():
    # Each of 7 steps: (2, 6) x (6, 12) of the input and (2, 4) x (4, 12) of the state.
    gru = layers.GRU(4)
    step = 2 * (2 * 12) * (6 + 4)
    assert counted(gru, (2, 7, 6)) == {"matrix_product": 7 * step}
    # The gradients with respect to both factors of both products.
    assert counted(lambda x: gradients(gru, x), (2, 7, 6)) == {"matrix_product": 3 * 7 * step}


def test_calls_and_the_larger_branch_are_counted():
    product = tf.function(lambda a, b: tf.matmul(a, b))

    def function(a, b):
        return tf.cond(tf.reduce_sum(a) > 0, lambda: product(a, b),
                       lambda: tf.matmul(a, product(b, tf.transpose(b)) @ b))
    small, large = 2 * 6 * 5, 2 * (25 * 3 + 15 * 5 + 6 * 5)
    assert small < large
    assert counted(function, (2, 5), (5, 3)) == {"matrix_product": large}


def test_an_unknown_size_is_an_error():
    rows = tf.function(keras.ops.matmul).get_concrete_function(
        tf.TensorSpec((None, 5)), tf.TensorSpec((5, 3)))
    with pytest.raises(operations.UnknownSize, match="MatMul"):
        operations.count(rows)


@pytest.mark.parametrize("bounded", [True, False])
def test_an_unknown_number_of_repetitions_is_an_error(bounded):
    @tf.function(input_signature=[tf.TensorSpec((), tf.int32), tf.TensorSpec((2, 2))])
    def power(times, matrix):
        return tf.while_loop(lambda i, _: i < times, lambda i, x: (i + 1, x @ x), (0, matrix),
                             maximum_iterations=times if bounded else None)
    with pytest.raises(operations.UnknownSize, match="repetitions"):
        operations.count(power.get_concrete_function())
