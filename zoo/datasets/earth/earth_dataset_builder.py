"""TFDS builder of the data set `earth`."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from zoo.datasets.earth import plates, tiles
from zoo.progress import Progress

TASKS = {"elevation_to_satellite": ("elevation", "satellite"),
         "day_to_night": ("satellite", "night"),
         "satellite_to_elevation": ("satellite", "elevation")}
# By the side of a tile. Where there is land, each pixel of it is in 20 or so of them.
NUM_TRAINING_TILES = {128: 2048, 256: 512}


@dataclasses.dataclass(eq=False, kw_only=True)
class EarthConfig(tfds.core.BuilderConfig):
    """Attributes:
        size: side of the tiles, pixels.
        source, target: names of plates, see `plates.read`.
    """

    size: int
    source: str
    target: str


class Builder(tfds.core.GeneratorBasedBuilder):
    """Pairs of pictures of one piece of the Earth, from public domain plates.

    Every example is a dictionary, with `size` being 128 or 256, as the config's name says:

    - `source`, `target`: each `uint8 (size, size, 3)`, RGB in [0, 255], a satellite picture by day
      or city lights by night; or elevation, `(size, size, 1)`: as a source uint8, as a target
      uint16 in [0, 65535]. README.md says what its values are in metres.
    - `place`: string, the latitude and longitude of the tile's middle, such as "59.47N 120.07W".

    `tiles` says which tile is in which split. Debian's package `marble-qt-data` is to be installed,
    or unpacked in TFDS's folder for manual downloads; `zoo.errors.RequestError` where it is not.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "marble-qt-data 4:22.12.3-1."}
    BUILDER_CONFIGS = [
        EarthConfig(name=f"{size}_{task}", size=size, source=source, target=target,
                    description=f"{size}x{size} pixels, {task.replace('_', ' ')}.")
        for task, (source, target) in TASKS.items() for size in NUM_TRAINING_TILES]
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"apt-get install {plates.PACKAGE}, or here: {plates.FETCH}"
    # Nothing is downloaded, so there are no checksums to look for.
    url_infos = None

    def _info(self):
        config = self.builder_config
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({
                "source": _feature(config.source, config.size, np.uint8),
                "target": _feature(config.target, config.size, np.uint16),
                "place": tfds.features.Text(),
            }),
            homepage="https://marble.kde.org/",
            license="Public domain",
        )

    def _split_generators(self, dl_manager):
        data = plates.find(dl_manager.download_dir / "manual")
        elevation = plates.read(data, "elevation")
        land = elevation[..., 0] >= plates.SEA_LEVEL
        config = self.builder_config
        pair = [elevation if name == "elevation" else plates.read(data, name)
                for name in (config.source, config.target)]
        return {split: self._generate_examples(split, land, pair) for split in tiles.SPLITS}

    def _generate_examples(self, split, land, pair):
        size = self.builder_config.size
        chosen = tiles.of_split(split, land, size, NUM_TRAINING_TILES[size])
        progress = Progress(len(chosen), "tile")
        for done, tile in enumerate(chosen, 1):
            yield f"{tile.top} {tile.left}", {
                "place": tiles.centre(tile, size),
                **{name: _integers(tiles.cut(plate, tile, size), self.info.features[name].np_dtype)
                   for name, plate in zip(("source", "target"), pair, strict=True)},
            }
            progress.show(done)


def _feature(plate, size, elevation_dtype):
    if plate == "elevation":
        return tfds.features.Image(shape=(size, size, 1), dtype=elevation_dtype,
                                   encoding_format="png")
    return tfds.features.Image(shape=(size, size, 3), encoding_format="png")


def _integers(pixels, dtype):
    """Maps floats in [0, 1] to all values of an integer type; integers stay."""
    if pixels.dtype == dtype:
        return pixels
    return np.rint(pixels * np.iinfo(dtype).max).astype(dtype)
