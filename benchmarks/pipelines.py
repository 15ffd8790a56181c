"""How long the input pipeline alone takes for a batch of 64 at 64x64.

    python benchmarks/pipelines.py --data_dir=D
    taskset -c 0 python benchmarks/pipelines.py --dataset=emoji_styles/64

What is measured: text to image as `configs/text_to_image/df_gan_openmoji64.flags` reads it (wrong
pictures, half of them near ones, and fresh captions for G), and pairs of lines and colours as
pix2pix crops and mirrors them.
"""

import itertools
import statistics
import time

from absl import app, flags

from zoo.data import captioned, text
from zoo.data.image_pairs import pairs
from zoo.data.image_pairs.batches import ImagePairBatches
from zoo.data.image_pairs.form import Form
from zoo.data.text_image import TextImageBatches

_DATA_DIR = flags.DEFINE_string("data_dir", "", "TFDS root.")
_DATASET = flags.DEFINE_string("dataset", "openmoji/64", "Of pictures with captions.")
_BATCH, _SIZE = 64, 64
_WARM, _TURNS, _BATCHES = 100, 5, 200


def _text_to_image():
    pictures = captioned.load(_DATASET.value, "train", _DATA_DIR.value, _SIZE)
    tokenizer = text.Tokenizer(text.build_vocabulary(pictures.all_captions()))
    return TextImageBatches(pictures, tokenizer, _SIZE, 0, _BATCH, "picture", near_share=0.5,
                            fresh_conditions=True)


def _pairs():
    form = Form(_SIZE, _SIZE, jitter=8, flip=True)
    return ImagePairBatches(pairs.load("openmoji/64", "train", _DATA_DIR.value, form), form, 0,
                            _BATCH)


def _measure(name, batches):
    iterator = iter(batches.dataset())
    for _ in itertools.islice(iterator, _WARM):
        pass
    turns = []
    for _ in range(_TURNS):
        wall, processor = time.perf_counter(), time.process_time()
        for _ in itertools.islice(iterator, _BATCHES):
            pass
        turns.append([1e3 * (clock() - began) / _BATCHES for clock, began in (
            (time.perf_counter, wall), (time.process_time, processor))])
    wall, processor = zip(*turns, strict=True)
    print(f"{name}: {statistics.median(wall):.2f} ms a batch [{min(wall):.2f}, {max(wall):.2f}], "
          f"{statistics.median(processor):.2f} ms of one core's time", flush=True)


def main(_):
    _measure("text to image", _text_to_image())
    _measure("pairs", _pairs())


if __name__ == "__main__":
    app.run(main)
