"""What every caption-conditioned generator is measured by, and what two scores add to it."""

import numpy as np
import tensorflow as tf

from zoo.captioned.evaluation import Evaluation
from zoo.data import text
from zoo.metrics import retrieval
from zoo.metrics.bootstrap import with_interval
from zoo.text_to_image import judgement
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN


def evaluate(model, pictures, training_pictures, encoder_folder, max_examples, seed):
    """Measures the averaged generator on the main captions of a split.

    Args:
        model: `TextToImageGAN`.
        pictures, encoder_folder, max_examples, seed: see `Evaluation`.
        training_pictures: see `Evaluation.results`.

    Returns:
        (results, worst). `results` are those of `Evaluation`; with two scores also what
        `judgement.measure` returns, and `best_of_8_r_precision_at_1`. `worst` is the sheet of the
        worst samples of each kind, uint8 `(height, width, 3)`, or None where D does not give two
        scores.
    """
    evaluation = Evaluation(model, pictures, encoder_folder, max_examples, seed)
    results = evaluation.results(training_pictures)
    if not isinstance(model, TwoScoreTextToImageGAN):
        return results, None
    pairs = judgement.Judgement(model, pictures, evaluation.real, evaluation.fake, seed)
    results |= {name: with_interval(values, statistic, seed)
                for name, (values, statistic) in judgement.measure(
                    pairs, model.temperatures).items()}
    tokens = text.Tokenizer(model.text_encoder.vocabulary)(tf.constant(pairs.captions))
    best = np.concatenate([judgement.best_of(model, tokens[i:i + 8], seed + i, 8)[0]
                           for i in range(0, len(tokens), 8)])
    results["best_of_8_r_precision_at_1"] = with_interval(
        (retrieval.ranks(evaluation.embed(best), evaluation.texts) < 1).astype(float), np.mean,
        seed)
    return results, judgement.worst_sheet(pairs, model.temperatures)
