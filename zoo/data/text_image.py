"""Training batches of pictures with matching and mismatched captions."""

import functools

import numpy as np
import tensorflow as tf

from zoo.data import image, kept_pictures, packs, pipeline
from zoo.data.caption_table import CaptionTable
from zoo.data.mismatch import MismatchSampler, tries
from zoo.data.neighbours import NearestCaptions

_CONDITIONS = 1  # Stream of the order in which fresh conditions for G are drawn.
# Streams of draws.
_FIRST, _PARTNERS, _OTHERS, _NEAR, _WRONG = 0, 1, 2, 1_000, 1_000_000
_NEAR_TRIES = 8  # After which a wrong partner is any, as where no neighbour is wrong.


class TextImageBatches:
    """Plans and finishes batches of captioned pictures.

    A batch holds `image` uint8 `(n, size, size, 3)` and `tokens` int32 `(n, length)` of one of its
    captions. Where asked for it also holds `mismatched_image` or `mismatched_tokens`, a real
    picture (or caption) that does not belong to the caption (or picture); `mismatch_rejections`
    float32 `(n,)`, draws refused because they would have matched; and `fresh_tokens`, captions
    drawn anew for the update of the generator.

    With `packing` above 1, `image` and `mismatched_image` are packs `(n, size, size, 3 · packing)`
    (see `zoo.data.packs.pack`): a picture and others that have the same caption, drawn with
    replacement. So a caption with one right answer has a pack of one picture again and again. A
    wrong pack is one of another caption.

    Pictures that fit in memory are decoded once (`zoo.data.kept_pictures`), and all rows of a batch
    are planned at once.

    Args:
        pictures: `CaptionedPictures`.
        tokenizer: maps string `(n,)` to int32 `(n, length)`; every caption goes through it once.
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
        self.image_size = image_size
        self.seed = seed
        self.batch_size = batch_size
        self.mismatched = mismatched
        self.fresh_conditions = fresh_conditions
        self.near_share = near_share
        self.main_share = main_share
        self.weights = weights
        self.packing = packing
        self.table = CaptionTable(pictures.captions)
        self.sampler = MismatchSampler(self.table, tokenizer, max_similarity)

    def __len__(self):
        return len(self.pictures)

    def plan(self, rows):
        """Returns which pictures, captions and wrong partners make these rows."""
        draw = functools.partial(pipeline.uniforms, self.seed, rows)
        examples, uniforms = self._indices(rows), draw(10, _FIRST)
        captions = self.table.draw(examples, uniforms[:, :2], self.main_share)
        right = self._packs(examples, captions, draw, _PARTNERS)
        batch = {"image": self._read(right), "tokens": self.sampler.tokens[captions]}
        is_near = uniforms[:, 6] < self.near_share
        # Nearly always one try does.
        draws = (_with_first(uniforms[:, 7:8], functools.partial(draw, 1), _NEAR),
                 _with_first(uniforms[:, 8:], functools.partial(draw, 2), _WRONG))
        if self.mismatched == "picture":
            wrong, rejected = self._wrong_examples(examples, captions, is_near, draws)
            others = self.table.draw(wrong, uniforms[:, 2:4], self.main_share)
            batch["mismatched_image"] = self._read(
                self._wrong_packs(captions, wrong, others, draw))
        elif self.mismatched == "caption":
            wrong, rejected = self._wrong_captions(right, is_near, draws)
            batch["mismatched_tokens"] = self.sampler.tokens[wrong]
        if self.mismatched != "none":
            batch["mismatch_rejections"] = rejected.astype(np.float32)
        if self.fresh_conditions:
            fresh = self._indices(rows, stream=_CONDITIONS)
            batch["fresh_tokens"] = self.sampler.tokens[
                self.table.draw(fresh, uniforms[:, 4:6], self.main_share)]
        return batch

    def _indices(self, rows, stream=0):
        if self.weights is not None:
            return pipeline.weighted_indices(self.seed, rows, self.weights, stream)
        return pipeline.example_indices(self.seed, rows, len(self.pictures), stream)

    @functools.cached_property
    def _neighbours(self):
        return NearestCaptions([texts[0] for texts in self.pictures.captions])

    @functools.cached_property
    def _kept(self):
        return kept_pictures.keep(self.pictures, self.image_size)

    def _read(self, examples):
        """Returns the pictures of packs `(n, packing)`: where they are kept, or encoded."""
        if self._kept is None:
            return self.pictures.pictures(examples.ravel()).reshape(examples.shape)
        return examples

    def _packs(self, examples, captions, draw, stream):
        """Returns packs that begin with these examples, int `(n, packing)`."""
        if self.packing == 1:
            return examples[:, None]
        others = self.table.draw_examples(captions, draw(self.packing - 1, stream))
        return np.concatenate([examples[:, None], others], axis=1)

    def _wrong_packs(self, captions, wrong, wrong_captions, draw):
        found = self._packs(wrong, wrong_captions, draw, _OTHERS)
        if self.packing == 1:
            return found
        # Of those that have the other caption some may have this one too.
        return np.where(self.sampler.collides(captions, found), wrong[:, None], found)

    def _near(self, examples, is_near):
        """Returns the neighbours of the examples that are to have one, else -1, int `(n, k)`."""
        near = np.full((len(examples), self._neighbours.count), -1)
        near[is_near] = self._neighbours.of_each(examples[is_near])
        return near

    def _wrong_examples(self, examples, captions, is_near, draws):
        return _near_or_any(
            self._near(examples, is_near), *draws,
            lambda rows, drawn: ~self.sampler.collides(captions[rows], drawn),
            lambda rows, tried: self.sampler.draw_examples(captions[rows], tried))

    def _wrong_captions(self, right, is_near, draws):
        near = self._near(right[:, 0], is_near)
        return _near_or_any(
            np.where(near < 0, -1, self.table.of(near)[..., 0]), *draws,
            lambda rows, drawn: ~self.sampler.collides(drawn, right[rows]).any(axis=1),
            lambda rows, tried: self.sampler.draw_captions(right[rows], tried))

    def finish(self, batch):
        """Gathers what is kept, decodes the rest, and packs, in the graph."""
        return {name: packs.pack(self._decoded(tf.reshape(value, (-1,))), self.packing)
                if name.endswith("image") else value for name, value in batch.items()}

    def _decoded(self, pictures):
        if self._kept is None:
            return image.to_uint8(image.decode(pictures, self.image_size))
        return tf.gather(self._kept, pictures)

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, self.finish, self.batch_size, start_step,
                                     first_replica, local_replicas, replicas,
                                     1 if self._kept is None else pipeline.STEPS_AT_ONCE)


def _with_first(first, draw, stream):
    """Returns a function from a try to its draws, of which the first are given."""
    return lambda attempt: first if attempt == 0 else draw(stream + attempt)


def _near_or_any(near, near_draws, draws, accept, draw_any):
    """Draws a neighbour for each row that has a wrong one, and any wrong partner for the others.

    Args:
        near: int `(n, k)`, each row's neighbours, then -1.
        near_draws, draws: functions from a try to the draws of all rows, float `(n, 1)`, `(n, 2)`.
        accept: function of (rows, drawn) that says which are wrong, bool.
        draw_any: function of (rows, function from a try to their draws).

    Returns:
        (drawn, tries that were rejected of those that drew any), each int `(n,)`.
    """
    counts = (near >= 0).sum(axis=1)
    rows = np.flatnonzero(counts)
    drawn, _, is_found = tries(
        len(rows), _NEAR_TRIES, lambda attempt: near_draws(attempt)[rows],
        lambda left, uniforms: near[
            rows[left], (uniforms[:, 0] * counts[rows[left]]).astype(int)],
        lambda left, candidates: accept(rows[left], candidates))
    found, rejected = -np.ones(len(near), int), np.zeros(len(near), int)
    found[rows[is_found]] = drawn[is_found]
    rest = np.flatnonzero(found < 0)
    found[rest], rejected[rest] = draw_any(rest, lambda attempt: draws(attempt)[rest])
    return found, rejected
