"""Training batches of pictures with matching and mismatched captions."""

import functools

import numpy as np

from zoo.data import image, packs, pipeline
from zoo.data.mismatch import MismatchSampler
from zoo.data.neighbours import NearestCaptions
from zoo.data.right_answers import RightAnswers

_CONDITIONS = 1  # Stream of the order in which fresh conditions for G are drawn.


class TextImageBatches:
    """Plans and finishes batches of captioned pictures.

    A batch holds `image` float32 `(n, size, size, 3)` in [-1, 1] and `tokens` int32 `(n, length)`
    of one of its captions. Where asked for it also holds `mismatched_image` or
    `mismatched_tokens`, a real picture (or caption) that does not belong to the caption (or
    picture);
    `mismatch_rejections` float32 `(n,)`, draws refused because they would have matched; and
    `fresh_tokens`, captions drawn anew for the update of the generator.

    With `packing` above 1, `image` and `mismatched_image` are packs `(n, size, size, 3 · packing)`
    (see `zoo.data.packs.pack`): a picture and others that have the same caption, drawn with
    replacement. So a caption with one right answer has a pack of one picture again and again. A
    wrong pack is one of another caption.

    Args:
        pictures: `CaptionedPictures`.
        tokenizer: maps string `(n,)` to int32 `(n, length)`.
        image_size: pixels.
        seed: seed of order and draws.
        batch_size: global batch size.
        mismatched: "picture", "caption" or "none".
        max_similarity: see `MismatchSampler`.
        near_share: share of wrong partners taken from the 8 examples whose main captions are
            nearest, in [0, 1]: "woman farmer" with another skin tone. Where a random partner is
            wrong at a glance, these teach D to read every word.
        fresh_conditions: True adds `fresh_tokens`.
        main_share: share of the draws that take an example's first caption, in [0, 1]; the others
            take any. OpenMoji's first caption is the picture's name, the rest are aliases and
            keywords: keywords teach words, names teach pictures.
        weights: float `(len(pictures),)`, how often each is drawn beside the others; None: each
            once an epoch.
        packing: pictures to a row.
    """

    def __init__(self, pictures, tokenizer, image_size, seed, batch_size, mismatched="none",
                 max_similarity=1.0, near_share=0.0, fresh_conditions=False,
                 main_share=0.5, weights=None, packing=1):
        self.pictures = pictures
        self.tokenizer = tokenizer
        self.image_size = image_size
        self.seed = seed
        self.batch_size = batch_size
        self.mismatched = mismatched
        self.fresh_conditions = fresh_conditions
        self.near_share = near_share
        self.main_share = main_share
        self.weights = weights
        self.packing = packing
        if mismatched != "none":
            self.sampler = MismatchSampler(pictures.captions, tokenizer, max_similarity)
            self.neighbours = NearestCaptions([texts[0] for texts in pictures.captions])

    def __len__(self):
        return len(self.pictures)

    def _caption(self, index, random):
        captions = self.pictures.captions[index]
        is_main = random.random() < self.main_share
        return captions[0 if is_main else random.integers(len(captions))]

    def plan(self, step, rows):
        """Returns which examples, captions and wrong partners make these rows of a step."""
        indices = self._indices(step, rows)
        randoms = [pipeline.random_of(self.seed, step, row) for row in rows]
        captions = [self._caption(*pair) for pair in zip(indices, randoms)]
        rows_of = list(zip(indices, captions, randoms))
        right = [self._pack(*row) for row in rows_of]
        batch = {"image": self._encoded(right), "caption": np.array(captions, object)}
        if self.mismatched == "picture":
            drawn = [self._wrong_pack(*row) for row in rows_of]
            batch["mismatched_image"] = self._encoded([pack for pack, _ in drawn])
        elif self.mismatched == "caption":
            drawn = [self._wrong_caption(*row) for row in zip(right, randoms)]
            batch["mismatched_caption"] = np.array([caption for caption, _ in drawn], object)
        if self.mismatched != "none":
            batch["mismatch_rejections"] = np.array([count for _, count in drawn], np.float32)
        if self.fresh_conditions:
            fresh = self._indices(step, rows, stream=_CONDITIONS)
            batch["fresh_caption"] = np.array(
                [self._caption(*pair) for pair in zip(fresh, randoms)], object)
        return batch

    def _indices(self, step, rows, stream=0):
        if self.weights is not None:
            return pipeline.weighted_indices(self.seed, step, rows, self.weights, stream)
        return pipeline.example_indices(
            self.seed, step, rows, self.batch_size, len(self.pictures), stream)

    @functools.cached_property
    def _right_answers(self):
        return RightAnswers(self.pictures.captions)

    def _pack(self, index, caption, random):
        if self.packing == 1:
            return [index]
        return [index, *self._right_answers.draw(caption, self.packing - 1, random)]

    def _encoded(self, indices):
        """Returns encoded pictures of packs, object `(n · packing,)`, one pack after the other."""
        return self.pictures.pictures([index for pack in indices for index in pack])

    def _near(self, index, random):
        """The nearest examples in a `near_share` of the draws, else none."""
        return self.neighbours.of(index) if random.random() < self.near_share else ()

    def _wrong_example(self, index, caption, random):
        near = [other for other in self._near(index, random)
                if not self.sampler.collides(caption, other)]
        if near:
            return near[random.integers(len(near))], 0
        return self.sampler.draw_example(caption, random)

    def _wrong_pack(self, index, caption, random):
        wrong, rejected = self._wrong_example(index, caption, random)
        if self.packing == 1:
            return [wrong], rejected
        others = self._pack(wrong, self._caption(wrong, random), random)
        # Of those that have the other caption some may have this one too.
        return [wrong if self.sampler.collides(caption, other) else other
                for other in others], rejected

    def _wrong_caption(self, pack, random):
        near = [self.pictures.captions[other][0] for other in self._near(pack[0], random)]
        near = [caption for caption in near if not self.sampler.collides_with_any(caption, pack)]
        if near:
            return near[random.integers(len(near))], 0
        return self.sampler.draw_caption(pack, random)

    def finish(self, batch):
        """Decodes pictures and tokenizes captions, in the graph."""
        finished = {}
        for name, value in batch.items():
            if name.endswith("image"):
                finished[name] = packs.pack(image.decode(value, self.image_size), self.packing)
            elif name.endswith("caption"):
                finished[name.replace("caption", "tokens")] = self.tokenizer(value)
            else:
                finished[name] = value
        return finished

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, self.finish, self.batch_size, start_step,
                                     first_replica, local_replicas, replicas)
