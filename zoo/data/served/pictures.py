"""Encoded pictures of a request: checked by row, and decoded as training sees them."""

import tensorflow as tf

from zoo.data import decoding, image
from zoo.data.served import bmp, exif, gif, jpeg, octets, png, resizing
from zoo.data.served.rows import refuse

MAX_PIXELS = 2**24  # A picture; some 200 bytes are at work for each.
# A few kilobytes may not ask for gigabytes: a flat PNG has up to 8,000 pixels a byte.
_PIXELS_OF_ANY, _PIXELS_A_BYTE = 2**20, 512
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM")
_PNG, _JPEG, _GIF, _BMP, _OTHER = range(5)
_OF_16_GREYS = b"\x10\0"  # Bytes 24 and 25 of a PNG: bits, and channels.
_DAMAGED = 1
_REFUSED = (
    "no PNG, JPEG, GIF or BMP picture, which are the formats that are read",
    "a picture that cannot be decoded (damaged?)",
    f"a picture of a kind that is not read (BMP with palette, compressed or of 16 bits; GIF that "
    "has transparency or whose first frame does not fill it; JPEG in CMYK that is not Adobe's, or "
    f"of over {jpeg.SCANS} scans; PNG of 16 bits in which one colour is transparent)",
    f"a picture of over {MAX_PIXELS:,} pixels, or of over {_PIXELS_OF_ANY:,} of which more than "
    f"{_PIXELS_A_BYTE} go to a byte of its file; shrink it")


def check(encoded, name):
    """Refuses what is no picture that is read here, whole and small enough.

    Args:
        encoded: string `(n,)`: PNG, JPEG, GIF or BMP.
        name: of the argument.

    Returns:
        (string `(n,)`, of each the first frame; int64 `(n,)`, the orientations; int64 `(n, 2)`,
        the heights and widths of the upright pictures).

    Raises:
        tf.errors.InvalidArgumentError: some are not; it says which.
    """
    described, frames = tf.map_fn(_describe, encoded, fn_output_signature=(
        tf.TensorSpec((4,), tf.int64), tf.TensorSpec((), tf.string)))
    problem, sizes, orientation = described[:, 0], described[:, 1:3], described[:, 3]
    checks = [refuse(problem == number, name, words) for number, words in enumerate(_REFUSED)]
    with tf.control_dependencies(checks):
        frames = tf.identity(frames)
    with tf.control_dependencies([refuse(_damaged(frames), name, _REFUSED[_DAMAGED])]):
        is_turned = (orientation >= 5) & (orientation <= 8)
        return (tf.identity(frames), orientation,
                tf.where(is_turned[:, None], sizes[:, ::-1], sizes))


def check_together(sizes, name):
    """Refuses pictures that are too large for one tensor, in which each is as large as the largest.

    Args:
        sizes: see `check`.
        name: of the argument.

    Returns:
        The operation, to be made a control dependency.

    Raises:
        tf.errors.InvalidArgumentError: they are.
    """
    largest = tf.reduce_max(tf.pad(sizes, ((0, 1), (0, 0))), axis=0)
    return tf.debugging.Assert(
        tf.shape(sizes, tf.int64)[0] * tf.reduce_prod(largest) <= MAX_PIXELS,
        [f"{name}: pictures of over {MAX_PIXELS:,} pixels together, each as high and wide as the "
         "largest of them; ask for fewer in a call. Largest height and width:", largest])


# A function of its own: its 3,000 operations are traced once, not for each signature.
@tf.function(input_signature=[tf.TensorSpec((), tf.string)], autograph=False)
def _describe(content):
    """Returns int64 (which of `_REFUSED` or -1, height, width, orientation), and its frame."""
    data = octets.read(content)

    def judged(is_whole, is_read, height, width, orientation):
        most = tf.minimum(
            tf.constant(MAX_PIXELS, tf.int64),
            _PIXELS_OF_ANY + _PIXELS_A_BYTE * tf.cast(tf.strings.length(content), tf.int64))
        is_large = (height > MAX_PIXELS) | (width > MAX_PIXELS) | (height * width > most)
        is_whole &= (height > 0) & (width > 0)
        problem = tf.where(~is_read, 2, tf.where(~is_whole, _DAMAGED, tf.where(is_large, 3, -1)))
        return tf.stack([tf.cast(problem, tf.int64), height, width, orientation])

    def of_gif():
        description, frame = gif.describe(content, data)
        return judged(*description), frame

    return tf.switch_case(_kind(content), {
        _PNG: lambda: (judged(*png.describe(data)), content),
        _JPEG: lambda: (judged(*jpeg.describe(data)), content),
        _GIF: of_gif,
        _BMP: lambda: (judged(*bmp.describe(data)), content),
        _OTHER: lambda: (tf.constant([0, 0, 0, 0], tf.int64), content)})


def _kind(content):
    return tf.argmax(tf.stack(
        [tf.strings.substr(content, 0, len(magic)) == magic for magic in _MAGIC] + [True]),
        output_type=tf.int32)


def _damaged(frames):
    """Returns where decoding fails, bool `(n,)`; only tf.data survives an error in a graph."""
    count = tf.size(frames, tf.int64)

    def place(index, frame):
        pixels = tf.io.decode_image(frame, expand_animations=False)
        return index + tf.cast(tf.size(pixels[:0]), tf.int64)  # Adds 0.

    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    good = tf.data.Dataset.from_tensor_slices((tf.range(count), frames)).map(place).ignore_errors()
    good = good.concatenate(tf.data.Dataset.from_tensors(tf.constant(-1, tf.int64)))
    good = good.batch(count + 1).with_options(options).get_single_element()
    return ~tf.reduce_any(tf.range(count)[:, None] == good, axis=1)


def decode(frame, orientation):
    """Decodes what `check` returns, upright, nothing lost.

    Args:
        frame: string scalar.
        orientation: int64 scalar.

    Returns:
        uint16 `(height, width, 4)`: RGBA in [0, 65535]; 8 bits become 16 by 257.
    """
    def opaque():
        pixels = tf.io.decode_image(frame, expand_animations=False)[..., :3]
        return decoding.widen(tf.pad(pixels, ((0, 0), (0, 0), (0, 1)), constant_values=255))

    pixels = tf.cond(_kind(frame) < _GIF, lambda: decoding.to_rgba(frame), opaque)
    return exif.upright(tf.ensure_shape(pixels, (None, None, 4)), orientation)


def to_channels(pixels, channels):
    """Turns RGBA as from `decode` into what a network of pairs takes; as `decoding.decode` does.

    Returns:
        float32 `(height, width, channels)` in [-1, 1].
    """
    return decoding.to_channels(tf.cast(pixels, tf.float32) / 65535.0, channels)


def squares(encoded, name, side):
    """Decodes, checks and resizes pictures as training with captions sees them.

    That is what `zoo.data.folder.pictures` makes of them in 8 bits: the middle square, on white,
    averaged by area where it is larger; smaller ones are then repeated.

    Args:
        encoded: string `(n,)`.
        name: of the argument.
        side: pixels.

    Returns:
        float32 `(n, side, side, 3)` in [-1, 1].

    Raises:
        tf.errors.InvalidArgumentError: see `check`.
    """
    def one(row):
        content, orientation = row
        pixels = resizing.middle(decode(content, orientation))
        is_deep = (_kind(content) == _PNG) & (tf.strings.substr(content, 24, 2) == _OF_16_GREYS)
        pixels = resizing.average(
            pixels, side, lambda rows: _on_white(_to_8_bits(rows, is_deep)))
        pixels = tf.image.resize(pixels, (side, side), method="area")
        return image.to_float(tf.ensure_shape(pixels, (side, side, 3)))

    encoded, orientations, _ = check(encoded, name)
    return tf.map_fn(one, (encoded, orientations), parallel_iterations=1,
                     fn_output_signature=tf.TensorSpec((side, side, 3), tf.float32))


def _to_8_bits(pixels, is_deep_grey):
    """Grey is rounded, of colours the upper byte is taken: so does Pillow."""
    wide = tf.cast(pixels, tf.int32)
    return tf.where(is_deep_grey, (wide + 128) // 257, wide // 256)


def _on_white(rgba):
    alpha = rgba[..., 3:]
    return (rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
