"""Rows of a request that are refused are named by their places."""

import tensorflow as tf

_SHOWN = 32  # Places that an error names.


def refuse(bad, name, words):
    """Fails at run time with one error that says which rows are wrong.

    Args:
        bad: bool `(n,)`.
        name: of the argument.
        words: what is wrong with them.

    Returns:
        The operation, to be made a control dependency.

    Raises:
        tf.errors.InvalidArgumentError: some are bad.
    """
    return tf.debugging.Assert(
        ~tf.reduce_any(bad), [f"{name}: {words}, at these places, counted from 0:",
                              tf.where(bad)[:, 0]], summarize=_SHOWN)
