"""Which captions are nearly the same, word for word."""

import collections
import functools


class NearestCaptions:
    """Finds the examples whose main captions share most words with another's.

    Compared are the examples that share one of the caption's rarest words, so that the work does
    not grow with the square of the data set. Results are kept.

    Args:
        captions: list of str, the main caption of each example.
        count: neighbours kept of each.
        num_words: rare words of a caption that are looked up.
    """

    def __init__(self, captions, count=8, num_words=2):
        self._words = [frozenset(caption.lower().split()) for caption in captions]
        self._holders = collections.defaultdict(list)
        for index, words in enumerate(self._words):
            for word in words:
                self._holders[word].append(index)
        self.count = count
        self.num_words = num_words
        self.of = functools.cache(self._of)

    def _of(self, index):
        """Returns the indices of the nearest examples, the nearest first, without itself."""
        words = self._words[index]
        rare = sorted(words, key=lambda word: (len(self._holders[word]), word))[:self.num_words]
        candidates = {other for word in rare for other in self._holders[word]} - {index}

        def distance(other):
            return -len(words & self._words[other]) / len(words | self._words[other])
        return tuple(sorted(candidates, key=lambda other: (distance(other), other))[:self.count])
