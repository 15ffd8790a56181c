"""How far from the truth, how sharp, how colourful, and does the noise do anything?"""

import functools
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from zoo.core import networks
from zoo.data import decoding
from zoo.data.image_pairs import batches
from zoo.image_to_image import answers, heat_map, samples
from zoo.metrics import bootstrap, colour, inception
from zoo.metrics import image as image_metrics
from zoo.metrics.distances import distances, others, real_against_real
from zoo.metrics.encoder import image_features, window_features

_BATCH_SIZE = 16
_MOST_DECIBELS = 100.0  # That an equal pair counts for, instead of infinity.
_LEAST_SSIM_SIDE = 11
_LEAST_TARGETS = 10  # That are not 0, for a ratio to them.
_DIVERSITY_SOURCES, _DIVERSITY_SAMPLES = 16, 8


class Measured(NamedTuple):
    """What was seen of a split.

    Attributes:
        names: tuple of str.
        pictures: `{column: uint8 (n, height, width, 3)}`: "source", "output", "target" and, where
            there is a discriminator, "heat_map".
        values: `{metric: float (n,)}`, one number a pair.
        results: `{metric: {"value", "low", "high"}}`.
    """

    names: tuple
    pictures: dict
    values: dict
    results: dict


def evaluate(model, form, pairs, training_pairs, encoder_folder, max_examples, seed):
    """Measures the averaged generator on a split, at the size that it was trained at.

    Args:
        model: `ImageToImageGAN`.
        form: `Form`.
        pairs: `ImagePairs`.
        training_pairs: `ImagePairs` of the training split; as many of their targets as are measured
            are drawn for the row "real against real".
        encoder_folder: folder of a network for the distances of sets, or None: `window_encoder`,
            which looks at windows of the pictures at their own scale, half a window apart, or
            `image_encoder`, which sees each picture at the encoder's size.
        max_examples: int, or None for the whole split.
        seed: seed of the noise and of the bootstrap.

    Returns:
        `Measured`. Metrics, of pictures in 8 bits: `l1`, mean absolute difference of values in
        [0, 1]; `psnr_db` (at most 100) and `ssim`; `palette_accuracy`, share of pixels within a
        Delta E of 10 of the target's; `sharpness_ratio` and `colourfulness_ratio`, of the means
        over the targets'; `invented_edges_ratio` and `invented_sharpness_ratio`, likewise of what
        the source does not show (left out where fewer than ten targets have some);
        `lightness_intersection`, `a_intersection` and `b_intersection`, of the histograms of all
        outputs and all targets in CIELAB; `frechet_distance` and `kernel_distance` in the encoder's
        unit-length features, and as `real_against_real_…` those of targets of the training split;
        the same as `inception_…` where the ImageNet weights can be loaded;
        `diversity_fixed_source`, mean distance between samples of one source, RMS of pixels in
        [0, 1] at 16x16; `fake_probability`, what D thinks of the output, where there is one. Where
        sources have three right targets or more, here and in training: `coverage`, the share of
        those of a source that are the nearest one to at least one of 16 draws, `ideal_coverage` of draws
        that are any of them evenly, `diversity_ratio`, the mean distance between draws over that
        between right targets, and the first two of one draw again and again, as
        `one_picture_…`.
    """
    count = min(len(pairs), max_examples or len(pairs))
    parts = [_translated(model, form, pairs, range(start, min(start + _BATCH_SIZE, count)), seed)
             for start in range(0, count, _BATCH_SIZE)]
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    probability = arrays.pop("fake_probability", None)
    shown = {name: _shown(images) for name, images in arrays.items()}
    real, fake = (decoding.to_integers(arrays[name], 8).numpy() for name in ("target", "output"))

    values = {
        "l1": np.abs(real.astype(np.float64) - fake).mean(axis=(1, 2, 3)) / 255,
        "psnr_db": np.minimum(image_metrics.psnr_db(real, fake), _MOST_DECIBELS),
    }
    if min(form.height, form.width) >= _LEAST_SSIM_SIDE:
        values["ssim"] = image_metrics.ssim(real, fake)
    real, fake = shown["target"], shown["output"]
    values["palette_accuracy"] = colour.palette_accuracy(real, fake)
    if probability is not None:
        values["fake_probability"] = probability
    results = {name: bootstrap.with_interval(each, np.mean, seed)
               for name, each in values.items()}
    for name, measure in (
            ("sharpness", image_metrics.gradient_magnitude),
            ("invented_edges", functools.partial(image_metrics.invented_edges, shown["source"])),
            ("invented_sharpness",
             functools.partial(image_metrics.invented_gradient, shown["source"])),
            ("colourfulness", colour.colourfulness)):
        of_target = measure(real)
        if np.count_nonzero(of_target) < min(_LEAST_TARGETS, count):
            continue
        values[name] = measure(fake)
        results[f"{name}_ratio"] = bootstrap.with_interval(
            (values[name], of_target), lambda fake, real: fake.mean() / real.mean(), seed)
    histograms = [colour.lab_histograms(images) for images in (real, fake)]
    for axis, name in enumerate(("lightness", "a", "b")):
        results[f"{name}_intersection"] = bootstrap.with_interval(
            tuple(each[:, axis] for each in histograms), colour.histogram_intersection, seed)
    drawn = others(len(training_pairs), count, seed)
    other = np.concatenate([
        _shown(batches.plain(training_pairs, form, drawn[i:i + _BATCH_SIZE])[1])
        for i in range(0, len(drawn), _BATCH_SIZE)])
    results |= _distances(real, fake, other, encoder_folder, seed)
    results["diversity_fixed_source"] = _diversity(model, form, pairs, seed)
    results |= answers.coverage_of(model, form, seed, pairs, training_pairs, count)
    return Measured(pairs.names[:count], shown, values, results)


def _translated(model, form, pairs, indices, seed):
    """Returns `{column: float32 (n, height, width, channels)}` in [-1, 1] of some pairs."""
    source, target = batches.plain(pairs, form, indices)
    output = samples.generate(model, source, seed)
    found = {"source": source, "output": output, "target": target}
    if model.discriminator is not None:
        probability = heat_map.fake_probability(model, source, output)
        found["heat_map"] = heat_map.overlay(output, probability)
        found["fake_probability"] = tf.reduce_mean(probability, axis=(1, 2, 3))
    return {name: array.numpy() for name, array in found.items()}


def _shown(images):
    """Returns uint8 pictures of three channels of float ones in [-1, 1]."""
    return decoding.to_integers(decoding.to_rgb(tf.constant(images)), 8).numpy()


def _distances(real, fake, other, encoder_folder, seed):
    found = {}
    if encoder_folder is not None:
        features_of = _seen_by(encoder_folder)
        features = [features_of(images) for images in (real, fake, other)]
        # Windows of one picture are no further evidence.
        options = {"clusters": np.arange(len(real)).repeat(len(features[0]) // len(real)),
                   "scale": 1.0}
        found |= distances(*features[:2], seed, **options)
        found |= real_against_real(features[0], features[2], seed, **options)
    return found | inception.distances(real, fake, other, seed)


def _seen_by(encoder_folder):
    """Returns the function from pictures to the features of the network in a folder."""
    if networks.exists(encoder_folder, "window_encoder"):
        encoder = networks.load(encoder_folder, "window_encoder")
        return functools.partial(window_features, encoder, stride=encoder.image_size // 2)
    return functools.partial(image_features, networks.load(encoder_folder, "image_encoder"))


def _diversity(model, form, pairs, seed):
    indices = np.linspace(0, len(pairs) - 1, min(len(pairs), _DIVERSITY_SOURCES)).astype(int)
    source, _ = batches.plain(pairs, form, indices)
    images = np.stack([
        decoding.to_integers(samples.generate(model, source, seed + number), 8).numpy()
        for number in range(_DIVERSITY_SAMPLES)], axis=1)
    distances = [image_metrics.mean_pairwise_distance(image_metrics.to_pixel_features(row))
                 for row in images]
    return bootstrap.with_interval(np.array(distances), np.mean, seed)
