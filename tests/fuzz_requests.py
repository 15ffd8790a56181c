"""Good and random requests to the signatures of exported models, told by their arguments alone."""

import numpy as np

from tests import fuzz_files

_WORDS = ("red", "heart", "woman", "farmer", "dark", "skin", "tone", "cat", "C++", "50%", "❤",
          "👩🏿‍🌾", "心", "héros", "ﷺ", "İ", "\u202e", "\0", "\n", " ", ".", "", "\U000e0067", "ſ")
_RATES = (8000, 11025, 16000, 22050, 44100, 48000)
_SMALL = {"num_frames": (1, 5), "num_candidates": (1, 5), "tile_size": (1, 600)}
_EXTREMES = (-2**31, -1, 0, 1, 2, 63, 64, 65, 255, 256, 257, 999, 1000, 1024, 1025, 44099, 192000,
             192001, 2**24, 2**31 - 1)


class Requests:
    """Random requests.

    Args:
        signatures: `{name: {argument: tf.TensorSpec}}`.
        seed: int.
    """

    def __init__(self, signatures, seed):
        self.signatures = signatures
        self.random = np.random.default_rng(seed)
        self.pictures = fuzz_files.pictures(self.random)
        self.sounds = fuzz_files.sounds(self.random)

    def good(self):
        """Returns `{signature: arguments}` that every model of the family answers."""
        values = {"caption": np.array(["red heart", "cat"], object), "seed": np.int64(3),
                  "png_bytes": np.array(self.pictures[:2], object),
                  "source_bytes": np.array(self.pictures[:2], object),
                  "wav_bytes": np.array(self.sounds[:2], object),
                  "samples": self.random.normal(0, 0.1, (2, 500)).astype(np.float32),
                  "frames": self.random.integers(0, 256, (2, 6, 9, 12, 3), np.uint8),
                  "sample_rate": np.int32(8000), "num_frames": np.int32(2),
                  "num_candidates": np.int32(2), "tile_size": np.int32(128)}
        return {signature: {name: values[name] for name in arguments}
                for signature, arguments in self.signatures.items()}

    def draw(self):
        """Returns (name of a signature, arguments), good or not."""
        signature = self.random.choice(list(self.signatures))
        rows = int(self.random.choice((0, 1, 2), p=(0.05, 0.7, 0.25)))
        arguments = {}
        for name in self.signatures[signature]:
            count = rows if self.random.random() < 0.97 else int(self.random.integers(0, 4))
            arguments[name] = getattr(self, f"_{name}", self._number)(name, count)
        return signature, arguments

    def _caption(self, _, rows):
        if self.random.random() < 0.01:
            return np.array([""] * int(self.random.integers(600, 5000)), object)
        return _strings([self._text() for _ in range(rows)])

    def _text(self):
        kind = self.random.random()
        if kind < 0.2:
            return self.random.bytes(self.random.integers(0, 60))
        length = self.random.integers(0, 2000 if kind < 0.25 else 12)
        text = " ".join(self.random.choice(_WORDS, length)).encode()
        return fuzz_files.damaged(self.random, text, [text]) if kind < 0.4 else text

    def _png_bytes(self, name, rows):
        return _strings([self._file(self.sounds if name == "wav_bytes" else self.pictures)
                         for _ in range(rows)])

    _source_bytes = _wav_bytes = _png_bytes

    def _file(self, files):
        content = files[self.random.integers(0, len(files))]
        kind = self.random.random()
        if kind < 0.1:
            return self.random.bytes(self.random.integers(0, 200))
        return content if kind < 0.4 else fuzz_files.damaged(self.random, content, files)

    def _seed(self, _, rows):
        kind = self.random.random()
        if kind < 0.05:
            return np.zeros(self.random.integers(0, 3, self.random.integers(0, 4)), np.int64)
        return self.random.integers(-2**63, 2**63 - 1, () if kind < 0.6 else (rows,), np.int64)

    def _samples(self, _, rows):
        if self.random.random() < 0.01:
            return np.zeros((int(self.random.integers(10**4, 10**8)), 0), np.float32)
        samples = self.random.normal(0, self.random.choice((0, 0.1, 1, 1e-38, 1e5)),
                                     (rows, self.random.integers(0, 1500))).astype(np.float32)
        if samples.size and self.random.random() < 0.3:
            samples.flat[self.random.integers(0, samples.size)] = self.random.choice(
                (np.nan, np.inf, -np.inf, 3e38, -1e6, 2e6))
        return samples

    def _frames(self, _, rows):
        time, height, width = (int(self.random.choice(sizes)) for sizes in (
            (0, 3, 4, 5, 9), (0, 7, 8, 9, 12, 16, 21), (1, 8, 8, 10, 12, 16, 33)))
        if self.random.random() < 0.01:
            rows, time, height, width = 0, 4, 2**20, 2**9
        return self.random.integers(0, 256, (rows, time, height, width, 3), np.uint8)

    def _number(self, name, _):
        if self.random.random() < 0.15:
            extreme = int(self.random.choice(_EXTREMES))
            return np.int32(extreme if extreme < 2**31 else 2**31 - 1)
        if name == "sample_rate":
            return np.int32(self.random.choice(_RATES))
        return np.int32(self.random.integers(*_SMALL[name]))


def _strings(values):
    array = np.empty(len(values), object)
    array[:] = values
    return array
