"""Means of all that steps return, over rows and batches, as Keras's metrics are."""

import keras
import tensorflow as tf

_CAPACITY = 64  # Names; a family has about ten. One array, since each variable costs time a step.


class Means(keras.metrics.Metric):
    """The mean of each value since the last reset, every row counting alike.

    A step hands in its values whatever their names are; `result` knows those that came since the
    reset, so one object serves training and evaluation.
    """

    def __init__(self):
        super().__init__(name="means", dtype="float32")
        self._names = []
        # Row 0: sums of value times rows; row 1: of rows.
        self._sums = self.add_variable((2, _CAPACITY), "zeros", name="sums")
        # Each replica counts its own.
        self.batches = self.add_variable((), "zeros", dtype="int32", name="batches")

    def update_state(self, values, rows):
        """Adds a batch.

        Args:
            values: `{name: float32 scalar}`, means over this replica's rows.
            rows: number of rows that they are means of; 0 leaves the values out.
        """
        names = sorted(values)
        self._names += [name for name in names if name not in self._names]
        if len(self._names) > _CAPACITY:
            raise ValueError(f"steps return more than {_CAPACITY} values: "
                             f"{', '.join(self._names)}.")
        rows = tf.cast(rows, tf.float32)
        sums = tf.stack([tf.cast(values[name], tf.float32) * rows for name in names])
        places = tf.constant([self._names.index(name) for name in names])[:, None]
        self._sums.assign_add(tf.stack([
            tf.scatter_nd(places, each, (_CAPACITY,)) for each in (sums, rows + 0.0 * sums)]))
        self.batches.assign_add(1)

    def result(self):
        """Returns `{name: float}`."""
        sums, rows = tf.convert_to_tensor(self._sums.value).numpy()
        return {name: float(sums[i] / rows[i]) for i, name in enumerate(self._names) if rows[i]}
