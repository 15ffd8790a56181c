"""The exported product: encoded pictures in, pictures of the same sizes out."""

import numpy as np
import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data import decoding
from zoo.data.served import pictures
from zoo.image_to_image import inference

_SOURCE = tf.TensorSpec((None,), tf.string, name="source")
_SEED = tf.TensorSpec((), tf.int64, name="seed")


class ImageToImageServing(ServingModule):
    """Signatures of a generator.

    `serving_default(source: string[N], seed: int64)` -> `png: string[N]`, each at its source's own
    size; `size: int32[N, 2]`, their heights and widths; and `image: uint8[N, H, W, channels]`
    (uint16 where the targets have 16 bits), H and W being the largest height and width among them:
    picture i is `image[i, :size[i, 0], :size[i, 1]]`, what is right of it and below it is 0. (A
    signature returns rectangular tensors; for one picture, or for pictures of one size, `image` is
    just the pictures.) `image` has at most 2^24 pixels. Sources are read as in training, see
    `zoo.data.served.pictures`; a wrong one is an `InvalidArgumentError` that says which. Results depend on the source and the seed alone, not on
    the other sources.

    `tiled(source, seed, tile_size: int32)`: the same with another size of tiles.

    Args:
        model: `ImageToImageGAN`.
        target_bits: 8 or 16.
        tile_size: pixels; larger pictures are worked on in overlapping tiles.
    """

    def __init__(self, model, target_bits, tile_size):
        super().__init__(model)
        self.target_bits = target_bits
        self.tile_size = tile_size

    @tf.function(input_signature=[_SOURCE, _SEED])
    def translate(self, source, seed):
        """See the class: `serving_default`."""
        return self._translate(source, seed, tf.constant(self.tile_size))

    @tf.function(input_signature=[_SOURCE, _SEED, tf.TensorSpec((), tf.int32, name="tile_size")])
    def translate_tiled(self, source, seed, tile_size):
        """See the class: `tiled`."""
        return self._translate(source, seed, tile_size)

    def _translate(self, source, seed, tile_size):
        network = self.model.ema_generator

        def one(row):
            picture = pictures.to_channels(pictures.decode(*row), network.source_channels)
            image = self.answer(picture, seed, tile_size)
            return (tf.io.encode_png(image), tf.shape(image)[:2],
                    tf.RaggedTensor.from_tensor(image))

        integer = tf.uint8 if self.target_bits == 8 else tf.uint16
        *checked, sizes = pictures.check(source, "source")
        with tf.control_dependencies([pictures.check_together(sizes, "source")]):
            frames, orientations = (tf.identity(each) for each in checked)
        png, size, images = tf.map_fn(
            one, (frames, orientations), parallel_iterations=1, fn_output_signature=(
                tf.string, tf.TensorSpec((2,), tf.int32), tf.RaggedTensorSpec(
                    (None, None, network.target_channels), integer, ragged_rank=1)))
        return {"png": png, "size": size, "image": images.to_tensor()}

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
        arguments = {"source": tf.stack([tf.io.encode_png(image) for image in images]),
                     "seed": tf.constant(7, tf.int64)}
        return {"serving_default": arguments,
                "tiled": arguments | {"tile_size": tf.constant(1)}}

    @property
    def signatures(self):
        return {"serving_default": self.translate, "tiled": self.translate_tiled}
