"""SEGAN's networks have the published sizes and do what the paper says."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.speech_enhancement import SEGANDiscriminator, SEGANGenerator

SMALL = {"window": 64, "channels": (4, 6, 8), "kernel_size": 5}
# Pascual et al. 2017, section 4.2: features of the encoder, samples x width.
PUBLISHED = [(8192, 16), (4096, 32), (2048, 32), (1024, 64), (512, 64), (256, 128), (128, 128),
             (64, 256), (32, 256), (16, 512), (8, 1024)]


def wave(*shape):
    return np.random.default_rng(0).uniform(-0.3, 0.3, shape).astype(np.float32)


@pytest.fixture(scope="module")
def generator():
    return SEGANGenerator(**SMALL)


def test_reference_generator_has_the_published_size():
    network = SEGANGenerator()
    # 31 taps times the products of widths, in the decoder twice the width goes in, and biases and
    # PReLU slopes: one each a channel, none for the last layer's slope.
    widths = [1, *(width for _, width in PUBLISHED)]
    encoder = sum(31 * a * b for a, b in zip(widths, widths[1:]))
    decoder = sum(31 * 2 * b * a for a, b in zip(widths, widths[1:]))
    channels = sum(widths[1:])
    assert network.count_params() == (
        encoder + decoder + 2 * channels + 2 * (channels - 1024) + 1) == 73_100_049
    assert network.noise_shape == (8, 1024)
    assert [v.shape[1:] for v in tf.function(network.encode).get_concrete_function(
        tf.TensorSpec((None, 16384))).structured_outputs] == PUBLISHED


def test_reference_discriminator_has_the_published_size():
    network = SEGANDiscriminator()
    trainable = sum(int(np.prod(v.shape)) for v in network.trainable_variables)
    assert trainable == 24_373_082
    assert round((trainable + 73_100_049) / 1e6, 2) == 97.47


def test_length_in_is_length_out(generator):
    noise = np.zeros((2, 8, 8), np.float32)
    assert generator(wave(2, 64), noise).shape == (2, 64)
    assert SEGANDiscriminator(**SMALL)(wave(2, 64), wave(2, 64)).shape == (2,)


def test_the_noise_changes_the_result(generator):
    results = [generator(wave(1, 64), np.full((1, 8, 8), z, np.float32)) for z in (0.0, 1.0)]
    assert np.abs(results[0] - results[1]).max() > 1e-4


def test_every_length_of_features_reaches_the_output(generator):
    with tf.GradientTape() as tape:
        skips = [tf.Variable(value) for value in generator.encode(wave(1, 64))]
        generator.encode = lambda noisy: list(skips)
        out = tf.reduce_sum(generator(wave(1, 64), np.zeros((1, 8, 8), np.float32)))
    del generator.encode
    assert all(np.abs(gradient).max() > 0 for gradient in tape.gradient(out, skips))


def test_discriminator_judges_the_pair():
    judge = SEGANDiscriminator(**SMALL)
    noisy, clean = wave(2, 64)
    logits = [judge(a[None], b[None])[0] for a, b in ((noisy, clean), (clean, clean),
                                                      (noisy, noisy))]
    assert len({round(float(logit), 7) for logit in logits}) == 3


@pytest.mark.parametrize("sizes, message", [
    ({"window": 60}, "halved 3 times"), ({"channels": (4,)}, "two positive"),
    ({"channels": (4, 0)}, "two positive")])
def test_wrong_sizes_are_refused(sizes, message):
    for network in (SEGANGenerator, SEGANDiscriminator):
        with pytest.raises(ValueError, match=message):
            network(**SMALL | sizes)
