"""Seeds of a request: one for all rows, or one a row."""

import tensorflow as tf

SEED = tf.TensorSpec(None, tf.int64, name="seed")  # () or (n,), which no other shape says.


def check(seed, rows):
    """Fails at run time where a seed is neither a number nor one a row.

    Args:
        seed: int64.
        rows: int32 scalar.

    Returns:
        The operation, to be made a control dependency.

    Raises:
        tf.errors.InvalidArgumentError: it says which shape it has.
    """
    shape = tf.shape(seed)
    is_right = (tf.rank(seed) == 0) | tf.reduce_all(
        tf.concat([tf.stack([tf.rank(seed) - 1]), shape - rows], 0) == 0)
    return tf.debugging.Assert(is_right, [
        "seed: must be one number or one a row; there are", rows, "rows, its shape is", shape])


def drawn(seed, shape, step=0):
    """Returns standard normal noise, float32 of the shape, a pure function of seed and step.

    Args:
        seed: integer scalar, any int64.
        shape: int32 `(d,)`, or a tuple of int.
        step: integer scalar; another one gives other noise.
    """
    pair = tf.stack([tf.cast(seed, tf.int64), tf.cast(step, tf.int64)])
    return tf.random.stateless_normal(shape, pair, alg="philox")


def normal(seed, rows, shape, step=0):
    """Returns standard normal noise, a pure function of the seed.

    Args:
        seed: int64, `()`: row i is a function of it and i; or `(rows,)`: each row is a function of
            its own alone, the one that it would be of a single row with this seed.
        rows: int32 scalar.
        shape: of a row's noise, a tuple of int or int32 scalars.
        step: integer scalar; another one gives other noise.

    Returns:
        float32 `(rows, *shape)`.
    """
    def together():
        return drawn(tf.reshape(seed, ()), tf.stack([rows, *shape]), step)

    def each():
        return tf.map_fn(lambda one: drawn(one, tf.stack(shape), step), tf.reshape(seed, (-1,)),
                         fn_output_signature=tf.float32)

    return tf.cond(tf.equal(tf.rank(seed), 0), together, each)
