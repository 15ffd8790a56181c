"""Enhancing sound of any length: half-overlapping windows that are faded into each other."""

import numpy as np
import tensorflow as tf

from zoo.data import audio

_WINDOWS = 4  # Enhanced at a time, whatever the length: the memory is theirs.


def _fade(window):
    """Weights of a window, float32 `(window,)`: those of two that overlap by half add up to 1."""
    return tf.signal.hann_window(window, periodic=True)


def _noise(generator, count):
    """The same z for every window, so that the result is a function of the sound alone."""
    if generator.noise_shape is None:
        return ()
    noise = tf.random.stateless_normal((1, *generator.noise_shape), (0, 0), alg="philox")
    return (tf.repeat(noise, count, axis=0),)


def enhance_windows(generator, windows):
    """Enhances and fades windows: float32 `(n, window)` -> the same shape, to be added up."""
    windows = tf.ensure_shape(windows, (None, generator.window))
    enhanced = generator(windows, *_noise(generator, tf.shape(windows)[0]), training=False)
    return enhanced * _fade(generator.window)


def enhance(generator, samples):
    """Enhances whole sounds, in the graph.

    Args:
        generator: network with `window` and `noise_shape`, as `SEGANGenerator`.
        samples: float32 `(batch, samples)`, 16 kHz, full scale 1; any length.

    Returns:
        float32 of the same shape.
    """
    half = generator.window // 2
    shape = tf.shape(samples)
    batch, length = shape[0], shape[1]
    after = half + (-length) % half
    padded = tf.pad(samples, ((0, 0), (half, after)))
    windows = tf.signal.frame(padded, generator.window, half)
    count = tf.shape(windows)[1]
    rows = tf.reshape(windows, (-1, generator.window))
    # Whole groups, so that the network sees one shape and holds a few windows at a time.
    rows = tf.pad(rows, ((0, -tf.shape(rows)[0] % _WINDOWS), (0, 0)))
    groups = tf.reshape(rows, (-1, _WINDOWS, generator.window))
    enhanced = tf.map_fn(lambda group: enhance_windows(generator, group), groups,
                         parallel_iterations=1)
    enhanced = tf.reshape(enhanced, (-1, generator.window))[:batch * count]
    enhanced = tf.reshape(enhanced, (batch, count, generator.window))
    return tf.signal.overlap_and_add(enhanced, half)[:, half:half + length]


def make_enhance(generator):
    """Returns `enhance` of a network as one compiled function of samples `(batch, samples)`."""
    return tf.function(lambda samples: enhance(generator, samples), input_signature=[
        tf.TensorSpec((None, None), tf.float32)])


class StreamingEnhancer:
    """Enhances sound that comes in blocks, in constant memory; the results are those of `enhance`.

    What comes out lags behind what went in by half a window at least, until `finish`.

    Args:
        generator: see `enhance`.
        channels: each is enhanced by itself.
    """

    def __init__(self, generator, channels):
        self._half = generator.window // 2
        self._step = tf.function(
            lambda windows: enhance_windows(generator, windows),
            input_signature=[tf.TensorSpec((None, generator.window), tf.float32)])
        # What is still to come: the half window of silence before the first sample is dropped.
        self._inputs = np.zeros((self._half, channels), np.float32)
        self._tail = np.zeros((self._half, channels), np.float32)
        self._dropped = False
        self._due = 0

    def push(self, block):
        """Takes float32 `(samples, channels)` at 16 kHz, returns what is ready."""
        self._due += len(block)
        self._inputs = np.concatenate([self._inputs, block])
        ready = []
        while len(self._inputs) >= 2 * self._half:
            window = self._inputs[:2 * self._half]
            self._inputs = self._inputs[self._half:]
            enhanced = self._step(tf.constant(window.T)).numpy().T
            ready.append(self._tail + enhanced[:self._half])
            self._tail = enhanced[self._half:]
        if ready and not self._dropped:
            ready, self._dropped = ready[1:], True
        ready = np.concatenate(ready) if ready else np.zeros((0, block.shape[1]), np.float32)
        self._due -= len(ready)
        return ready

    def finish(self):
        """Returns the rest, so that as many samples came out as went in."""
        due = self._due
        return self.push(np.zeros((2 * self._half, self._tail.shape[1]), np.float32))[:due]


def enhance_stream(generator, rate, channels, blocks):
    """Enhances sound of any rate block by block.

    Args:
        generator: see `enhance`.
        rate: Hz.
        channels: number of channels, each enhanced by itself.
        blocks: iterable over float32 `(samples, channels)`.

    Yields:
        float32 `(samples, channels)` at the same rate, in all as many samples as went in.
    """
    down = audio.StreamingResampler(rate, audio.SAMPLE_RATE, channels)
    up = audio.StreamingResampler(audio.SAMPLE_RATE, rate, channels)
    enhancer = StreamingEnhancer(generator, channels)
    due = 0
    for block in blocks:
        due += len(block)
        ready = up.push(enhancer.push(down.push(block)))[:due]
        due -= len(ready)
        yield ready
    rest = down.push(np.zeros((0, channels), np.float32), last=True)
    rest = np.concatenate([enhancer.push(rest), enhancer.finish()])
    ready = up.push(rest, last=True)[:due]
    yield np.pad(ready, ((0, due - len(ready)), (0, 0)))
