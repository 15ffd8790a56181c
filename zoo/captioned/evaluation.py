"""Does the picture show its caption, does it look real, and does the noise do anything?"""

import numpy as np
import tensorflow as tf

from zoo.captioned import generation, modes, samples
from zoo.core import networks
from zoo.data import image, text
from zoo.metrics import inception, manifold, retrieval
from zoo.metrics import image as image_metrics
from zoo.metrics.bootstrap import with_interval
from zoo.metrics.distances import distances, others, real_against_real
from zoo.metrics.encoder import image_features

_DIVERSITY_CAPTIONS, _DIVERSITY_SAMPLES = 16, 8
_COVERING_SAMPLES = 16


class Evaluation:
    """The averaged generator's pictures for the main captions of a split, and who judges them.

    Pictures are generated and the encoder is loaded once, for all that is measured.

    Args:
        model: `CaptionedGAN`.
        pictures: `CaptionedPictures`.
        encoder_folder: folder of the evaluation encoder's networks `text_encoder` and
            `image_encoder`, which the GAN has never seen.
        max_examples: int, or None for the whole split.
        seed: seed of noise and of the bootstrap.

    Attributes:
        real, fake: uint8 `(n, height, width, channels)`, true and generated pictures.
        earlier: `{stage: uint8 (n, height, width, channels)}`, of a generator with several stages
            what those before the last make, enlarged bicubically to the full size.
        texts: float32 `(n, dim)`, the encoder's features of the captions.
        same_caption: bool `(n, n)`, whose pictures have the same caption.
    """

    def __init__(self, model, pictures, encoder_folder, max_examples, seed):
        self.model = model
        self.pictures = pictures
        self.seed = seed
        count = min(len(pictures), max_examples or len(pictures))
        self.real, stages = generation.beside_truth(model, pictures, count, seed)
        self.fake = stages[-1]
        self.earlier = {name: _enlarged(images, self.fake.shape[1:3])
                        for name, images in zip(generation.STAGES, stages[:-1])}
        self._encoders = {name: networks.load(encoder_folder, name)
                          for name in ("text_encoder", "image_encoder")}
        captions = np.array([captions[0] for captions in pictures.captions[:count]])
        self.same_caption = captions[:, None] == captions
        tokens = text.tokenizer_for(self._encoders["text_encoder"])(tf.constant(captions))
        self.texts = self._encoders["text_encoder"].predict(tokens, verbose=0)

    def embed(self, images):
        """Returns the encoder's unit-length features, float32 `(n, dim)`, of uint8 pictures."""
        return image_features(self._encoders["image_encoder"], images)

    def results(self, training_pictures):
        """Measures all that every caption-conditioned generator is measured by.

        Args:
            training_pictures: `CaptionedPictures` of the training split, in which a caption may
                have more answers, and of which as many as are measured are drawn for the row
                "real against real".

        Returns:
            `{metric: {"value", "low", "high"}}`, 95 % bootstrap intervals. `r_precision_at_k`: a
            generated picture finds its caption among all captions of the split, by the evaluation
            encoder; `true_r_precision_at_k`: the true pictures' own; `pixel_r_precision_at_k`:
            finds its true picture, or another one of its caption, among all of them at 16x16
            pixels, without a model;
            `frechet_distance` and `kernel_distance`: in the evaluation encoder's unit-length
            features, in [0, 4] and up to 16; `manifold_precision`, `manifold_recall`,
            `manifold_density` and `manifold_coverage`: in the same, see `zoo.metrics.manifold`;
            `real_against_real_…`: those of true pictures of the training split, as many; the
            distances also on Inception's features as `inception_…` where the ImageNet weights can
            be loaded;
            `sharpness_ratio`: mean gradient magnitude over the true pictures'; these (but for the
            manifold's) with `stage_one_` before them, of the first stage enlarged to the full size,
            where there is one; `nearest_mode_distance`: to the nearest true picture of the same
            caption, RMS of pixels in [0, 1] at 16x16; `diversity_fixed_caption` and
            `diversity_over_captions`: mean such distance between samples. Where captions have
            several right answers in the split and in training: `coverage`, the share of those of a
            caption that are the nearest one to at least one of 16 draws, `ideal_coverage` of draws
            that are any of them evenly; `diversity_ratio`, the mean distance between draws over
            that between right answers. Controls that are to fail: `permuted_r_precision_at_1`, by
            the captions of other pictures, at chance; one generated picture again and again, which
            has an example's share of `one_picture_manifold_recall` and
            `one_picture_manifold_coverage` (precision and density do not tell, as it may be a good
            one), and, of a caption, `one_picture_coverage` of one answer and no
            `one_picture_diversity_ratio`.
        """
        real_features = self.embed(self.real)
        others_drawn = others(len(training_pictures), len(self.real), self.seed)
        other = image.to_uint8(image.decode(
            tf.constant(training_pictures.pictures(others_drawn)), self.fake.shape[1])).numpy()
        fake_features = self.embed(self.fake)
        results = self._fidelity(self.fake, fake_features, real_features)
        results |= _at_each_k("permuted_r_precision", retrieval.ranks(
            fake_features, self.texts, self.same_caption[_of_another_caption(self.same_caption)]),
            self.seed, (1,))
        other_features = self.embed(other)
        results |= real_against_real(real_features, other_features, self.seed, scale=1.0)
        results |= self._manifold(real_features, fake_features, other_features)
        results |= _at_each_k("true_r_precision", retrieval.ranks(
            real_features, self.texts, self.same_caption), self.seed)
        for stage, images in self.earlier.items():
            results |= {f"{stage}_{name}": result
                        for name, result in self._fidelity(
                            images, self.embed(images), real_features).items()}
        results["nearest_mode_distance"] = with_interval(
            modes.nearest_distances(self.fake, self.pictures, training_pictures), np.mean,
            self.seed)
        results |= modes.coverage_of(
            lambda captions: self._draws(captions, _COVERING_SAMPLES), self.fake.shape[1],
            self.seed, self.pictures, training_pictures)
        return results | self._diversity() | inception.distances(
            self.real, self.fake, other, self.seed)

    def _fidelity(self, images, features, real_features):
        pixels = [image_metrics.to_pixel_features(each) for each in (images, self.real)]
        results = _at_each_k("r_precision", retrieval.ranks(
            features, self.texts, self.same_caption), self.seed)
        results |= _at_each_k("pixel_r_precision", retrieval.ranks(
            *pixels, self.same_caption, similarity="negative_l2"), self.seed)
        results |= distances(real_features, features, self.seed, scale=1.0)
        sharpness = tuple(image_metrics.gradient_magnitude(each) for each in (images, self.real))
        results["sharpness_ratio"] = with_interval(
            sharpness, lambda fake, real: fake.mean() / real.mean(), self.seed)
        return results

    def _manifold(self, real, fake, other):
        results = manifold.measure(real, fake, self.seed)
        results |= {f"real_against_real_{name}": result
                    for name, result in manifold.measure(real, other, self.seed).items()}
        one = manifold.measure(real, fake[:1].repeat(len(fake), axis=0), self.seed)
        return results | {f"one_picture_{name}": one[name]
                          for name in ("manifold_recall", "manifold_coverage")}

    def _draws(self, captions, count):
        return samples.sample(
            self.model, text.tokenizer_for(self.model.text_encoder), captions, self.seed, count)

    def _diversity(self):
        indices = np.linspace(
            0, len(self.pictures) - 1, min(len(self.pictures), _DIVERSITY_CAPTIONS))
        captions = [self.pictures.captions[int(index)][0] for index in indices]
        images = self._draws(captions, _DIVERSITY_SAMPLES)
        within = np.array([
            image_metrics.mean_pairwise_distance(image_metrics.to_pixel_features(row))
            for row in images])
        return {
            "diversity_fixed_caption": with_interval(within, np.mean, self.seed),
            "diversity_over_captions": with_interval(
                image_metrics.to_pixel_features(self.fake), image_metrics.mean_pairwise_distance,
                self.seed, num_resamples=50, unbias=True),
        }


def _at_each_k(name, ranks, seed, ks=(1, 5, 10)):
    return {f"{name}_at_{k}": with_interval((ranks < k).astype(float), np.mean, seed) for k in ks}


def _of_another_caption(same_caption):
    """Returns for each row another one, int `(n,)`: of another caption, unless half have one."""
    by_caption = np.argsort(same_caption.argmax(axis=1), kind="stable")
    others_of = np.empty_like(by_caption)
    others_of[by_caption] = np.roll(by_caption, same_caption.sum(axis=1).max())
    return others_of


def _enlarged(images, size):
    enlarged = tf.image.resize(images, size, method="bicubic")
    return tf.cast(tf.round(tf.clip_by_value(enlarged, 0.0, 255.0)), tf.uint8).numpy()
