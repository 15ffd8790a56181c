"""Encoded sounds of a request: checked by row, and decoded as training's reader does."""

import tensorflow as tf

from zoo.data import audio
from zoo.data.folder import lengths
from zoo.data.served.octets import cut, is_text, number, read, size, walk
from zoo.data.served.rows import refuse

MAX_RATE = 192_000  # Hz; a filter for more has thousands of taps.
_CHUNKS = 1_000
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
# What follows a format in the GUID that the extensible kind has instead of it.
_GUID = (b"\0\0\0\0\x10\0\x80", b"\0\0\xaa\0\x38\x9b\x71")
_KINDS = tf.constant(
    [(_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)], tf.int64)
_REFUSED = (
    "no WAV file with a format and samples",
    "a WAV file that was cut short",
    "a WAV file of a kind that is not read here (read are PCM of 8, 16, 24 and 32 bits and "
    "floating point of 32 and 64)",
    "a WAV file without any sample",
    f"a WAV file of less than 1 or more than {audio.MAX_CHANNELS} channels",
    f"a WAV file of less than {audio.RATES[0]:,} or more than {MAX_RATE:,} Hz")
_FINITE = "a WAV file with samples that are not finite"


def _first(places, default):
    return tf.concat([places, [default]], 0)[0]


# A function of its own: it is traced once, not for each signature.
@tf.function(input_signature=[tf.TensorSpec((), tf.string)], autograph=False)
def _describe(content):
    """Returns int64 (which of `_REFUSED` or -1, which of `_KINDS`, begin and end of the samples,
    channels, rate) of a file."""
    data = read(content)
    end = size(data)

    def step(at):
        length = number(data, at + 4, 4)
        after = at + 8 + length + length % 2
        return tf.where(is_text(data, at, b"data") | (after >= end),
                        tf.constant(-1, tf.int64), after)

    chunks = walk(12, step, _CHUNKS)
    samples = _first(tf.boolean_mask(chunks, is_text(data, chunks, b"data")), -1)
    form = _first(tf.boolean_mask(chunks, is_text(data, chunks, b"fmt ")), -1)
    begin, stated, whole = samples + 8, number(data, samples + 4, 4), number(data, 4, 4)
    is_wav = (is_text(data, 0, b"RIFF") & is_text(data, 8, b"WAVE") & (samples >= 0)
              & (form >= 0) & (begin <= end))
    # As `lengths.cut_short` and `lengths.unfinished` have it.
    promised = tf.maximum(tf.where(whole < lengths.GUESSED, whole + 8, 0), tf.where(
        (samples >= 0) & (stated < lengths.GUESSED), begin + stated, 0))
    is_cut = is_text(data, 0, b"RIFF") & (promised > end + lengths.TOLERANCE)
    is_rest = (stated == 0) & ((whole + 8 <= begin) | (whole >= lengths.GUESSED))
    length = tf.where(is_rest, end - begin, tf.minimum(stated, end - begin))
    tag, channels, rate, _, align, bits = (
        number(data, form + 8 + place, width)
        for place, width in ((0, 2), (2, 2), (4, 4), (8, 4), (12, 2), (14, 2)))
    is_guid = is_text(data, form + 34, _GUID[0]) & is_text(data, form + 41, _GUID[1])
    tag = tf.where((tag == _EXTENSIBLE) & is_guid, number(data, form + 32, 2), tag)
    is_kind = tf.reduce_all(_KINDS == tf.stack([tag, bits]), axis=1)
    is_read = tf.reduce_any(is_kind) & (8 * align == channels * bits)
    count = length // tf.maximum(align, 1)
    problems = tf.stack([
        is_cut, ~is_wav, (channels < 1) | (channels > audio.MAX_CHANNELS), ~is_read, count < 1,
        (rate < audio.RATES[0]) | (rate > MAX_RATE)])
    problem = tf.gather([1, 0, 4, 2, 3, 5, -1], tf.argmax(tf.concat([problems, [True]], 0)))
    return tf.stack([tf.cast(problem, tf.int64), tf.argmax(is_kind), begin, begin + count * align,
                     channels, rate])


def decode(content, described):
    """Decodes what `check` finds good.

    Args:
        content: string scalar.
        described: int64 `(6,)`, its row of what `check` returns.

    Returns:
        float32 `(samples, channels)`, full scale 1.
    """
    _, kind, begin, end, channels, _ = tf.unstack(described)
    samples = cut(content, begin, end)

    def integers(dtype):
        return lambda: tf.cast(tf.io.decode_raw(samples, dtype), tf.float32) / -float(dtype.min)

    def bytes_of_1():
        return (tf.cast(tf.io.decode_raw(samples, tf.uint8), tf.float32) - 128.0) / 128.0

    def bytes_of_3():
        triples = tf.reshape(tf.io.decode_raw(samples, tf.uint8), (-1, 3))
        wide = tf.bitcast(tf.pad(triples, ((0, 0), (1, 0))), tf.int32)
        return tf.cast(wide, tf.float32) / -float(tf.int32.min)

    def floats(dtype):
        return lambda: tf.cast(tf.io.decode_raw(samples, dtype), tf.float32)

    flat = tf.switch_case(tf.cast(kind, tf.int32), [
        bytes_of_1, integers(tf.int16), bytes_of_3, integers(tf.int32), floats(tf.float32),
        floats(tf.float64)])
    return tf.reshape(flat, tf.stack([-1, channels]))


def check(encoded, name):
    """Refuses what is no WAV file that is read here, whole and finite.

    Args:
        encoded: string `(n,)`.
        name: of the argument.

    Returns:
        (the same strings; int64 `(n, 6)`, a row for `decode`; int32 `(n,)` sample rates, Hz;
        int64 `(n,)` numbers of samples, of all channels together).

    Raises:
        tf.errors.InvalidArgumentError: some are not; it says which.
    """
    described = tf.map_fn(_describe, encoded, fn_output_signature=tf.TensorSpec((6,), tf.int64))
    checks = [refuse(described[:, 0] == number, name, words)
              for number, words in enumerate(_REFUSED)]
    with tf.control_dependencies(checks):
        encoded = tf.identity(encoded)
    is_finite = tf.map_fn(lambda row: tf.reduce_all(tf.math.is_finite(decode(*row))),
                          (encoded, described), fn_output_signature=tf.bool, parallel_iterations=1)
    with tf.control_dependencies([refuse(~is_finite, name, _FINITE)]):
        widths = tf.gather(_KINDS[:, 1] // 8, described[:, 1])
        return (tf.identity(encoded), described, tf.cast(described[:, 5], tf.int32),
                (described[:, 3] - described[:, 2]) // widths)
