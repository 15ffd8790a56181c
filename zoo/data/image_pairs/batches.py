"""Training batches of pairs, and pairs as they are evaluated."""

import functools

import numpy as np
import tensorflow as tf

from zoo.data import pipeline
from zoo.data.image_pairs import kept
from zoo.data.image_pairs.form import NUM_UNIFORMS


class ImagePairBatches:
    """Plans and finishes batches of pairs.

    A batch holds `source` and `target` `(n, height, width, channels)`, uint8 or uint16 where pairs
    are kept in memory (see `kept.keep`), else float32 in [-1, 1].

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

    @functools.cached_property
    def _kept(self):
        """All pairs before augmentation, or None: see `kept.keep`."""
        return kept.keep(self.pairs, self.form.start())

    def plan(self, rows):
        """Returns the pairs that make these rows, and how each is augmented.

        The pairs are `indices` where they are kept, else encoded `pictures`.
        """
        indices = pipeline.example_indices(self.seed, rows, len(self.pairs))
        uniforms = pipeline.uniforms(self.seed, rows, NUM_UNIFORMS).astype(np.float32)
        chosen = ({"pictures": self.pairs.pictures(indices)} if self._kept is None else
                  {"indices": indices})
        return {"uniforms": uniforms, **chosen}

    def finish(self, batch):
        """Gathers what is kept, decodes and resizes the rest, and augments, in the graph."""
        if self._kept is None:
            pair = _plain(self.form.start(), batch["pictures"])
        else:
            pair = [tf.gather(self._kept[name], batch["indices"]) for name in ("source", "target")]
        source, target = (self.form.augmented(images, batch["uniforms"]) for images in pair)
        return {"source": source, "target": target}

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, self.finish, self.batch_size, start_step,
                                     first_replica, local_replicas, replicas,
                                     1 if self._kept is None else pipeline.STEPS_AT_ONCE)


def plain(pairs, form, indices):
    """Returns some pairs without augmentation.

    Args:
        pairs: `ImagePairs`.
        form: `Form`.
        indices: which.

    Returns:
        (source, target), float32 `(n, form.height, form.width, channels)` in [-1, 1].
    """
    return _plain(form, tf.constant(pairs.pictures(indices)))


def _plain(form, pictures):
    return tf.map_fn(form.plain, pictures, fn_output_signature=tuple(
        tf.TensorSpec((form.height, form.width, channels), tf.float32)
        for channels in (form.source_channels, form.target_channels)))
