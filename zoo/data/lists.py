"""Lists of numbers in one array, so that a whole batch is looked up at once."""

import numpy as np


class Lists:
    """Lists of numbers, one behind the other in one array.

    Args:
        values: int `(n,)`, those of all lists.
        counts: int `(lists,)`, how many each has.
    """

    def __init__(self, values, counts):
        self.values = values
        self.counts = counts
        self.starts = np.cumsum(counts) - counts

    def of(self, which):
        """Returns one list, int `(count,)`."""
        return self.values[self.starts[which]:][:self.counts[which]]

    def draw(self, which, uniforms):
        """Draws one number of each of some lists, int; `uniforms` in [0, 1) of their shape."""
        places = (uniforms * self.counts[which]).astype(int)
        return self.values[self.starts[which] + places]

    def padded(self, which):
        """Returns some lists, int `(*which.shape, most)`, -1 where there are no more."""
        counts = self.counts[which][..., None]
        place = np.arange(counts.max(initial=0))
        inside = place < counts
        found = self.values[np.where(inside, self.starts[which][..., None] + place, 0)]
        return np.where(inside, found, -1)
