"""Pictures of any size: mirrored borders up to what the network takes, feathered tiles."""

from typing import NamedTuple

import tensorflow as tf

_OVERLAP = 4  # Neighbouring tiles share this part of their side: a fourth.


class _Axis(NamedTuple):
    """How one side of a picture is cut.

    Attributes:
        places: int32 `(tiles, tile)`, the pixel that stands at each place of each tile.
        weights: float32 `(tiles, tile)`; over all tiles they sum to 1 at each pixel.
        step: int32, distance of neighbouring tiles.
        offset: int32, mirrored pixels before the first of the picture.
    """

    places: tf.Tensor
    weights: tf.Tensor
    step: tf.Tensor
    offset: tf.Tensor


def to_seeds(seed):
    """Maps an int64 scalar to what a generator takes for one picture, int32 `(1, 2)`."""
    return tf.bitcast(seed, tf.int32)[None]


def translate(network, source, seed, tile_size):
    """Returns what a generator makes of one picture, at the picture's own size.

    Sides are filled up with the mirrored picture to a multiple of `network.multiple`. A side that
    is then longer than a tile is worked on in tiles that overlap by a fourth; across the overlap
    one tile fades into the next.

    Args:
        network: `UNetGenerator` or the like.
        source: float32 `(height, width, channels)` in [-1, 1], at least one pixel.
        seed: int64 scalar, of the noise; it means the same for every picture.
        tile_size: int32 scalar, pixels; made a multiple of `network.multiple`, at least one.

    Returns:
        float32 `(height, width, target_channels)` in [-1, 1].
    """
    height, width = tf.unstack(tf.shape(source)[:2])
    rows, columns = (_cut(side, tile_size, network.multiple) for side in (height, width))
    num_rows, num_columns = (tf.shape(axis.places)[0] for axis in (rows, columns))
    seeds = to_seeds(seed)

    def strip(row):
        def tile(column):
            piece = tf.gather(tf.gather(source, rows.places[row]), columns.places[column], axis=1)
            weights = rows.weights[row][:, None] * columns.weights[column]
            # One at a time: so no picture's result depends on what it is computed with.
            return network(piece[None], seeds, training=False)[0] * weights[..., None]

        tiles = _map(tile, num_columns)  # (columns, height, width, channels)
        return tf.signal.overlap_and_add(tf.transpose(tiles, (1, 3, 0, 2)), columns.step)

    strips = _map(strip, num_rows)  # (rows, height, channels, width)
    whole = tf.signal.overlap_and_add(tf.transpose(strips, (3, 2, 0, 1)), rows.step)
    whole = tf.transpose(whole, (2, 0, 1))
    result = whole[rows.offset:rows.offset + height, columns.offset:columns.offset + width]
    return tf.ensure_shape(result, (*source.shape[:2], network.target_channels))


def _map(function, count):
    return tf.map_fn(function, tf.range(count), fn_output_signature=tf.float32,
                     parallel_iterations=1)


def _cut(length, tile_size, multiple):
    """Returns the `_Axis` of a side of `length` pixels."""
    whole = -(-length // multiple) * multiple
    tile = tf.minimum(whole, tf.maximum(tile_size // multiple, 1) * multiple)
    overlap = tf.where(tile < whole, tile // _OVERLAP, 0)
    step = tile - overlap
    count = tf.maximum(-(-(length - overlap) // step), 1)
    offset = (count * step + overlap - length) // 2
    inside = tf.range(tile)
    places = tf.range(count)[:, None] * step + inside - offset
    # The picture, its mirror image, the picture, …
    places = tf.math.floormod(places, 2 * length)
    places = tf.minimum(places, 2 * length - 1 - places)
    # From 0 to 1 over the overlap; what one tile loses the next one gains.
    ramp = (tf.cast(inside, tf.float32) + 0.5) / tf.cast(tf.maximum(overlap, 1), tf.float32)
    rising = tf.minimum(ramp, 1.0)
    ones = tf.ones_like(rising)
    index = tf.range(count)[:, None]
    weights = (tf.where(index > 0, rising, ones)
               * tf.where(index < count - 1, rising[::-1], ones))
    return _Axis(places, weights, step, offset)
