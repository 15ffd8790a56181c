"""How many of the right targets of a source are drawn, where it has several?"""

import numpy as np
import tensorflow as tf

from zoo.data import decoding
from zoo.data.image_pairs import batches, right_answers
from zoo.image_to_image import inference
from zoo.metrics import coverage
from zoo.metrics import image as image_metrics

_LEAST_ANSWERS = 3  # One answer for ever covers half of two.
_SOURCES, _DRAWS = 150, 16


def coverage_of(model, form, seed, pairs, training_pairs, count):
    """Measures 16 draws for sources of a split that have three or more different right targets.

    Args:
        model: `ImageToImageGAN`.
        form: `Form`.
        seed: seed of the noise and of the bootstrap.
        pairs: `ImagePairs`.
        training_pairs: `ImagePairs` of the training split, whose targets are right answers too.
        count: int, of how many pairs sources are taken; up to 150 of them, evenly.

    Returns:
        See `zoo.metrics.coverage.measure`, of pixels at 16x16; empty where there are none.
    """
    group_of, members = right_answers.groups(right_answers.sources(form, pairs, training_pairs))
    right = {}
    for group in np.unique(group_of[:count]):
        indices = members.of(group)
        if len(indices) >= _LEAST_ANSWERS:
            targets = _targets(form, indices, pairs, training_pairs)
            right[indices[0]] = np.unique(image_metrics.to_pixel_features(targets), axis=0)
    several = [index for index, answers in right.items() if len(answers) >= _LEAST_ANSWERS]
    if not several:
        return {}
    chosen = [several[int(place)] for place in np.linspace(
        0, len(several) - 1, min(len(several), _SOURCES))]
    draws = [image_metrics.to_pixel_features(_draws(model, form, pairs, index, seed))
             for index in chosen]
    return coverage.measure([right[index] for index in chosen], draws, seed)


def _targets(form, indices, pairs, training_pairs):
    """Returns uint8 targets; what is behind the pairs are training pairs."""
    is_own = indices < len(pairs)
    parts = [batches.plain(each, form, numbers)[1] for each, numbers in (
        (pairs, indices[is_own]), (training_pairs, indices[~is_own] - len(pairs)))
        if len(numbers)]
    return decoding.to_integers(tf.concat(parts, axis=0), 8).numpy()


def _draws(model, form, pairs, index, seed):
    """Returns uint8 pictures of one source, each with its own noise."""
    source, _ = batches.plain(pairs, form, [index])
    seeds = tf.concat([inference.to_seeds(tf.constant(seed + number, tf.int64))
                       for number in range(_DRAWS)], axis=0)
    made = model.generate({"source": tf.repeat(source, _DRAWS, axis=0)}, seeds, training=False)
    return decoding.to_integers(made, 8).numpy()
