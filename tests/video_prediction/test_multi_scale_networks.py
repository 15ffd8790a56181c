"""Mathieu et al.'s networks: sizes, widths, and what depends on what."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.pyramid import pyramid
from zoo.video_prediction import MultiScaleDiscriminator, MultiScaleGenerator


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def conv(kernel, inputs, outputs):
    return kernel**2 * inputs * outputs + outputs


def chain(kernels, widths):
    return sum(conv(*each) for each in zip(kernels, widths[:-1], widths[1:], strict=True))


def judged(discriminator, side, seed=0):
    context, frame = normal(2, 4, side, side, 3, seed=seed), normal(2, side, side, 3, seed=seed)
    return discriminator(context, pyramid(tf.constant(frame), 4))


def test_the_papers_widths_make_the_papers_networks():
    # Table 1: four past frames of three channels; the finer scales also see the coarser frame.
    generator = (
        chain((3, 3, 3, 3), (12, 128, 256, 128, 3)) + chain((5, 3, 3, 5), (15, 128, 256, 128, 3))
        + chain((5, 3, 3, 3, 3, 5), (15, 128, 256, 512, 256, 128, 3))
        + chain((7, 5, 5, 5, 5, 7), (15, 128, 256, 512, 256, 128, 3)))
    assert MultiScaleGenerator().count_params() == generator
    # Valid convolutions of 4, 8, 16 and 32 pixels leave 2, 2, 4 and 12; pooling halves them.
    discriminator = (
        chain((3, 1, 1, 1), (15, 64, 512, 256, 1))
        + chain((3, 3, 3, 1, 1, 1), (15, 64, 128, 128, 1024, 512, 1))
        + chain((5, 5, 5, 2, 1, 1), (15, 128, 256, 256, 1024, 512, 1))
        + chain((7, 7, 5, 5, 6, 1, 1), (15, 128, 256, 512, 128, 1024, 512, 1)))
    assert MultiScaleDiscriminator().count_params() == discriminator


@pytest.mark.parametrize("height, width", [(32, 32), (16, 40)])
def test_a_frame_at_each_of_four_sizes(height, width):
    frames = MultiScaleGenerator(width=0.02)(normal(2, 4, height, width, 3))
    assert [tuple(frame.shape) for frame in frames] == [
        (2, height // k, width // k, 3) for k in (8, 4, 2, 1)]
    assert all(frame.dtype == "float32" for frame in frames)


def test_each_scale_corrects_the_one_before_it():
    generator = MultiScaleGenerator(width=0.02)
    for network in generator.scales[1:]:
        network.set_weights([0 * weight for weight in network.get_weights()])
    coarse, *finer = generator(normal(1, 4, 16, 16, 3))
    assert np.ptp(coarse) > 0
    for frame in finer:  # Without corrections the coarsest frame, upscaled.
        np.testing.assert_allclose(frame.numpy().mean(), coarse.numpy().mean(), atol=1e-4)
    np.testing.assert_allclose(finer[0], tf.image.resize(coarse, (4, 4)), atol=1e-6)


def test_one_score_a_scale_for_a_patch_and_a_map_for_a_frame():
    discriminator = MultiScaleDiscriminator(width=0.02)
    assert [tuple(logits.shape) for logits in judged(discriminator, 32)] == 4 * [(2, 1, 1, 1)]
    assert [tuple(logits.shape[1:3]) for logits in judged(discriminator, 64)] == [
        (3, 3), (5, 5), (9, 9), (17, 17)]


def test_d_sees_the_past_and_the_candidate():
    discriminator = MultiScaleDiscriminator(width=0.1)
    context, frame = normal(2, 4, 32, 32, 3), normal(2, 32, 32, 3)
    logits = discriminator(context, pyramid(tf.constant(frame), 4))
    by_frame = discriminator(context, pyramid(tf.constant(frame + 1), 4))
    for time in range(4):
        changed = context.copy()
        changed[:, time] += 1
        by_past = discriminator(changed, pyramid(tf.constant(frame), 4))
        for each in (by_past, by_frame):
            assert all(np.abs(a - b).min() > 1e-6 for a, b in zip(logits, each, strict=True))


@pytest.mark.parametrize("make", [MultiScaleGenerator, MultiScaleDiscriminator])
def test_saved_and_loaded_networks_are_equal(make, tmp_path):
    saved = make(3, 0.02)
    saved.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.get_config() == saved.get_config()
    context = normal(1, 3, 32, 32, 3)
    inputs = (context, pyramid(tf.constant(context[:, 0]), 4))[:1 + (make != MultiScaleGenerator)]
    for one, other in zip(saved(*inputs), loaded(*inputs), strict=True):
        np.testing.assert_array_equal(one, other)


def test_half_precision_still_answers_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    frames = MultiScaleGenerator(width=0.02)(normal(2, 4, 32, 32, 3))
    logits = judged(MultiScaleDiscriminator(width=0.02), 32)
    assert {each.dtype for each in (*frames, *logits)} == {tf.float32}
