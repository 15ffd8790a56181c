"""Training batches of pairs, and pairs as they are evaluated."""

import numpy as np
import tensorflow as tf

from zoo.data import pipeline
from zoo.data.image_pairs.form import NUM_UNIFORMS


class ImagePairBatches:
    """Plans and finishes batches of pairs.

    A batch holds `source` and `target`, float32 `(n, height, width, channels)` in [-1, 1].

    Args:
        pairs: `ImagePairs`.
        form: `Form`.
        seed: seed of order and augmentation.
        batch_size: global batch size.
    """

    def __init__(self, pairs, form, seed, batch_size):
        self.pairs = pairs
        self.form = form
        self.seed = seed
        self.batch_size = batch_size

    def __len__(self):
        return len(self.pairs)

    def plan(self, step, rows):
        """Returns which pairs make these rows of a step, and how each is augmented."""
        indices = pipeline.example_indices(
            self.seed, step, rows, self.batch_size, len(self.pairs))
        uniforms = [pipeline.random_of(self.seed, step, row).random(NUM_UNIFORMS) for row in rows]
        return {"pictures": self.pairs.pictures(indices),
                "uniforms": np.array(uniforms, np.float32)}

    def finish(self, batch):
        """Decodes, resizes and augments, in the graph."""
        source, target = _map_pairs(
            self.form, lambda row: self.form.augmented(*row),
            (batch["pictures"], batch["uniforms"]))
        return {"source": source, "target": target}

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, self.finish, self.batch_size, start_step,
                                     first_replica, local_replicas, replicas)


def plain(pairs, form, indices):
    """Returns some pairs without augmentation.

    Args:
        pairs: `ImagePairs`.
        form: `Form`.
        indices: which.

    Returns:
        (source, target), float32 `(n, form.height, form.width, channels)` in [-1, 1].
    """
    return _map_pairs(form, form.plain, tf.constant(pairs.pictures(indices)))


def _map_pairs(form, function, rows):
    return tf.map_fn(function, rows, fn_output_signature=tuple(
        tf.TensorSpec((form.height, form.width, channels), tf.float32)
        for channels in (form.source_channels, form.target_channels)))
