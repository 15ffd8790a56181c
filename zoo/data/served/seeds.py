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
    def drawn(one, of_all):
        pair = tf.stack([tf.cast(one, tf.int64), tf.cast(step, tf.int64)])
        return tf.random.stateless_normal(tf.stack([*of_all, *shape]), pair, alg="philox")

    def together():
        return drawn(tf.reshape(seed, ()), (rows,))

    def each():
        return tf.map_fn(lambda one: drawn(one, ()), tf.reshape(seed, (-1,)),
                         fn_output_signature=tf.float32)

    return tf.cond(tf.equal(tf.rank(seed), 0), together, each)
