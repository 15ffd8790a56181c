import tensorflow as tf

from zoo.benchmark.profile import seconds_by_operation


def test_the_operations_of_a_step_by_kind_the_longest_first():
    kernel = tf.Variable(tf.ones((3, 3, 16, 16)))
    pictures = tf.random.normal((4, 32, 32, 16))
    calls = []

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.conv2d(pictures, kernel, 1, "SAME") ** 2)
        kernel.assign_sub(tape.gradient(loss, kernel))
        return loss

    def run():
        calls.append(float(step()))

    run()
    found = seconds_by_operation(run, 3)
    assert len(calls) == 1 + 3
    assert {"Conv2D", "Conv2DBackpropFilter", "AssignSubVariableOp"} <= found.keys()
    assert "Conv2DBackpropInput" not in found  # Nothing needs it.
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert min(found.values()) > 0
