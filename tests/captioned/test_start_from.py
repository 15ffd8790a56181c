"""A new run that starts from another's weights, on captions with other words."""

import dataclasses

import numpy as np
import pytest

from zoo.captioned.experiment import TEXT_ENCODER
from zoo.core import networks, runs
from zoo.core.checkpoint import Checkpointer
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import vocabulary
from zoo.errors import RequestError
from zoo.layers.text_encoder import TextEncoder
from zoo.text_image_matching.experiment import VOCABULARY, MatchingExperiment
from zoo.text_to_image.experiment import GANCLSExperiment

OLD, SHUFFLED, CHANGED = ("red", "heart", "blue"), ("blue", "red"), ("blue", "green", "red")


def gan(folder, words, **sizes):
    """Returns the experiment and the model of a tiny GAN in a folder."""
    folder.mkdir()
    sizes = {"embedding_dim": 4, "units": 3, "output_dim": 6} | sizes
    networks.save(TextEncoder(words, **sizes), folder, TEXT_ENCODER)
    experiment = GANCLSExperiment(Settings(model="text_to_image/gan_cls", hparams={
        "image_size": "32", "generator_base_channels": "2", "discriminator_base_channels": "2",
        "text_projection_dim": "2", "latent_dim": "3"}))
    return experiment, experiment.build_model(folder)


def matcher(folder, words):
    folder.mkdir()
    vocabulary.write(folder / VOCABULARY, words)
    experiment = MatchingExperiment(Settings(model="text_image_matching/contrastive", hparams={
        "image_size": "16", "image_channels": "2,3", "embedding_dim": "4", "units": "3",
        "output_dim": "6"}))
    return experiment, experiment.build_model(folder)


def rows(encoder):
    return dict(zip(("", "?", *encoder.vocabulary), np.array(encoder.embedding.embeddings)))


@pytest.fixture(scope="module")
def old_gan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old") / "run"
    _, model = gan(folder, OLD)
    Checkpointer(Workdir(folder).checkpoints, model, optimizers=False).save(1)
    return folder, model


@pytest.mark.parametrize("words", [SHUFFLED, OLD])
def test_a_gan_takes_the_text_encoder_over_by_word(old_gan, tmp_path, capsys, words):
    folder, old = old_gan
    experiment, model = gan(tmp_path / "new", words)
    experiment.start_from(model, folder, runs.restore_into)
    assert f"{len(words)} of {len(words)} words taken over" in capsys.readouterr().out
    own, others = rows(model.text_encoder), rows(old.text_encoder)
    for word in words:
        np.testing.assert_array_equal(own[word], others[word])
    for name in ("generator", "discriminator", "ema_generator"):
        for one, other in zip(getattr(model, name).weights, getattr(old, name).weights):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("words", [CHANGED, ("some", "other", "words")])
def test_a_gan_with_new_words_keeps_the_encoder_that_knows_them(
        old_gan, tmp_path, capsys, words):
    """Of the same size as the old one, whose weights ran under the new words in silence."""
    folder, old = old_gan
    experiment, model = gan(tmp_path / "new", words)
    before = model.text_encoder.get_weights()
    experiment.start_from(model, folder, runs.restore_into)
    for one, other in zip(model.text_encoder.get_weights(), before):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(model.generator.get_weights()[0], old.generator.get_weights()[0])
    known = len(set(words) & set(OLD))
    assert f"the other knows {known} of its 3 words" in capsys.readouterr().out


def test_an_encoder_of_another_length_is_one_line(old_gan, tmp_path):
    experiment, model = gan(tmp_path / "new", OLD, output_dim=5)
    with pytest.raises(RequestError, match="gives 6 numbers a caption, this run's 5"):
        experiment.start_from(model, old_gan[0], runs.restore_into)


def test_a_matcher_takes_words_over_and_starts_new_ones_anew(tmp_path, capsys):
    _, old = matcher(tmp_path / "old", OLD)
    Checkpointer(Workdir(tmp_path / "old").checkpoints, old, optimizers=False).save(1)
    experiment, model = matcher(tmp_path / "new", CHANGED)
    green = rows(model.generator.text_encoder)["green"]
    experiment.start_from(model, tmp_path / "old", runs.restore_into)
    assert "2 of 3 words taken over; new: green" in capsys.readouterr().out
    for network in ("generator", "ema_generator"):
        own, others = (rows(getattr(each, network).text_encoder) for each in (model, old))
        for word in ("", "?", "red", "blue"):
            np.testing.assert_array_equal(own[word], others[word])
        image_encoders = [getattr(each, network).image_encoder for each in (model, old)]
        for one, other in zip(*(each.get_weights() for each in image_encoders)):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(rows(model.generator.text_encoder)["green"], green)


def test_a_text_encoder_trained_first_starts_from_the_other_runs(tmp_path):
    experiment, _ = gan(tmp_path / "new", CHANGED)
    (tmp_path / "old" / TEXT_ENCODER).mkdir(parents=True)
    Workdir(tmp_path / "old" / TEXT_ENCODER).model_card.touch()
    for init_from, expected in ((str(tmp_path / "old"), str(tmp_path / "old" / TEXT_ENCODER)),
                                ("df_gan_openmoji64", ""), ("", "")):
        settings = dataclasses.replace(experiment.settings, init_from=init_from)
        [first] = GANCLSExperiment(settings).training_prerequisites().values()
        assert first.init_from == expected and first.hparams["max_words"] == "24"


def test_the_word_limit_of_a_run_is_its_own(tmp_path):
    for name in ("encoder", "run"):
        (tmp_path / name).mkdir()
    networks.save(TextEncoder(OLD, embedding_dim=4, units=3, output_dim=6), tmp_path / "encoder",
                  TEXT_ENCODER)
    GANCLSExperiment(Settings(hparams={
        "max_words": "40", "text_encoder": str(tmp_path / "encoder")})).prepare(tmp_path / "run")
    assert networks.load(tmp_path / "run", TEXT_ENCODER).max_words == 40
    with pytest.raises(RequestError, match="max_words=0: must be at least 1"):
        GANCLSExperiment(Settings(hparams={"max_words": "0"}))
