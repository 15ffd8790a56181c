"""Any length, any rate, in blocks: without clicks, without a sample too many or too few."""

import numpy as np
import pytest
import tensorflow as tf

from tests.speech_enhancement import sounds
from zoo.speech_enhancement import MaskUNetGenerator, SEGANGenerator, enhancement

WINDOW = 512


class Identity:
    """A network that returns its input."""

    window, noise_shape = WINDOW, None

    def __call__(self, windows, training):
        return windows


@pytest.fixture(scope="module")
def mask_unet():
    return MaskUNetGenerator(window=WINDOW, hop=32, channels=(4, 6), dilations=(1,))


@pytest.fixture(scope="module")
def segan():
    return SEGANGenerator(window=WINDOW, channels=(4, 6, 8), kernel_size=5)


LENGTHS = [1, 2, WINDOW - 1, WINDOW, WINDOW + 1, 1999, 6 * WINDOW]


@pytest.mark.parametrize("samples", LENGTHS)
def test_windows_add_up_to_the_whole(samples):
    sound = np.random.default_rng(0).normal(0, 0.1, (2, samples)).astype(np.float32)
    np.testing.assert_allclose(enhancement.enhance(Identity(), sound), sound, atol=1e-6)


def test_published_windows_keep_every_length():
    class Published(Identity):
        window = 16384

    enhance = enhancement.make_enhance(Published())
    for samples in (1, 2, 16383, 16384, 16385, 20011):
        sound = np.random.default_rng(0).normal(0, 0.1, (1, samples)).astype(np.float32)
        np.testing.assert_allclose(enhance(sound), sound, atol=1e-6)


@pytest.mark.parametrize("blocks", [[700], [100] * 37, [1, 1, WINDOW, 3000, 5], [0, 256, 256]])
@pytest.mark.parametrize("name", ["mask_unet", "segan"])
def test_blocks_give_what_the_whole_gives(name, blocks, request):
    generator = request.getfixturevalue(name)
    sound = np.stack([sounds.voice(seed)[:sum(blocks)] for seed in (0, 1)], axis=1)
    ends = np.cumsum(blocks)
    parts = [sound[end - block:end] for end, block in zip(ends, blocks, strict=True)]
    got = np.concatenate(list(enhancement.enhance_stream(generator, 16000, 2, parts)))
    whole = enhancement.enhance(generator, tf.constant(sound.T)).numpy().T
    assert got.shape == sound.shape
    np.testing.assert_allclose(got, whole, atol=1e-4)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
@pytest.mark.parametrize("samples", [1, 999, 30_011])
def test_other_rates_come_back_with_their_own_length(rate, samples):
    time = np.arange(samples) / rate
    sound = np.sin(2 * np.pi * 300 * time)[:, None].astype(np.float32)
    parts = np.array_split(sound, 7)
    got = np.concatenate(list(enhancement.enhance_stream(Identity(), rate, 1, parts)))
    assert got.shape == sound.shape
    middle = slice(samples // 4, 3 * samples // 4)
    if samples > 10_000:
        np.testing.assert_allclose(got[middle], sound[middle], atol=1e-2)


def test_memory_does_not_grow_with_the_length():
    enhancer = enhancement.StreamingEnhancer(Identity(), channels=1)
    for _ in range(50):
        enhancer.push(np.zeros((1000, 1), np.float32))
        assert len(enhancer._inputs) < WINDOW and enhancer._due <= 2 * WINDOW


def test_silence_stays_silent(mask_unet):
    silence = np.zeros((1, 3 * WINDOW), np.float32)
    assert np.abs(enhancement.enhance(mask_unet, silence)).max() == 0


def test_nothing_becomes_louder_than_it_was(mask_unet):
    for level in (1e-6, 1e-3, 1.0):
        sound = level * np.random.default_rng(0).normal(0, 1, (1, 3000)).astype(np.float32)
        enhanced = enhancement.enhance(mask_unet, sound).numpy()
        assert np.sqrt(np.mean(enhanced**2)) <= level


def test_the_mask_does_not_depend_on_the_level(mask_unet):
    sound = sounds.voice(3)[None, :2000] + 0.01
    loud, quiet = (enhancement.enhance(mask_unet, tf.constant(gain * sound)) / gain
                   for gain in (1.0, 0.01))
    np.testing.assert_allclose(loud, quiet, atol=1e-3)
