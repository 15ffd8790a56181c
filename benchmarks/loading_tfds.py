"""Makes a TFDS set of small pictures with captions and times what happens before the first step.

    python benchmarks/loading_tfds.py --data_dir=/tmp/tfds [--num_examples=100000]
"""

import argparse
import contextlib
import io
import random
import time

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from zoo.data import captioned, text
from zoo.data.text_image import TextImageBatches

_ADJECTIVES = "small large old new bright dark striped dotted round square".split()
_COLOURS = "red green blue yellow black white orange purple brown grey".split()
_THINGS = [f"thing{i}" for i in range(300)]
_PLACES = [f"place{i}" for i in range(100)]


class ManySmallPictures(tfds.core.GeneratorBasedBuilder):
    """Noise of 32x32 pixels, each with a caption drawn from few words."""

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=str(n)) for n in (100, 1000, 10_000, 100_000)]

    url_infos = None  # There is no folder with checksums.

    def _info(self):
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict({
            "image": tfds.features.Image(shape=(32, 32, 3)), "captions": tfds.features.Text()}))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        pixels, words = np.random.default_rng(0), random.Random(0)
        for index in range(int(self.builder_config.name)):
            buffer = io.BytesIO()
            small = pixels.integers(0, 256, (4, 4, 3), np.uint8)
            Image.fromarray(small).resize((32, 32)).save(buffer, "PNG")
            buffer.seek(0)
            caption = " ".join(map(words.choice, (_ADJECTIVES, _COLOURS, _THINGS, _PLACES)))
            yield index, {"image": buffer, "captions": caption}


@contextlib.contextmanager
def _timed(what):
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.2f} s", flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data_dir", required=True, help="TFDS root; some 150 MB.")
    parser.add_argument("--num_examples", type=int, default=100_000,
                        choices=[int(config.name) for config in ManySmallPictures.BUILDER_CONFIGS])
    options = parser.parse_args(arguments)
    name = f"many_small_pictures/{options.num_examples}"
    with _timed("making the set, unless it is there"):
        tfds.builder(name, data_dir=options.data_dir,
                     file_format="array_record").download_and_prepare()
    for time_of_day in ("first", "second"):
        with _timed(f"opening it the {time_of_day} time"):
            pictures = captioned.load(name, "train", options.data_dir)
    captions = pictures.all_captions()
    with _timed("vocabulary"):
        tokenizer = text.Tokenizer(text.build_vocabulary(captions))
    with _timed("wrong partners and nearest captions"):
        batches = TextImageBatches(pictures, tokenizer, 32, 0, 64, "caption", near_share=0.5)
    with _timed("decoding, and planning 1 step of 64"):
        batches.plan(range(64))
    with _timed("planning 10 steps of 64"):
        batches.plan(range(64, 11 * 64))


if __name__ == "__main__":
    main()
