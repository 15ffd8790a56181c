"""Sample sheets during training, and the files of `tools/sample.py`."""

import dataclasses
import pathlib

import numpy as np
import tensorflow as tf

from zoo.core import sheets
from zoo.data import decoding
from zoo.data.folder.kept import BadInput
from zoo.data.image_pairs import batches, reading
from zoo.errors import RequestError
from zoo.image_to_image import heat_map, inference

_SEEDS_OF_DROPOUT, _SEEDS_OF_VECTORS = 2, 4  # Whose pictures a sheet shows.


@dataclasses.dataclass(frozen=True)
class SampleRequest:
    """A request without contradictions."""

    source: bytes  # PNG or JPEG.
    seed: int
    count: int  # Samples, beside each other.
    tile_size: int  # Pixels; 0: what the run was trained with.


def generate(model, source, seed):
    """Returns the averaged generator's pictures, float32 in [-1, 1], with one noise for all.

    Args:
        model: `ImageToImageGAN`.
        source: float32 `(n, height, width, channels)` in [-1, 1], of a size that needs no border.
        seed: int.
    """
    seeds = tf.repeat(inference.to_seeds(tf.constant(seed, tf.int64)), len(source), axis=0)
    return model.generate({"source": source}, seeds, training=False)


def sheet(model, form, splits, pairs_per_split=12):
    """Draws a sheet: source, target, samples with a few seeds, and D's map over the first.

    Args:
        model: `ImageToImageGAN`.
        form: `Form`.
        splits: `{split name: ImagePairs}`.
        pairs_per_split: pairs taken evenly spaced from each split.

    Returns:
        uint8 `(height, width, 3)`.
    """
    rows = []
    seeds = _SEEDS_OF_VECTORS if model.generator.latent_dim else _SEEDS_OF_DROPOUT
    for split, pairs in splits.items():
        indices = np.linspace(0, len(pairs) - 1, pairs_per_split).astype(int)
        source, target = batches.plain(pairs, form, indices)
        samples = [generate(model, source, seed) for seed in range(seeds)]
        columns = [decoding.to_rgb(images) for images in (source, target, *samples)]
        if model.discriminator is not None:
            columns.append(heat_map.overlay(
                samples[0], heat_map.fake_probability(model, source, samples[0])))
        pictures = [decoding.to_integers(images, 8).numpy() for images in columns]
        rows += [(f"{split}: {pairs.names[index]}", [images[row] for images in pictures])
                 for row, index in enumerate(indices)]
    return sheets.labelled(rows, columns=2)


def read_request(request):
    """Returns the flags of `tools/sample.py` as a `SampleRequest`.

    Args:
        request: object with the tool's flags as attributes.

    Raises:
        RequestError: no source, or one that cannot be read; a file name that is not PNG's.
    """
    if not request.source:
        raise RequestError("--source is missing: name the picture to start from.")
    if pathlib.Path(request.out).suffix.lower() != ".png":
        raise RequestError(f"--out={request.out}: must end in .png.")
    try:
        picture = reading.read(pathlib.Path(request.source).expanduser())
    except BadInput as error:
        raise RequestError(f"--source={request.source}: {error}.") from None
    return SampleRequest(picture.encoded, request.seed, request.num_samples or 1,
                         request.tile_size)


def requested(module, request):
    """Returns the PNG that answers a request, at the source's own size.

    Args:
        module: `ImageToImageServing`.
        request: `SampleRequest`.
    """
    tile_size = tf.constant(request.tile_size or module.tile_size)

    @tf.function
    def answer(source, seed):
        picture = decoding.decode(source, module.model.ema_generator.source_channels)
        return module.answer(picture, seed, tile_size)

    images = [answer(tf.constant(request.source), tf.constant(request.seed, tf.int64) + number)
              for number in range(request.count)]
    return tf.io.encode_png(tf.concat(images, axis=1)).numpy()
