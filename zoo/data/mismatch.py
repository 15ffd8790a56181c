"""Drawing wrong partners that are really wrong."""

import functools

import numpy as np
import tensorflow as tf

from zoo.errors import RequestError


class MismatchSampler:
    """Draws, for captions, other examples that they do not describe.

    An example is refused where one of its captions shares too many words with the given one
    (Jaccard similarity of the word sets). Rolling the batch, as released codes do, turns such
    pairs into false negatives. Words are what the network sees of them: what is cut of a caption
    does not count, and all unknown words are one.

    Args:
        table: `CaptionTable`; captions are named by their numbers in it.
        tokenizer: maps string `(n,)` to int `(n, length)`, 0 behind the caption's end.
        max_similarity: the largest allowed similarity, in [0, 1]. At 1 only equal word sets are
            refused; at 0.6, "woman farmer dark skin tone" does not serve as a wrong text for
            "man farmer dark skin tone" (4 of 6 words).
        max_draws: draws before the data set is called unusable.

    Attributes:
        tokens: int32 `(captions, length)`, of each caption of the table.
    """

    def __init__(self, table, tokenizer, max_similarity=1.0, max_draws=1000):
        self.table = table
        self.tokens = tokenizer(tf.constant(table.texts, tf.string)).numpy()
        self.max_similarity = max_similarity
        self.max_draws = max_draws

    @functools.cached_property
    def _words(self):
        return _word_sets(self.tokens)

    @functools.cached_property
    def _sizes(self):
        return (self._words > 0).sum(axis=1)

    @functools.cached_property
    def _meanings(self):
        """The same number for captions of the same words."""
        return np.unique(self._words, axis=0, return_inverse=True)[1].reshape(-1)

    def collides(self, numbers, examples):
        """True where an example may not serve as a wrong partner for a caption.

        Args:
            numbers: int `(n,)`, of captions.
            examples: int `(n,)` or `(n, k)`.

        Returns:
            bool, of the shape of `examples`.
        """
        others = self.table.of(examples)
        numbers = numbers.reshape(-1, *[1] * (others.ndim - 1))
        collides = self._meanings[numbers] == self._meanings[others]
        if self.max_similarity < 1.0:
            collides |= self._similarity(numbers, others) > self.max_similarity
        return (collides & (others >= 0)).any(axis=-1)

    def _similarity(self, numbers, others):
        words, other_words = self._words[numbers][..., :, None], self._words[others][..., None, :]
        shared = ((words == other_words) & (words > 0)).sum(axis=(-2, -1))
        union = self._sizes[numbers] + self._sizes[others] - shared
        return shared / np.maximum(union, 1)

    def draw_examples(self, numbers, draws):
        """Draws an example for each caption that the caption does not describe.

        Args:
            numbers: int `(n,)`, of captions.
            draws: function from the number of a try to float `(n, 2)` in [0, 1).

        Returns:
            (examples, number of tries that were rejected), each int `(n,)`.

        Raises:
            RequestError: none found; nearly all pictures have this caption.
        """
        def propose(_, uniforms):
            return (uniforms[:, 0] * len(self.table)).astype(int)

        def is_wrong(rows, drawn):
            return ~self.collides(numbers[rows], drawn)
        drawn, rejected, is_found = tries(len(numbers), self.max_draws, draws, propose, is_wrong)
        self._check(is_found, numbers)
        return drawn, rejected

    def draw_captions(self, examples, draws):
        """Draws, out of all captions, one for each row that describes none of its examples.

        Args:
            examples: int `(n, k)`.
            draws: as of `draw_examples`.

        Returns and raises as `draw_examples`, with the captions' numbers in place of examples.
        """
        def propose(_, uniforms):
            others = (uniforms[:, 0] * len(self.table)).astype(int)
            return self.table.draw(others, uniforms, main_share=0.0)

        def is_wrong(rows, drawn):
            return ~self.collides(drawn, examples[rows]).any(axis=1)
        drawn, rejected, is_found = tries(len(examples), self.max_draws, draws, propose, is_wrong)
        self._check(is_found, self.table.of(examples[:, 0])[:, 0])
        return drawn, rejected

    def _check(self, is_found, numbers):
        if not is_found.all():
            text = self.table.texts[numbers[is_found.argmin()]]
            raise RequestError(f"no wrong partner found for {text!r} in {self.max_draws} draws; "
                               "is nearly every caption the same?")


def tries(count, number, draws, propose, accept):
    """Draws again and again for the rows that have nothing acceptable yet.

    Args:
        count: rows.
        number: tries at most.
        draws: function from the number of a try to float `(count, k)` in [0, 1).
        propose: function of (rows, their draws) that returns an int for each.
        accept: function of (rows, what was proposed) that returns a bool for each.

    Returns:
        (int, number of tries that were rejected, bool: was one accepted), each `(count,)`.
    """
    drawn, rejected = np.zeros(count, int), np.zeros(count, int)
    left = np.arange(count)
    for attempt in range(number):
        drawn[left] = propose(left, draws(attempt)[left])
        left = left[~accept(left, drawn[left])]
        rejected[left] += 1
        if not left.size:
            break
    is_found = np.ones(count, bool)
    is_found[left] = False
    return drawn, rejected, is_found


def _word_sets(tokens):
    """Returns the different tokens of each row in falling order, then 0."""
    words = np.sort(tokens, axis=1)
    words[:, 1:][words[:, 1:] == words[:, :-1]] = 0
    return np.sort(words, axis=1)[:, ::-1]
