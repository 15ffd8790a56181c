"""Captions and who has them as numbers, so that a whole batch is looked up at once."""

import itertools

import numpy as np

from zoo.data.lists import Lists


class CaptionTable:
    """Which example has which captions.

    Args:
        captions: list with a tuple of str for each example, the main caption first.

    Attributes:
        texts: list of str, each different caption once; its place is its number.
    """

    def __init__(self, captions):
        self._numbers = {}
        flat = [self._numbers.setdefault(text, len(self._numbers))
                for text in itertools.chain.from_iterable(captions)]
        self.texts = list(self._numbers)
        counts = np.array([len(each) for each in captions], int)
        self._captions = Lists(np.array(flat, int), counts)
        pairs = np.unique(np.stack([flat, np.repeat(np.arange(len(captions)), counts)], 1), axis=0)
        self._holders = Lists(pairs[:, 1], np.bincount(pairs[:, 0], minlength=len(self.texts)))

    def __len__(self):
        return len(self._captions.counts)

    def of(self, examples):
        """Returns all captions of some examples.

        Args:
            examples: int, any shape.

        Returns:
            int `(*examples.shape, most)`, the main one first, -1 where there are no more.
        """
        return self._captions.padded(examples)

    def draw(self, examples, uniforms, main_share):
        """Draws one caption of each example.

        Args:
            examples: int `(n,)`.
            uniforms: float `(n, 2)` in [0, 1): is it the main one, and if not, which.
            main_share: how often it is the main one, in [0, 1]; otherwise it is any.
        """
        is_any = uniforms[:, 0] >= main_share
        return self._captions.draw(examples, np.where(is_any, uniforms[:, 1], 0.0))

    def examples_of(self, text):
        """Returns the examples that have a caption, a list of int in order; maybe none."""
        if text not in self._numbers:
            return []
        return self._holders.of(self._numbers[text]).tolist()

    def draw_examples(self, numbers, uniforms):
        """Draws, with replacement, examples that have a caption: its right answers.

        Args:
            numbers: int `(n,)`, of captions.
            uniforms: float `(n, k)` in [0, 1).

        Returns:
            int `(n, k)`.
        """
        return self._holders.draw(numbers[:, None], uniforms)
