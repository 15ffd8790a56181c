"""How far long work has come that is not training."""

import sys
import time

import tqdm


class Progress:
    """A progress bar with the time left on a terminal, ten plain lines otherwise.

    Args:
        total: number of things to do.
        unit: what they are, in the singular.
    """

    def __init__(self, total, unit):
        self.bar = tqdm.tqdm(total=total, unit=unit, disable=not sys.stderr.isatty())
        self.total = total
        self.unit = unit
        self.began = time.monotonic()
        self.tenths = 0

    def show(self, done):
        """Shows how many are done."""
        if not self.bar.disable:
            self.bar.update(done - self.bar.n)
        elif (tenths := 10 * done // self.total) > self.tenths:
            self.tenths = tenths
            left = (time.monotonic() - self.began) / done * (self.total - done)
            print(f"{done}/{self.total} {self.unit}s ({left / 60:.1f} min left)", flush=True)
        if done == self.total:
            self.bar.close()
