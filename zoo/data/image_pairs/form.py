"""What a pair of pictures becomes before a network sees it, in the graph."""

import dataclasses

import tensorflow as tf

from zoo.data import decoding

NUM_UNIFORMS = 3  # Numbers in [0, 1] that `Form.augmented` takes for each pair.


@dataclasses.dataclass(frozen=True)
class Form:
    """Size, channels and direction of the pairs that a model is trained on.

    Attributes:
        height, width: pixels.
        source_channels, target_channels: 1 (grey), 3 (RGB) or 4 (RGBA).
        direction: which picture is the source: "left_to_right" or "right_to_left" (of pictures
            side by side; where they are kept apart, source/ and line drawings count as left).
        jitter: pixels by which a training pair is enlarged before it is cropped.
        flip: half of the training pairs are mirrored.
    """

    height: int
    width: int
    source_channels: int = 3
    target_channels: int = 3
    direction: str = "left_to_right"
    jitter: int = 0
    flip: bool = False

    def decode(self, pictures):
        """Decodes one pair at its own size.

        Args:
            pictures: string `(2,)`, left and right, or `(1,)`, both side by side.

        Returns:
            (source, target), float32 `(height, width, channels)` in [-1, 1]. Of an odd width the
            middle column is in neither.
        """
        channels = (self.source_channels, self.target_channels)
        if pictures.shape[0] == 1:
            halves = [self._half(decoding.decode(pictures[0], count), is_right)
                      for count, is_right in zip(channels, self._sides())]
            return tuple(halves)
        return tuple(decoding.decode(pictures[side], count)
                     for side, count in zip(self._sides(), channels))

    def _sides(self):
        """Places of source and target, 0 for left and 1 for right."""
        return (0, 1) if self.direction == "left_to_right" else (1, 0)

    @staticmethod
    def _half(image, is_right):
        width = tf.shape(image)[1]
        return image[:, width - width // 2:] if is_right else image[:, :width // 2]

    def plain(self, pictures):
        """Returns the pair, decoded and resized: for evaluation.

        Args:
            pictures: see `decode`.

        Returns:
            (source, target), float32 `(self.height, self.width, channels)` in [-1, 1].
        """
        return tuple(_resize(image, self.height, self.width) for image in self.decode(pictures))

    def start(self):
        """Returns the form of a pair before it is augmented: enlarged by `jitter`."""
        return dataclasses.replace(self, height=self.height + self.jitter,
                                   width=self.width + self.jitter, jitter=0, flip=False)

    def augmented(self, images, uniforms):
        """Cuts and mirrors pictures at random, the source and the target of a pair alike.

        Isola et al. 2017, section 6.2: resized to 286x286, cropped to 256x256, mirrored.

        Args:
            images: `(n, self.height + self.jitter, self.width + self.jitter, channels)`, as
                `start` makes them, of any dtype: the sources or the targets.
            uniforms: float32 `(n, NUM_UNIFORMS)` in [0, 1]: down, right, flip.

        Returns:
            `(n, self.height, self.width, channels)` of the same dtype.
        """
        # Rounded to float32, a draw may be 1.
        top, left = (tf.minimum(tf.cast(uniforms[:, i] * (self.jitter + 1), tf.int32), self.jitter)
                     for i in range(2))
        if self.jitter:
            images = tf.gather(images, top[:, None] + tf.range(self.height), axis=1, batch_dims=1)
        if self.jitter or self.flip:
            columns = left[:, None] + tf.range(self.width)
            is_flipped = self.flip & (uniforms[:, 2] < 0.5)
            columns = tf.where(is_flipped[:, None], columns[:, ::-1], columns)
            images = tf.gather(images, columns, axis=2, batch_dims=1)
        return images


def _resize(image, height, width):
    return tf.image.resize(image, (height, width), antialias=True)
