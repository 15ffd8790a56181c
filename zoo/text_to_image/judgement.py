"""What a two-score discriminator says: which of the two went wrong, and which sample is best."""

import numpy as np
import tensorflow as tf

from zoo.captioned import generation
from zoo.core import sheets
from zoo.data import image, text
from zoo.data.caption_table import CaptionTable
from zoo.data.mismatch import MismatchSampler
from zoo.metrics import calibration

_WORST = 8
_BATCH = 64


def candidates(model, tokens, latents):
    """Makes several pictures a caption and lets D judge each.

    Args:
        model: `TwoScoreTextToImageGAN`.
        tokens: int32 `(n, length)`.
        latents: noise, float32 `(n, num_candidates, noise_dim)`.

    Returns:
        (pictures uint8 `(n, num_candidates, height, width, channels)`, p_real float32
        `(n, num_candidates)`, p_match likewise).
    """
    rows, num_candidates, _ = tf.unstack(tf.shape(latents))
    repeated = tf.repeat(tokens, num_candidates, axis=0)
    latents = tf.reshape(latents, (-1, model.noise_dim))
    pictures = generation.generate(model, repeated, latents)
    p_real, p_match = model.probabilities(image.to_float(pictures), repeated)
    return tuple(tf.reshape(each, tf.concat([[rows, num_candidates], tf.shape(each)[1:]], 0))
                 for each in (pictures, p_real, p_match))


def best(p_real, p_match):
    """Returns for each caption the index of its best candidate: the largest p_real · p_match."""
    return tf.argmax(p_real * p_match, axis=1, output_type=tf.int32)


class Judgement:
    """Held-out pairs of the four kinds (real? x matches?) and both logits of each.

    Args:
        model: `TwoScoreTextToImageGAN`.
        pictures: `CaptionedPictures` of a held-out split; their main captions are used.
        real, fake: uint8 `(n, height, width, channels)`, of the first n captions; see
            `generation.beside_truth`.
        seed: seed of the wrong captions.

    Attributes:
        captions, wrong_captions: lists of str.
        images: `{is_real: uint8 (n, height, width, channels)}`, the generated ones for `captions`.
        logits: `{(is_real, matches): {"realism": float32 (n,), "match": float32 (n,)}}`.

    Raises:
        RequestError: a picture has no wrong caption, for instance as all captions read alike.
    """

    def __init__(self, model, pictures, real, fake, seed):
        random = np.random.default_rng(seed)
        tokenizer = text.tokenizer_for(model.text_encoder)
        table = CaptionTable(pictures.captions)
        self.captions = [texts[0] for texts in pictures.captions[:len(real)]]
        wrong, _ = MismatchSampler(table, tokenizer).draw_captions(
            np.arange(len(real))[:, None], lambda _: random.random((len(real), 2)))
        self.wrong_captions = [table.texts[number] for number in wrong]
        tokens = {True: tokenizer(tf.constant(self.captions)),
                  False: tokenizer(tf.constant(self.wrong_captions))}
        self.images = {True: real, False: fake}
        self.logits = {
            (is_real, matches): _logits(model, self.images[is_real], tokens[matches])
            for is_real in (True, False) for matches in (True, False)}

    def cases(self, score):
        """Returns the logits `(m,)` of a score and the true answers, bool `(m,)`.

        Realism is asked of all four kinds. The match is asked of real pictures alone: whether a
        generated one shows its caption is not known.
        """
        kinds = [kind for kind in self.logits if score == "realism" or kind[0]]
        answers = [kind[0] if score == "realism" else kind[1] for kind in kinds]
        logits = [self.logits[kind][score] for kind in kinds]
        return np.concatenate(logits), np.repeat(answers, [len(values) for values in logits])


def _logits(model, images, tokens):
    parts = [model.judge(image.to_float(images[i:i + _BATCH]), model.embed(tokens[i:i + _BATCH]))
             for i in range(0, len(images), _BATCH)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def calibrate(model, pictures, seed=0):
    """Fits each score's probabilities to a held-out split; see `zoo.metrics.calibration.fit`.

    Returns:
        `{"realism": …, "match": …}`, the `calibration` of `TwoScoreTextToImageGAN`.

    Raises:
        RequestError: see `Judgement`.
    """
    real, stages = generation.beside_truth(model, pictures, len(pictures), seed)
    judgement = Judgement(model, pictures, real, stages[-1], seed)
    return {score: calibration.fit(*judgement.cases(score)) for score in model.scores}


def measure(judgement, calibrations):
    """Measures both scores of a `Judgement`.

    Returns:
        `{metric: (values (n,), statistic of rows of values)}`, for bootstrap intervals:
        `realism_accuracy`, `match_accuracy` and their `…_calibration_error`, in [0, 1]; and the
        2x2 table as shares of pairs of each kind that are called real and called matching,
        `called_real_of_generated_mismatched`, ….
    """
    found = {}
    for score, of_score in calibrations.items():
        logits, answers = judgement.cases(score)
        rows = np.stack([calibration.probabilities(logits, **of_score), answers], axis=1)
        found[f"{score}_accuracy"] = (rows, lambda r: calibration.accuracy(r[:, 0], r[:, 1] > 0))
        found[f"{score}_calibration_error"] = (
            rows, lambda r: calibration.expected_calibration_error(r[:, 0], r[:, 1] > 0))
    for (is_real, matches), logits in judgement.logits.items():
        kind = f"{'real' if is_real else 'generated'}_{'matching' if matches else 'mismatched'}"
        for score, name in (("realism", "called_real"), ("match", "called_matching")):
            found[f"{name}_of_{kind}"] = (
                (logits[score] > calibrations[score]["threshold"]).astype(float), np.mean)
    return found


def worst_sheet(judgement, calibrations):
    """Draws the worst of each kind; beside each generated picture stands the true one.

    Four columns: generated and least real, generated and least matching, real and called least
    real, real with a wrong caption and called most matching.

    Returns:
        uint8 `(height, width, 3)`.
    """
    def worst(title, kind, score, sign, captions):
        probability = calibration.probabilities(
            judgement.logits[kind][score], **calibrations[score])
        for index in np.argsort(sign * probability, kind="stable")[:_WORST]:
            shown = [judgement.images[kind[0]][index], judgement.images[True][index]]
            yield f"{title} {probability[index]:.2f} {captions[index]}", shown

    right, wrong = judgement.captions, judgement.wrong_captions
    return sheets.labelled([
        *worst("fake: real?", (False, True), "realism", 1, right),
        *worst("fake: match?", (False, True), "match", 1, right),
        *worst("real: real?", (True, True), "realism", 1, right),
        *worst("real: match?", (True, False), "match", -1, wrong)], columns=4)
