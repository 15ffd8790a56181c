"""`model(x)`, `model.predict` and `model.sample` of every family, from its natural condition."""

import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.image_to_image.test_model import TestPix2Pix as Pix2Pix
from tests.speech_enhancement.test_model import TestMaskUNet as MaskUNet
from tests.speech_enhancement.test_model import TestSEGAN as SEGAN
from tests.stackgan.test_model import TestMultiStage as MultiStage
from tests.stackgan.test_model import TestStageII as StageII
from tests.text_image_matching.test_model import TestMatcher as Matcher
from tests.text_to_image.test_model import TestGANCLS as GANCLS
from tests.video_prediction.test_model import TestDNA as DNA
from tests.video_prediction.test_model import TestMultiScale as MultiScale
from zoo.errors import RequestError
from zoo.image_to_image.hparams import Pix2PixHParams
from zoo.speech_enhancement.hparams import SEGANHParams
from zoo.stackgan.hparams import StageTwoHParams
from zoo.text_to_image.hparams import GANCLSHParams
from zoo.video_prediction.hparams import DNAHParams, MultiScaleHParams

CAPTIONS = ["a red square", "a blue disc", "a zebra"]


def uint8(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def sound(*shape):
    return np.random.default_rng(0).normal(0, 0.1, shape).astype(np.float32)


# Family: its conditions, the shape of what `model(x)` makes of them, and that of `sample`.
CASES = {
    GANCLS: (CAPTIONS, (3, 32, 32, 3), (3, 32, 32, 3)),
    StageII: (CAPTIONS, (3, 32, 32, 3), (3, 32, 32, 3)),
    MultiStage: (CAPTIONS, (3, 32, 32, 3), (3, 32, 32, 3)),
    Pix2Pix: (uint8(3, 16, 16, 3), (3, 16, 16, 3), (3, 16, 16, 3)),
    SEGAN: (sound(3, 100), (3, 100), (3, 100)),
    MaskUNet: (sound(3, 300), (3, 300), (3, 300)),
    DNA: (uint8(3, 4, 8, 8, 3), (3, 8, 8, 3), (3, 16, 8, 8, 3)),
    MultiScale: (uint8(3, 3, 32, 32, 3), (3, 32, 32, 3), (3, 16, 32, 32, 3)),
}


def losses(case, model):
    """Those of one batch, as `evaluate` computes them, without a graph."""
    model.reset_metrics()
    batch = case().batch(np.random.default_rng(0), 2)
    logs = model.test_step({name: tf.constant(value) for name, value in batch.items()})
    return {name: float(value) for name, value in logs.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_inference(case):
    model = helpers.compiled(case().build())
    conditions, shape, sampled_shape = CASES[case]
    made = model(conditions)
    assert made.dtype == tf.float32 and made.shape == shape
    np.testing.assert_allclose(
        model.predict(conditions, verbose=0), made, rtol=1e-4, atol=1e-4)
    samples = model.sample(conditions, seed=3)
    assert samples.dtype == (np.float32 if case in (SEGAN, MaskUNet) else np.uint8)
    assert samples.shape == sampled_shape
    np.testing.assert_array_equal(model.sample(conditions, seed=3), samples)

    evaluated = losses(case, model)
    for weight in model.generator.weights:  # It is the average that answers, and is evaluated.
        weight.assign(weight + 1.0)
    np.testing.assert_array_equal(model(conditions), made)
    assert losses(case, model) == evaluated
    for weight in model.ema_generator.weights:
        weight.assign(weight + 1.0)
    assert np.any(model(conditions) != made)
    assert losses(case, model) != evaluated


def test_noise_is_by_seed_row_and_batch():
    model = GANCLS().build()
    alike = 4 * ["a red square"]
    for weight in model.ema_generator.trainable_weights:  # Pictures that are not grey all over.
        weight.assign(10.0 * weight)
    one, other = model.sample(alike, seed=3), model.sample(alike, seed=4)
    assert np.any(one != other) and np.any(one[0] != one[1])
    np.testing.assert_array_equal(one[:2], model.sample(alike, seed=3)[:2])
    predicted = model.predict(alike, batch_size=2, verbose=0)
    assert np.any(predicted[:2] != predicted[2:])
    np.testing.assert_array_equal(predicted, model.predict(alike, batch_size=2, verbose=0))


@pytest.mark.parametrize("captions", [
    "a red square", ("a red square",), ["a red square"], np.array(["a red square"]),
    np.array(["a red square"], object), tf.constant(["a red square"])], ids=type)
def test_captions_may_come_in_any_container(captions):
    model = StageII().build()
    made = model(["a red square"])
    for again in (model(captions), model.predict(captions, verbose=0)):
        np.testing.assert_allclose(again, made, rtol=1e-4, atol=1e-4)


def test_batches_as_for_training_are_taken_too():
    model = Pix2Pix().build()
    batch = Pix2Pix().batch(np.random.default_rng(0), 5)
    dataset = tf.data.Dataset.from_tensor_slices(batch).batch(2)
    assert model.predict(dataset, verbose=0).shape == (5, 8, 8, 3)
    assert model.predict(list(batch["source"]), verbose=0).shape == (5, 8, 8, 3)
    np.testing.assert_allclose(model(batch)[:1], model(batch["source"])[:1], rtol=1e-5, atol=1e-5)


def test_pictures_may_be_of_any_size_and_of_floats():
    model = Pix2Pix().build()
    pictures = [uint8(7, 18, 3), uint8(16, 16, 3)]
    samples = model.sample(pictures)
    assert [each.shape for each in samples] == [(7, 18, 3), (16, 16, 3)]
    floats = [(picture / 127.5 - 1).astype(np.float32) for picture in pictures]
    for one, other in zip(samples, model.sample(floats)):
        assert np.abs(one.astype(int) - other).max() <= 1
    with pytest.raises(RequestError, match="picture 1: has shape .9, 9, 1., not .*3."):
        model.sample([uint8(9, 9, 3), uint8(9, 9, 1)])
    with pytest.raises(RequestError, match="7x18 pixels: sides must be multiples of 4"):
        model(pictures[0][None])


def test_sound_keeps_its_rate_and_shape():
    model = MaskUNet().build()
    assert model.sample(sound(441), sample_rate=44100).shape == (441,)
    for wrong in (np.zeros(100, np.int16), np.full(100, np.nan), np.zeros((1, 2, 3))):
        with pytest.raises(RequestError, match="samples: "):
            model.sample(wrong)


def test_frames_are_predicted_as_many_as_asked_for():
    model = DNA().build()
    assert model.sample(uint8(1, 3, 8, 10, 3), num_frames=2).shape == (1, 2, 8, 10, 3)
    for wrong in (uint8(1, 2, 8, 8, 3), uint8(1, 3, 4, 8, 3), np.zeros((1, 3, 8, 8, 3))):
        with pytest.raises(RequestError, match="give uint8 .n, time, height, width, 3., 3 or"):
            model.sample(wrong)


def test_a_matcher_embeds_and_makes_no_samples():
    model = helpers.compiled(Matcher().build())
    pictures = uint8(3, 16, 16, 3)
    texts, embedded = model((CAPTIONS, pictures))
    assert texts.shape == embedded.shape == (3, 6)
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1.0, rtol=1e-5)
    predicted = model.predict((CAPTIONS, pictures), verbose=0)
    np.testing.assert_allclose(predicted[0], texts, rtol=1e-5, atol=1e-5)
    with pytest.raises(RequestError, match="TextImageMatcher: makes no samples"):
        model.sample((CAPTIONS, pictures))
    evaluated = losses(Matcher, model)
    for weight in model.generator.weights:
        weight.assign(weight + 1.0)
    assert losses(Matcher, model) == evaluated


def test_the_classes_weights_are_those_of_the_hyperparameters():
    for case, hparams in ((GANCLS, GANCLSHParams()), (StageII, StageTwoHParams()),
                          (Pix2Pix, Pix2PixHParams()), (SEGAN, SEGANHParams()),
                          (DNA, DNAHParams()), (MultiScale, MultiScaleHParams())):
        weights = type(case().build()).default_loss_weights
        assert {name: getattr(hparams, f"{name}_weight", weight)
                for name, weight in weights.items()} == weights
