"""What every caption-conditioned generator is measured by, and what two scores add to it."""

import numpy as np
import tensorflow as tf

from zoo.captioned.evaluation import Evaluation
from zoo.data import text
from zoo.data.served import seeds
from zoo.errors import RequestError
from zoo.metrics import retrieval
from zoo.metrics.bootstrap import with_interval
from zoo.text_to_image import judgement
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

_CANDIDATES, _CHOICES = 8, 4


def evaluate(model, pictures, training_pictures, encoder_folder, max_examples, seed):
    """Measures the averaged generator on the main captions of a split.

    Args:
        model: `TextToImageGAN`.
        pictures, encoder_folder, max_examples, seed: see `Evaluation`.
        training_pictures: see `Evaluation.results`.

    Returns:
        (results, worst). `results` are those of `Evaluation`; with two scores also what
        `judgement.measure` returns, and `best_of_8_r_precision_at_1` of the samples that D takes
        for the best, beside `mean_of_8_r_precision_at_1` of all that it chose from. `worst` is
        the sheet of the worst samples of each kind, uint8 `(height, width, 3)`, or None where D
        does not give two scores, or there are no wrong captions to try them on (a line says so).
    """
    evaluation = Evaluation(model, pictures, encoder_folder, max_examples, seed)
    results = evaluation.results(training_pictures)
    if not isinstance(model, TwoScoreTextToImageGAN):
        return results, None
    try:
        pairs = judgement.Judgement(model, pictures, evaluation.real, evaluation.fake, seed)
    except RequestError as error:
        print(f"what the two scores say is not measured: {error}", flush=True)
        return results, None
    results |= {name: with_interval(values, statistic, seed)
                for name, (values, statistic) in judgement.measure(
                    pairs, model.calibration).items()}
    return results | _choice(evaluation, pairs.captions, seed), judgement.worst_sheet(
        pairs, model.calibration)


def _choice(evaluation, captions, seed):
    """Does D choose well? R@1 of the best of 8 samples, and, beside it, the mean of all 8.

    Of each caption several times 8, since what a choice gains is less than what chance gives.
    """
    tokens = text.tokenizer_for(evaluation.model.text_encoder)(tf.constant(captions))
    features, best = [], []
    for i in range(0, len(tokens), 8):
        some, dim = tokens[i:i + 8], evaluation.model.noise_dim
        latents = seeds.normal(seed + i, len(some), (_CHOICES * _CANDIDATES, dim))
        pictures, p_real, p_match = judgement.candidates(evaluation.model, some, latents)
        embedded = evaluation.embed(tf.reshape(pictures, (-1, *pictures.shape[2:])))
        features.append(embedded.reshape(*p_real.shape, -1))
        groups = (tf.reshape(each, (-1, _CANDIDATES)) for each in (p_real, p_match))
        best.append(tf.reshape(judgement.best(*groups), (-1, _CHOICES, 1)))
    features, best = np.concatenate(features), np.concatenate(best)
    right = np.stack([
        retrieval.ranks(of_sample, evaluation.texts, evaluation.same_caption) < 1
        for of_sample in features.swapaxes(0, 1)], axis=1)
    right = right.astype(float).reshape(len(tokens), _CHOICES, _CANDIDATES)
    chosen = np.take_along_axis(right, best, axis=2)
    return {f"{name}_of_{_CANDIDATES}_r_precision_at_1": with_interval(
        values.mean(axis=(1, 2)), np.mean, seed)
        for name, values in (("best", chosen), ("mean", right))}
