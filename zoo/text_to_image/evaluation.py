"""Does the picture show its caption, does it look real, and does the noise do anything?"""

import numpy as np
import tensorflow as tf

from zoo.core import networks
from zoo.data import image, text
from zoo.metrics import bootstrap, frechet, inception, retrieval
from zoo.metrics import image as image_metrics
from zoo.text_to_image import generation, judgement, modes, samples
from zoo.text_to_image.two_score import TwoScoreTextToImageGAN

_DIVERSITY_CAPTIONS, _DIVERSITY_SAMPLES = 16, 8


def evaluate(model, pictures, training_pictures, encoder_folder, max_examples, seed):
    """Measures the averaged generator on the main captions of a split.

    Args:
        model: `TextToImageGAN`.
        pictures: `CaptionedPictures`.
        training_pictures: those of the training split, in which a caption may have more answers.
        encoder_folder: folder of the evaluation encoder's networks `text_encoder` and
            `image_encoder`, which the GAN has never seen.
        max_examples: int, or None for the whole split.
        seed: seed of noise and of the bootstrap.

    Returns:
        (results, worst). `worst` is the sheet of the worst samples of each kind, uint8
        `(height, width, 3)`, or None where D does not give two scores. `results` is
        `{metric: {"value", "low", "high"}}`, 95 % bootstrap intervals. `r_precision_at_k`: a
        generated picture finds its caption among all captions of the split, by the evaluation
        encoder; `true_r_precision_at_k`: the true pictures' own; `pixel_r_precision_at_k`: finds
        its true picture among all of them at 16x16 pixels, without a model;
        `frechet_distance`: in the evaluation encoder's unit-length features, in [0, 4];
        `inception_frechet_distance` where the ImageNet weights can be loaded;
        `sharpness_ratio`: mean gradient magnitude over the true pictures';
        `nearest_mode_distance`: to the nearest true picture of the same caption, RMS of pixels in
        [0, 1] at 16x16; `diversity_fixed_caption` and `diversity_over_captions`: mean such
        distance between samples. With two scores also what `judgement.measure` returns, and
        `best_of_8_r_precision_at_1`.
    """
    count = min(len(pictures), max_examples or len(pictures))
    real, fake = generation.beside_truth(model, pictures, count, seed)
    embed, texts = _encode(encoder_folder, [captions[0] for captions in pictures.captions[:count]])
    results = _retrieval(real, fake, embed, texts, seed)
    sharpness = [image_metrics.gradient_magnitude(images) for images in (fake, real)]
    results["sharpness_ratio"] = _with_interval(
        tuple(sharpness), lambda fake, real: fake.mean() / real.mean(), seed)
    results["nearest_mode_distance"] = _with_interval(
        modes.nearest_distances(fake, pictures, training_pictures), np.mean, seed)
    results |= _diversity(model, pictures, fake, seed)
    results |= _inception(real, fake, seed)
    if not isinstance(model, TwoScoreTextToImageGAN):
        return results, None
    pairs = judgement.Judgement(model, pictures, real, fake, seed)
    results |= _judged(model, pairs, embed, texts, seed)
    return results, judgement.worst_sheet(pairs, model.temperatures)


def _encode(folder, captions):
    """Returns (function from uint8 pictures to features, features of the captions)."""
    encoders = {name: networks.load(folder, name)
                for name in ("text_encoder", "image_encoder")}
    size = encoders["image_encoder"].image_size

    def embed(images):
        scaled = tf.image.resize(image.to_float(images), (size, size), method="area")
        return encoders["image_encoder"].predict(scaled, verbose=0)

    tokens = text.Tokenizer(encoders["text_encoder"].vocabulary)(tf.constant(captions))
    return embed, encoders["text_encoder"].predict(tokens, verbose=0)


def _retrieval(real, fake, embed, texts, seed):
    real_features, fake_features = embed(real), embed(fake)
    pixels = [image_metrics.to_pixel_features(images) for images in (fake, real)]
    ranks = {
        "r_precision": retrieval.ranks(fake_features, texts),
        "true_r_precision": retrieval.ranks(real_features, texts),
        "pixel_r_precision": retrieval.ranks(*pixels, similarity="negative_l2"),
    }
    results = {
        f"{name}_at_{k}": _with_interval((rank < k).astype(float), np.mean, seed)
        for name, rank in ranks.items() for k in (1, 5, 10)}
    # Of unit length, as the encoder was trained to compare them: a scale that means something.
    features = tuple(f / np.linalg.norm(f, axis=1, keepdims=True)
                     for f in (real_features, fake_features))
    results["frechet_distance"] = _with_interval(
        features, frechet.frechet_distance, seed, num_resamples=50, unbias=True)
    return results


def _diversity(model, pictures, fake, seed):
    indices = np.linspace(0, len(pictures) - 1, min(len(pictures), _DIVERSITY_CAPTIONS))
    captions = [pictures.captions[int(index)][0] for index in indices]
    tokenizer = text.Tokenizer(model.text_encoder.vocabulary)
    images = samples.sample(model, tokenizer, captions, seed, _DIVERSITY_SAMPLES)
    within = np.array([
        image_metrics.mean_pairwise_distance(image_metrics.to_pixel_features(row))
        for row in images])
    return {
        "diversity_fixed_caption": _with_interval(within, np.mean, seed),
        "diversity_over_captions": _with_interval(
            image_metrics.to_pixel_features(fake), image_metrics.mean_pairwise_distance, seed,
            num_resamples=50, unbias=True),
    }


def _judged(model, pairs, embed, texts, seed):
    results = {name: _with_interval(values, statistic, seed)
               for name, (values, statistic) in judgement.measure(
                   pairs, model.temperatures).items()}
    tokens = text.Tokenizer(model.text_encoder.vocabulary)(tf.constant(pairs.captions))
    best = np.concatenate([judgement.best_of(model, tokens[i:i + 8], seed + i, 8)[0]
                           for i in range(0, len(tokens), 8)])
    results["best_of_8_r_precision_at_1"] = _with_interval(
        (retrieval.ranks(embed(best), texts) < 1).astype(float), np.mean, seed)
    return results


def _inception(real, fake, seed):
    try:
        network = inception.load_inception()
    except OSError as error:
        print(f"no FID on InceptionV3: {error}", flush=True)
        return {}
    features = [inception.inception_features(network, images) for images in (real, fake)]
    return {"inception_frechet_distance": _with_interval(
        tuple(features), frechet.frechet_distance, seed, num_resamples=10, unbias=True)}


def _with_interval(values, statistic, seed, num_resamples=1000, unbias=False):
    arrays = values if isinstance(values, tuple) else (values,)
    low, high = bootstrap.bootstrap_interval(
        values, statistic, num_resamples=num_resamples, seed=seed, unbias=unbias)
    return {"value": float(statistic(*arrays)), "low": float(low), "high": float(high)}
