"""The exported product: encoded pictures in, pictures of the same sizes out."""

import numpy as np
import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data import decoding
from zoo.data.served import bounds, pictures, seeds
from zoo.image_to_image import inference

_MAX_TILE_SIZE = 1024  # Pixels; a network holds some hundred numbers for each.
_PIXEL = np.zeros((1, 1, 1), np.uint8)
_SOURCE = tf.TensorSpec((None,), tf.string, name="source_bytes")


class ImageToImageServing(ServingModule):
    """Signatures of a generator.

    `serving_default(source_bytes: string[N], seed: int64)` -> `png_bytes: string[N]`, each at its
    source's own size; `size: int32[N, 2]`, their heights and widths; and `image: uint8[N, H, W,
    channels]` (uint16 where the targets have 16 bits), H and W being the largest height and width
    among them: picture i is `image[i, :size[i, 0], :size[i, 1]]`, what is right of it and below it
    is 0. (A signature returns rectangular tensors; for one picture, or for pictures of one size,
    `image` is just the pictures.) `image` has at most 2^24 pixels. Sources are read as in training,
    see `zoo.data.served.pictures`; a wrong one is an `InvalidArgumentError` that says which.
    Results depend on the source and the seed alone, not on the other sources; the seed is one
    number for all, or one a row: int64[N].

    `tiled(source_bytes, seed, tile_size: int32)`: the same with another size of tiles, 1 to 1,024
    (or the model's own if that is larger).

    Args:
        model: `ImageToImageGAN`.
        target_bits: 8 or 16.
        tile_size: pixels; larger pictures are worked on in overlapping tiles.
    """

    def __init__(self, model, target_bits, tile_size):
        super().__init__(model)
        self.target_bits = target_bits
        self.tile_size = tile_size
        self.largest_tile_size = max(tile_size, _MAX_TILE_SIZE)

    @tf.function(input_signature=[_SOURCE, seeds.SEED])
    def translate(self, source_bytes, seed):
        """See the class: `serving_default`."""
        return self._translate(source_bytes, seed, tf.constant(self.tile_size))

    @tf.function(input_signature=[_SOURCE, seeds.SEED,
                                  tf.TensorSpec((), tf.int32, name="tile_size")])
    def translate_tiled(self, source_bytes, seed, tile_size):
        """See the class: `tiled`."""
        check = bounds.within(tile_size, "tile_size", 1, self.largest_tile_size)
        tile_size, = bounds.after([check], tile_size)
        return self._translate(source_bytes, seed, tile_size)

    def _translate(self, source_bytes, seed, tile_size):
        network, rows = self.model.ema_generator, tf.shape(source_bytes)[0]
        source_bytes, seed = bounds.after([seeds.check(seed, rows)], source_bytes, seed)

        def one(row):
            frame, orientation, seed = row
            pixels = pictures.decode(frame, orientation)
            picture = pictures.to_channels(pixels, network.source_channels)
            image = self.answer(picture, seed, tile_size)
            return (tf.io.encode_png(image), tf.shape(image)[:2],
                    tf.RaggedTensor.from_tensor(image))

        integer = tf.uint8 if self.target_bits == 8 else tf.uint16
        *checked, sizes = pictures.check(source_bytes, "source_bytes")
        frames, orientations = bounds.after(
            [pictures.check_together(sizes, "source_bytes")], *checked)
        # Of no rows nothing could be stacked: one is made, and cut off again.
        missing = tf.maximum(1 - rows, 0)
        frames = tf.concat([frames, tf.repeat(tf.io.encode_png(_PIXEL)[None], missing)], 0)
        numbers = [tf.pad(each, [[0, missing]])
                   for each in (orientations, tf.broadcast_to(seed, [rows]))]
        png, size, images = tf.map_fn(
            one, (frames, *numbers), parallel_iterations=1, fn_output_signature=(
                tf.string, tf.TensorSpec((2,), tf.int32), tf.RaggedTensorSpec(
                    (None, None, network.target_channels), integer, ragged_rank=1)))
        return {"png_bytes": png[:rows], "size": size[:rows], "image": images.to_tensor()[:rows]}

    def answer(self, picture, seed, tile_size):
        """Returns what is made of one picture, uint8 or uint16 `(height, width, channels)`.

        Args: see `inference.translate`.
        """
        result = inference.translate(self.model.ema_generator, picture, seed, tile_size)
        return decoding.to_integers(result, self.target_bits)

    def check_inputs(self):
        """Returns arguments of each signature, to compare the exported model on."""
        random = np.random.default_rng(0)
        side = self.model.ema_generator.multiple + 3  # Between two sizes that need no border.
        images = [random.integers(0, 256, (*size, 3), np.uint8)
                  for size in ((side, side), (1, side))]
        arguments = {"source_bytes": tf.stack([tf.io.encode_png(image) for image in images]),
                     "seed": tf.constant(7, tf.int64)}
        return {"serving_default": arguments,
                "tiled": arguments | {"tile_size": tf.constant(1)}}

    @property
    def signatures(self):
        return {"serving_default": self.translate, "tiled": self.translate_tiled}
