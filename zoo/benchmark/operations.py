"""Floating-point operations of a TensorFlow function, counted from the shapes in its graph."""

import math

import tensorflow as tf

# Each kind by TensorFlow's names: (input that is the convolution's output or its gradient, input
# that is the kernel); None: the operation's own output.
_CONVOLUTIONS = {
    "Conv2D": ("convolution", None, 1),
    "Conv2DBackpropInput": ("convolution_input_gradient", 2, 1),
    "Conv2DBackpropFilter": ("convolution_kernel_gradient", 2, None),
}
_MATRIX_PRODUCTS = {"MatMul": "transpose_a", "BatchMatMul": "adj_x", "BatchMatMulV2": "adj_x",
                    "BatchMatMulV3": "adj_x"}


class UnknownSize(Exception):
    """A shape or a number of repetitions that the graph does not tell."""


def count(function):
    """Counts the operations that one call of a traced function takes.

    Counted are matrix products and 2-D convolutions (a 1-D one is a 2-D one of height 1) with both
    of their gradients: a multiplication and an addition for each kernel element at each output
    position, those that fall on padding too. A transposed convolution is a convolution's input
    gradient. Not counted: everything elementwise, sums, normalisation, Fourier transforms, and
    what no result or variable depends on. Loop bodies count as often as they run; of two branches
    the larger.

    Args:
        function: `tf.types.experimental.ConcreteFunction` traced on shapes that are known.

    Returns:
        dict of ints: "convolution", "convolution_input_gradient", "convolution_kernel_gradient",
        "matrix_product"; those that occur.

    Raises:
        UnknownSize: a shape or a number of repetitions is not known.
    """
    return _count_graph(function.graph)


def _count_graph(graph):
    totals = {}
    for operation in _needed(graph):
        for kind, number in _count_operation(operation).items():
            totals[kind] = totals.get(kind, 0) + number
    return totals


def _needed(graph):
    """Returns the operations that results and side effects of a graph depend on."""
    waiting = [tensor.op for tensor in graph.outputs] + list(graph.control_outputs)
    found = set()
    while waiting:
        operation = waiting.pop()
        if operation not in found:
            found.add(operation)
            waiting += [tensor.op for tensor in operation.inputs]
            waiting += operation.control_inputs
    return found


def _count_operation(operation):
    if operation.type in _CONVOLUTIONS:
        kind, output, kernel = _CONVOLUTIONS[operation.type]
        *taps, _ = _shape(operation, kernel)
        return {kind: 2 * math.prod(_shape(operation, output)) * math.prod(taps)}
    if operation.type in _MATRIX_PRODUCTS:
        left = _shape(operation, 0)
        transposed = operation.get_attr(_MATRIX_PRODUCTS[operation.type])
        return {"matrix_product":
                2 * math.prod(_shape(operation, None)) * left[-2 if transposed else -1]}
    if operation.type == "Einsum":
        left, _ = operation.get_attr("equation").decode().split("->")
        sizes = {}
        for index, labels in enumerate(left.split(",")):
            sizes |= zip(labels, _shape(operation, index), strict=True)
        return {"matrix_product": 2 * math.prod(sizes.values())} if "," in left else {}
    if operation.type in ("While", "StatelessWhile"):
        body = _count_graph(_graph_of(operation, "body"))
        repetitions = _repetitions(operation) if body else 0
        return {kind: repetitions * number for kind, number in body.items()}
    if operation.type in ("If", "StatelessIf"):
        branches = [_count_graph(_graph_of(operation, name))
                    for name in ("then_branch", "else_branch")]
        return max(branches, key=lambda counts: sum(counts.values()))
    if operation.type in ("PartitionedCall", "StatefulPartitionedCall"):
        return _count_graph(_graph_of(operation, "f"))
    return {}


def _shape(operation, index):
    """Returns the shape of an input, or of the output where `index` is None."""
    tensor = operation.outputs[0] if index is None else operation.inputs[index]
    if not tensor.shape.is_fully_defined():
        raise UnknownSize(f"{operation.type} {operation.name}: shape {tensor.shape}")
    return tensor.shape.as_list()


def _graph_of(operation, attribute):
    return operation.graph._get_function(operation.get_attr(attribute).name).graph


def _repetitions(loop):
    """Returns how often a loop runs: its second input, or what that is computed from."""
    try:
        with tf.compat.v1.Session(graph=loop.graph) as session:
            repetitions = int(session.run(loop.inputs[1]))
    except tf.errors.InvalidArgumentError:  # It depends on the function's arguments.
        repetitions = -1
    if repetitions < 0:
        raise UnknownSize(f"{loop.type} {loop.name}: number of repetitions")
    return repetitions
