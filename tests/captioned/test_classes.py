"""Pictures whose captions name a colour: a classifier learns colours and judges by them."""

import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from zoo.captioned import classes, generation
from zoo.captioned.evaluation import Evaluation
from zoo.core import networks
from zoo.core.settings import Settings
from zoo.data.captioned import CaptionedPictures
from zoo.errors import RequestError
from zoo.layers.image_encoder import ImageEncoder
from zoo.layers.text_encoder import TextEncoder
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TextToImageGAN
from zoo.text_to_image.experiment import DFGANExperiment

SIZE = 16
COLOURS = {"red": (230, 20, 20), "blue": (20, 20, 230)}


def collection(*captions, seed=0):
    """Pictures in the colour that their captions name, with noise."""
    random = np.random.default_rng(seed)
    encoded = []
    for each in captions:
        colour = next((rgb for name, rgb in COLOURS.items() if name in " ".join(each)), (99,) * 3)
        noisy = np.clip(random.normal(colour, 40, (SIZE, SIZE, 3)), 0, 255).astype(np.uint8)
        encoded.append(tf.io.encode_png(noisy).numpy())
    return CaptionedPictures(encoded.__getitem__, list(captions))


@pytest.fixture(scope="module")
def training():
    return collection(*[("disc", "disc in red style"), ("box", "Blue, box")] * 20)


@pytest.fixture(scope="module")
def trained(training, tmp_path_factory):
    folder = tmp_path_factory.mktemp("classes")
    with helpers.without_graphs():
        return folder, classes.classifier(
            folder, training, ("red", "blue"), SIZE, steps=10, seed=0)


def test_a_class_is_a_word_of_some_caption_and_of_one_class_alone():
    named = classes.NamedClasses(collection(
        ("disc", "a disc，RED风格", "red"), ("reddish", "disc"), ("red", "blue box"),
        ("no, blue",)), ("Red", "blue"))
    np.testing.assert_array_equal(named.indices, [0, 3])
    np.testing.assert_array_equal(named.labels, [0, 1])
    assert named.captions == ["a disc，RED风格", "no, blue"]


def test_it_learns_and_is_kept(training, trained, capsys):
    folder, network = trained
    again = classes.classifier(folder, training, ("red", "blue"), SIZE, steps=10, seed=0)
    assert "learns" not in capsys.readouterr().out
    rows = np.random.default_rng(1).uniform(-1, 1, (3, SIZE, SIZE, 3)).astype(np.float32)
    np.testing.assert_allclose(again(rows), network(rows), atol=1e-5)


def test_true_pictures_are_told_apart_and_generated_ones_are_judged_alike(trained, monkeypatch):
    model = TextToImageGAN(DFGANGenerator((4, 4, 4), 3, text_dim=4),
                           DFGANDiscriminator((4, 4, 4), text_dim=4),
                           TextEncoder(("red", "blue", "disc"), "convolution", 4, 4, output_dim=4))
    split = collection(*[("disc", "disc in red style"), ("green",), ("disc", "blue disc")] * 4,
                       seed=1)

    def measured(**options):
        found = classes.measure(model, trained[1], split, ("red", "blue"), seed=0,
                                **{"max_examples": None} | options)
        return {name: (result["value"], result["count"]) for name, result in found.items()}

    with helpers.without_graphs():
        assert measured()["true_class_accuracy"] == (1.0, 8)
        assert measured(max_examples=3)["true_class_accuracy"] == (1.0, 3)
    blue = np.broadcast_to(np.uint8(COLOURS["blue"]), (8, SIZE, SIZE, 3))
    asked = []
    monkeypatch.setattr(generation, "generate_many",
                        lambda model, tokens, latents: asked.append(tokens.numpy()) or blue)
    assert measured()["class_accuracy"] == (0.5, 8)  # Half of the captions name blue.
    np.testing.assert_array_equal(asked[0][:, :3], [[4, 1, 2], [3, 4, 0]] * 4)  # "blue disc"
    split = collection(("green",))
    assert measured()["class_accuracy"] == (None, 0)


@pytest.mark.parametrize("words, message", [
    (("red",), "name two classes or more"), (("red", "Red"), "name two classes or more"),
    (("red", "light blue"), "'light blue' is not one word"),
    (("red", "green"), "no picture of the split train has a caption with the word 'green'")])
def test_classes_that_can_not_be_learnt_are_refused(training, words, message):
    with pytest.raises(RequestError, match=message):
        classes.check(training, words)


def test_evaluate_has_a_classifier_learn_where_classes_are_asked_for(
        training, tmp_path, monkeypatch):
    encoder = tmp_path / "evaluation_encoder"
    encoder.mkdir()
    text_encoder = TextEncoder(("red", "blue", "disc"), "convolution", 4, 4, output_dim=4)
    for folder in (tmp_path, encoder):
        networks.save(text_encoder, folder, "text_encoder")
    networks.save(ImageEncoder(SIZE, channels=(2, 3), output_dim=4), encoder, "image_encoder")
    monkeypatch.setattr(Evaluation, "results", lambda self, training: {"others": 1})

    def evaluate(**hparams):
        experiment = DFGANExperiment(Settings(model="text_to_image/df_gan", hparams={
            "image_size": "16", "generator_channels": "4,4,4", "latent_dim": "3",
            "discriminator_channels": "4,4,4"} | hparams))
        monkeypatch.setattr(experiment, "pictures", lambda split: training)
        return experiment.evaluate(
            experiment.build_model(tmp_path), tmp_path, "test", 6, seed=0)

    assert evaluate() == {"others": 1}
    with helpers.without_graphs():
        found = evaluate(class_words="red,blue", classifier_steps="1")
    assert found.keys() == {"others", "class_accuracy", "true_class_accuracy"}
    assert found["class_accuracy"]["count"] == 6
    assert networks.exists(tmp_path, classes.CLASSIFIER)
