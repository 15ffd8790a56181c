"""What a request may ask for: numbers within bounds, and batches without rows."""

import tensorflow as tf


def within(value, name, least, most=None):
    """Fails at run time where a number is out of bounds.

    Args:
        value: integer scalar.
        name: of the argument, or of what it asks for.
        least, most: int, the bounds, which are allowed; None: there is none.

    Returns:
        The operation, to be made a control dependency.

    Raises:
        tf.errors.InvalidArgumentError: it is; it says what is allowed and what it was.
    """
    if most is None:
        return tf.debugging.Assert(value >= least, [f"{name}: must be at least {least:,}, is",
                                                    value])
    return tf.debugging.Assert((value >= least) & (value <= most),
                               [f"{name}: must be {least:,} to {most:,}, is", value])


def as_many(first, second, names):
    """Fails at run time where two arguments have not as many rows.

    Args:
        first, second: tensors `(n, …)`.
        names: of the two, for instance "caption, png_bytes".

    Returns:
        The operation, to be made a control dependency.

    Raises:
        tf.errors.InvalidArgumentError: they have not; it says how many.
    """
    rows = tf.stack([tf.shape(first)[0], tf.shape(second)[0]])
    return tf.debugging.Assert(rows[0] == rows[1], [f"{names}: must have as many rows, have", rows])


def after(checks, *tensors):
    """Returns a list of the same tensors, to be had only when the checks have passed."""
    with tf.control_dependencies(checks):
        return [tf.identity(tensor) for tensor in tensors]


def or_one_row(*tensors):
    """Adds a row of zeros to tensors `(n, …)` where n is 0.

    Some kernels fail on no rows, recurrent ones with oneDNN among them; what is made of that row
    is to be cut off again.

    Returns:
        list of tensors `(max(n, 1), …)`.
    """
    missing = tf.maximum(1 - tf.shape(tensors[0])[0], 0)
    return [tf.pad(tensor, [[0, missing], *[[0, 0]] * (tensor.shape.rank - 1)])
            for tensor in tensors]
