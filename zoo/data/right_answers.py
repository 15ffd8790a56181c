"""The right answers to a caption: the pictures that have it."""

import collections


class RightAnswers:
    """Looks up, and draws from, the examples that a caption belongs to.

    Args:
        captions: list with a tuple of captions for each example.
    """

    def __init__(self, captions):
        self._holders = collections.defaultdict(list)
        for index, texts in enumerate(captions):
            for caption in dict.fromkeys(texts):
                self._holders[caption].append(index)

    def of(self, caption):
        """Returns the indices of the examples that have a caption, in order; maybe none."""
        return self._holders.get(caption, [])

    def draw(self, caption, count, random):
        """Draws so many of them with replacement, by an `np.random.Generator`; a list."""
        holders = self.of(caption)
        return [holders[i] for i in random.integers(len(holders), size=count)]
