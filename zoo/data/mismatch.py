"""Drawing a wrong partner that is really wrong."""

import itertools

import tensorflow as tf

from zoo.errors import RequestError


class MismatchSampler:
    """Draws, for a caption, another example that the caption does not describe.

    An example is refused where one of its captions shares too many words with the given one
    (Jaccard similarity of the word sets). Rolling the batch, as released codes do, turns such
    pairs into false negatives. Words are what the network sees of them: what is cut of a caption
    does not count, and all unknown words are one.

    Args:
        captions: list with a tuple of captions for each example.
        tokenizer: maps string `(n,)` to int `(n, length)`, 0 behind the caption's end.
        max_similarity: the largest allowed similarity, in [0, 1]. At 1 only equal word sets are
            refused; at 0.6, "woman farmer dark skin tone" does not serve as a wrong text for
            "man farmer dark skin tone" (4 of 6 words).
        max_draws: draws before the data set is called unusable.
    """

    def __init__(self, captions, tokenizer, max_similarity=1.0, max_draws=1000):
        self.captions = captions
        self.tokenizer = tokenizer
        every = list(dict.fromkeys(itertools.chain.from_iterable(captions)))
        self._rows = {caption: row for row, caption in enumerate(every)}
        self._tokens = self._read(every)
        self.max_similarity = max_similarity
        self.max_draws = max_draws

    def _read(self, captions):
        return self.tokenizer(tf.constant(captions, tf.string)).numpy()

    def _words(self, caption):
        row = self._rows.get(caption)
        tokens = self._read([caption])[0] if row is None else self._tokens[row]
        return frozenset(tokens.tolist()) - {0}

    def collides(self, caption, index):
        """True where example `index` may not serve as a wrong partner for `caption`."""
        wanted = self._words(caption)
        for words in map(self._words, self.captions[index]):
            similarity = len(wanted & words) / max(len(wanted | words), 1)
            if wanted == words or similarity > self.max_similarity:
                return True
        return False

    def collides_with_any(self, caption, indices):
        """True where one of the examples may not serve."""
        return any(self.collides(caption, index) for index in dict.fromkeys(indices))

    def draw_example(self, caption, random):
        """Draws an example that `caption` does not describe.

        Args:
            caption: str.
            random: `np.random.Generator`.

        Returns:
            (index of the example, number of draws that were rejected).

        Raises:
            RequestError: none found; nearly all pictures have this caption.
        """
        for rejected in range(self.max_draws):
            index = int(random.integers(len(self.captions)))
            if not self.collides(caption, index):
                return index, rejected
        raise RequestError(self._message(caption))

    def draw_caption(self, indices, random):
        """Draws a caption, out of all examples, that describes none of the examples `indices`.

        Returns and raises as `draw_example`, with the caption in place of the index.
        """
        for rejected in range(self.max_draws):
            texts = self.captions[random.integers(len(self.captions))]
            caption = texts[random.integers(len(texts))]
            if not self.collides_with_any(caption, indices):
                return caption, rejected
        raise RequestError(self._message(self.captions[indices[0]][0]))

    def _message(self, caption):
        return (f"no wrong partner found for {caption!r} in {self.max_draws} draws; "
                "is nearly every caption the same?")
