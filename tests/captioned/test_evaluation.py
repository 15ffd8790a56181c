"""Captions with several right answers: none of them counts as a wrong one."""

import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from zoo.captioned.evaluation import Evaluation
from zoo.core import networks
from zoo.data.captioned import CaptionedPictures
from zoo.layers.image_encoder import ImageEncoder
from zoo.layers.text_encoder import TextEncoder
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TextToImageGAN

SIZE = 16


def collection(*captions, seed=0):
    pixels = np.random.default_rng(seed).integers(256, size=(len(captions), SIZE, SIZE, 3))
    encoded = [tf.io.encode_png(picture).numpy() for picture in pixels.astype(np.uint8)]
    return CaptionedPictures(encoded.__getitem__, [(caption,) for caption in captions])


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Of untrained networks; of each of two captions four pictures in the split."""
    folder = tmp_path_factory.mktemp("encoder")
    with helpers.without_graphs():
        text_encoder = TextEncoder(("red", "blue"), "convolution", 4, 4, output_dim=4)
        networks.save(text_encoder, folder, "text_encoder")
        networks.save(ImageEncoder(SIZE, channels=(2, 3), output_dim=4), folder, "image_encoder")
        model = TextToImageGAN(DFGANGenerator((4, 4, 4), 3, text_dim=4),
                               DFGANDiscriminator((4, 4, 4), text_dim=4), text_encoder)
        split = collection("red", "red", "red", "red", "blue", "blue", "blue", "blue")
        found = Evaluation(model, split, folder, None, seed=0).results(
            collection(*["red", "blue"] * 5, seed=1))
    return {name: result["value"] for name, result in found.items()}


def test_a_picture_finds_its_caption_however_many_pictures_have_it(results):
    # The four texts that are wrong come before all of the right ones, or after them all.
    for kind in ("r_precision", "true_r_precision"):
        assert results[f"{kind}_at_5"] == 1.0
    assert results["pixel_r_precision_at_5"] == 1.0  # Of eight pictures four are right.


def test_permuted_captions_are_others(results):
    # Of two captions the one is found where the other is not.
    assert results["permuted_r_precision_at_1"] == 1.0 - results["r_precision_at_1"]


def test_one_picture_again_and_again_fails(results):
    assert results["one_picture_diversity_ratio"] == 0.0
    assert results["one_picture_coverage"] == pytest.approx(1 / 9)  # Four and five answers each.
    assert results["one_picture_manifold_recall"] == 0.0  # Balls of no size, without a true one.


def test_true_pictures_are_measured_by_the_same_measures(results):
    names = {f"manifold_{name}" for name in ("precision", "recall", "density", "coverage")}
    assert results.keys() >= names | {f"real_against_real_{name}" for name in names}
