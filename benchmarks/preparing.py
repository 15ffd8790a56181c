"""Seconds from a folder of one's own to its first batch: python benchmarks/preparing.py FOLDER

Makes 100,000 pictures of 8x8 pixels with captions and 20,000 pairs of noisy and clean sounds of half a second in FOLDER (once), and
times the first start (checking and converting), the second, and loading a split.
"""

import csv
import pathlib
import sys
import time

import numpy as np
import PIL.Image
import soundfile

from zoo.data import captioned
from zoo.data.folder import captions, preparing, walk
from zoo.data.speech import layouts, speech

NUM_PICTURES, NUM_SOUNDS = 100_000, 20_000


def make_pictures(folder):
    """Writes pictures that all differ, in folders of a thousand, and their table."""
    rows = []
    for number in range(NUM_PICTURES):
        path = folder / f"{number // 1000}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (8, 8, 3)).astype(np.uint8)
        PIL.Image.fromarray(pixels).save(path)
        rows.append((path.relative_to(folder).as_posix(), f"picture {number % 977} of {number}"))
    with (folder / "captions.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file_name", "text"), *rows])


def make_sounds(folder):
    """Writes pairs that all differ, of a hundred speakers."""
    for number in range(NUM_SOUNDS):
        clean = np.random.default_rng(number).normal(0, 0.05, 8000)
        for role, samples in (("clean", clean), ("noisy", 1.5 * clean)):
            path = folder / role / f"p{number % 100}" / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, samples, 16000)


def timed(name, function):
    """Prints how long a function of no argument takes; returns its result."""
    began = time.perf_counter()
    result = function()
    print(f"{name}: {time.perf_counter() - began:.1f} s", flush=True)
    return result


def main(root):
    for kind, make, modality, load in (
            ("pictures", make_pictures, captions.modality(8),
             lambda folder, data_dir: captioned.load(folder, "train", data_dir, 8)),
            ("sounds", make_sounds, layouts.modality(),
             lambda folder, data_dir: speech.load(folder, "train", data_dir))):
        folder, data_dir = root / kind, str(root / "data")
        if not folder.exists():
            timed(f"making {kind}", lambda: make(folder))
        files, _ = timed(f"listing {kind}", lambda: walk.list_files(folder))
        print(f"{len(files):,} files")
        for start in ("first", "second"):
            timed(f"{start} start, {kind}", lambda: preparing.prepare(folder, data_dir, modality))
        loaded = timed(f"loading train, {kind}", lambda: load(str(folder), data_dir))
        print(f"{len(loaded):,} in train")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
