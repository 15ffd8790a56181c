"""TFDS builder of the data set `moving_openmoji`."""

import numpy as np
import tensorflow_datasets as tfds

from zoo.datasets.moving_openmoji import motion, sprites
from zoo.datasets.openmoji import sources

SIZE = 64  # Pixels, of the frames.
SPRITE_SIZE = 32  # Pixels, of the sprites before they are cropped to what is drawn.
NUM_FRAMES = 20
NUM_SPRITES = 2  # In each clip.
NUM_CLIPS = {"train": 2000, "validation": 100, "test": 300}


class Builder(tfds.core.GeneratorBasedBuilder):
    """Clips of two OpenMoji sprites that drift and bounce on white, after Moving MNIST.

    All emojis designed by OpenMoji – the open-source emoji and icon project. License: CC BY-SA 4.0

    Every example is a dictionary:

    - `video`: `uint8 (20, 64, 64, 3)` in [0, 255], each frame kept as a PNG.
    - `code_points`: two strings, such as "1F600"; the second sprite hides the first.

    No sprite occurs in two splits. Clip i of a split is always the same. A missing package raises
    `zoo.errors.RequestError` when the examples are made.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "OpenMoji 17.0.0."}

    # Nothing is downloaded, so there are no checksums to look for.
    url_infos = None

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "video": tfds.features.Video(
                        shape=(NUM_FRAMES, SIZE, SIZE, 3), encoding_format="png"
                    ),
                    "code_points": tfds.features.Sequence(tfds.features.Text()),
                }
            ),
            homepage="https://openmoji.org/",
            license="CC BY-SA 4.0",
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # Nothing is downloaded.
        return {split: self._generate_examples(split) for split in sprites.SPLITS}

    def _generate_examples(self, split):
        svgs, choice = sources.read_svgs(), sprites.code_points(split)
        for index in range(NUM_CLIPS[split]):
            random = np.random.default_rng((sprites.SPLITS.index(split), index))
            drawn = [choice[i] for i in random.choice(len(choice), NUM_SPRITES, replace=False)]
            pictures = [sprites.render(svgs[code_point], SPRITE_SIZE) for code_point in drawn]
            yield index, {
                "video": motion.clip(random, pictures, NUM_FRAMES, SIZE),
                "code_points": drawn,
            }
