"""Training batches of pairs, and pairs as they are evaluated."""

import functools

import numpy as np
import tensorflow as tf

from zoo.data import packs, pipeline
from zoo.data.image_pairs import kept, right_answers
from zoo.data.image_pairs.form import NUM_UNIFORMS


class ImagePairBatches:
    """Plans and finishes batches of pairs.

    A batch holds `source` and `target` `(n, height, width, channels)`, uint8 or uint16 where pairs
    are kept in memory (see `kept.keep`), else float32 in [-1, 1].

    With `packing` above 1, `target` is a pack `(n, height, width, packing · channels)` (see
    `zoo.data.packs.pack`): a pair's target, and those of pairs with an equal source, drawn with
    replacement. So a source with one right target has a pack of one picture again and again.

    Args:
        pairs: `ImagePairs`.
        form: `Form`.
        seed: seed of order and augmentation.
        batch_size: global batch size.
        packing: targets to a row.
    """

    def __init__(self, pairs, form, seed, batch_size, packing=1):
        self.pairs = pairs
        self.form = form
        self.seed = seed
        self.batch_size = batch_size
        self.packing = packing

    def __len__(self):
        return len(self.pairs)

    @functools.cached_property
    def _kept(self):
        """All pairs before augmentation, or None: see `kept.keep`."""
        return kept.keep(self.pairs, self.form.start())

    @functools.cached_property
    def _groups(self):
        """Which pairs have equal sources: each pair's group, and `Lists` of the groups' pairs."""
        if self._kept is not None:
            return right_answers.groups(self._kept["source"].numpy())
        return right_answers.groups(right_answers.sources(self.form, self.pairs))

    def plan(self, rows):
        """Returns the pairs that make these rows, and how each is augmented.

        The pairs are `indices` where they are kept, else encoded `pictures`: packs of them.
        """
        examples = pipeline.example_indices(self.seed, rows, len(self.pairs))
        draws = pipeline.uniforms(self.seed, rows, NUM_UNIFORMS + self.packing - 1)
        indices = examples[:, None]
        if self.packing > 1:
            group_of, members = self._groups
            others = members.draw(group_of[indices], draws[:, NUM_UNIFORMS:])
            indices = np.concatenate([indices, others], axis=1)
        chosen = {"indices": indices}
        if self._kept is None:
            pictures = self.pairs.pictures(indices.ravel())
            chosen = {"pictures": pictures.reshape(*indices.shape, -1)}
        return {"uniforms": draws[:, :NUM_UNIFORMS].astype(np.float32), **chosen}

    def finish(self, batch):
        """Gathers what is kept, decodes and resizes the rest, augments and packs, in the graph."""
        if self._kept is None:
            pictures = batch["pictures"]
            source, target = _plain(self.form.start(), tf.reshape(
                pictures, (-1, pictures.shape[2])))
            source = source[::self.packing]
        else:
            source = tf.gather(self._kept["source"], batch["indices"][:, 0])
            target = tf.gather(self._kept["target"], tf.reshape(batch["indices"], (-1,)))
        target = packs.pack(target, self.packing)
        return {name: self.form.augmented(images, batch["uniforms"])
                for name, images in (("source", source), ("target", target))}

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
