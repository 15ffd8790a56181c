"""TFDS builder of the data set `openmoji`."""

import dataclasses

import tensorflow_datasets as tfds

from zoo.datasets.openmoji import rendering, sources
from zoo.datasets.openmoji.captions import captions_of_each
from zoo.datasets.openmoji.splits import SPLITS, split_of_each


@dataclasses.dataclass(eq=False, kw_only=True)
class OpenmojiConfig(tfds.core.BuilderConfig):
    """One resolution.

    Attributes:
        size: side of the pictures in pixels.
    """

    size: int


class Builder(tfds.core.GeneratorBasedBuilder):
    """Emoji pictures in colour and as line drawings, with English captions.

    All emojis designed by OpenMoji – the open-source emoji and icon project. License: CC BY-SA 4.0

    Every example is a dictionary, with `size` being 64, 128 or 256, the config's name:

    - `image`: `uint8 (size, size, 3)` in [0, 255], the picture in colour on white.
    - `line_image`: `uint8 (size, size, 3)` in [0, 255], the same picture's black lines on white.
    - `captions`: strings, lower case: the English name first, then aliases and keywords. At least
      one, except in the split `lines_only`, where there are none.
    - `code_point`: string, such as "1F468-200D-1F33E".

    The splits are described in `zoo.datasets.openmoji.splits`. A missing package raises
    `zoo.errors.RequestError` when the examples are made.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "OpenMoji 17.0.0."}
    BUILDER_CONFIGS = [
        OpenmojiConfig(name=str(size), size=size, description=f"Pictures of {size}x{size} pixels.")
        for size in (64, 128, 256)
    ]

    # Nothing is downloaded, so there are no checksums to look for. (Looking for them makes
    # TFDS 4.9.10 import importlib_resources, which it does not declare.)
    url_infos = None

    def _info(self):
        shape = (self.builder_config.size, self.builder_config.size, 3)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=shape, encoding_format="png"),
                    "line_image": tfds.features.Image(shape=shape, encoding_format="png"),
                    "captions": tfds.features.Sequence(tfds.features.Text()),
                    "code_point": tfds.features.Text(),
                }
            ),
            homepage="https://openmoji.org/",
            license="CC BY-SA 4.0",
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # Nothing is downloaded.
        return {split: self._generate_examples(split) for split in SPLITS}

    def _generate_examples(self, split):
        size = self.builder_config.size
        captions = captions_of_each()
        svgs = sources.read_svgs()
        for code_point, its_split in split_of_each().items():
            if its_split != split:
                continue
            svg = svgs[code_point]
            yield code_point, {
                "image": rendering.render(svg, size),
                "line_image": rendering.render(rendering.keep_line_layers(svg), size),
                "captions": captions[code_point],
                "code_point": code_point,
            }
