"""Which captions are nearly the same, word for word."""

import collections
import functools
import heapq

import numpy as np

_NOT_LOOKED_UP = -2


class NearestCaptions:
    """Finds the examples whose main captions share most words with another's, but not all.

    Compared are the captions that share one of the caption's rarest words, each different caption
    once and at most `limit` a word, so that the work does not grow with the square of the data
    set. Results are kept.

    Args:
        captions: list of str, the main caption of each example.
        count: neighbours kept of each.
        num_words: rare words of a caption that are looked up.
        limit: captions compared for each of these.
    """

    def __init__(self, captions, count=8, num_words=2, limit=1000):
        self._words = [frozenset(caption.lower().split()) for caption in captions]
        self._examples = collections.defaultdict(list)
        for index, words in enumerate(self._words):
            self._examples[words].append(index)
        self._holders = collections.defaultdict(list)
        for words in self._examples:
            for word in words:
                self._holders[word].append(words)
        self.count = count
        self.num_words = num_words
        self.limit = limit
        self._nearest = functools.cache(self._nearest)
        self._of_each = np.full((len(captions), count), _NOT_LOOKED_UP, np.int32)

    def of(self, index):
        """Returns the indices of the nearest examples, the nearest first.

        Of several with the same words, which are taken differs from index to index.
        """
        found = []
        for words in self._nearest(self._words[index]):
            same = self._examples[words]
            wanted = min(len(same), self.count - len(found))
            found += [same[(index + i) % len(same)] for i in range(wanted)]
        return tuple(found)

    def of_each(self, indices):
        """Returns what `of` does of several, int32 `(n, count)`, -1 where there are no more."""
        for index in indices[self._of_each[indices, 0] == _NOT_LOOKED_UP]:
            found = self.of(index)
            self._of_each[index] = found + (-1,) * (self.count - len(found))
        return self._of_each[indices]

    def _nearest(self, words):
        """Returns the word sets nearest to another, the nearest first."""
        rare = sorted(words, key=lambda word: (len(self._holders[word]), word))[:self.num_words]
        candidates = {other for word in rare for other in self._spread(word)} - {words}

        def distance(other):
            return -len(words & other) / len(words | other), self._examples[other][0]
        return heapq.nsmallest(self.count, candidates, key=distance)

    def _spread(self, word):
        holders = self._holders[word]
        return holders[::-(-len(holders) // self.limit)]
