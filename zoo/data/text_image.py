"""Training batches of pictures with matching and mismatched captions."""

import numpy as np
import tensorflow as tf

from zoo.data import image, pipeline
from zoo.data.mismatch import MismatchSampler

_CONDITIONS = 1  # Stream of the order in which fresh conditions for G are drawn.


class TextImageBatches:
    """Plans and finishes batches of captioned pictures.

    A batch holds `image` float32 `(n, size, size, 3)` in [-1, 1] and `tokens` int32 `(n, length)`
    of one of its captions. Where asked for it also holds `mismatched_image` or
    `mismatched_tokens`, a real picture (or caption) that does not belong to the caption (or
    picture);
    `mismatch_rejections` float32 `(n,)`, draws refused because they would have matched; and
    `fresh_tokens`, captions drawn anew for the update of the generator.

    Args:
        pictures: `CaptionedPictures`.
        tokenizer: maps string `(n,)` to int32 `(n, length)`.
        image_size: pixels.
        seed: seed of order and draws.
        batch_size: global batch size.
        mismatched: "picture", "caption" or "none".
        max_similarity: see `MismatchSampler`.
        fresh_conditions: True adds `fresh_tokens`.
    """

    def __init__(self, pictures, tokenizer, image_size, seed, batch_size, mismatched="none",
                 max_similarity=1.0, fresh_conditions=False):
        self.pictures = pictures
        self.tokenizer = tokenizer
        self.image_size = image_size
        self.seed = seed
        self.batch_size = batch_size
        self.mismatched = mismatched
        self.fresh_conditions = fresh_conditions
        self.sampler = MismatchSampler(pictures.captions, max_similarity)

    def __len__(self):
        return len(self.pictures)

    def _caption(self, index, random):
        """The main caption half of the time, else any: keywords teach words, names pictures."""
        captions = self.pictures.captions[index]
        return captions[0 if random.random() < 0.5 else random.integers(len(captions))]

    def plan(self, step, rows):
        """Returns which examples, captions and wrong partners make these rows of a step."""
        indices = self._indices(step, rows)
        randoms = [pipeline.random_of(self.seed, step, row) for row in rows]
        captions = [self._caption(*pair) for pair in zip(indices, randoms)]
        batch = {"image": self.pictures.pictures(indices), "caption": np.array(captions, object)}
        if self.mismatched == "picture":
            drawn = [self.sampler.draw_example(*pair) for pair in zip(captions, randoms)]
            batch["mismatched_image"] = self.pictures.pictures([index for index, _ in drawn])
        elif self.mismatched == "caption":
            drawn = [self.sampler.draw_caption(*pair) for pair in zip(indices, randoms)]
            batch["mismatched_caption"] = np.array([caption for caption, _ in drawn], object)
        if self.mismatched != "none":
            batch["mismatch_rejections"] = np.array([count for _, count in drawn], np.float32)
        if self.fresh_conditions:
            fresh = self._indices(step, rows, stream=_CONDITIONS)
            batch["fresh_caption"] = np.array(
                [self._caption(*pair) for pair in zip(fresh, randoms)], object)
        return batch

    def _indices(self, step, rows, stream=0):
        return pipeline.example_indices(
            self.seed, step, rows, self.batch_size, len(self.pictures), stream)

    def finish(self, batch):
        """Decodes pictures and tokenizes captions, in the graph."""
        finished = {}
        for name, value in batch.items():
            if name.endswith("image"):
                finished[name] = image.decode(value, self.image_size)
            elif name.endswith("caption"):
                finished[name.replace("caption", "tokens")] = self.tokenizer(value)
            else:
                finished[name] = value
        return finished

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, self.finish, self.batch_size, start_step,
                                     first_replica, local_replicas, replicas)
