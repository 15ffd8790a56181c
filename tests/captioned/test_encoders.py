"""The encoders that a run names or trains first, checked before anything is read or written."""

import pytest

from zoo.core.settings import Settings
from zoo.errors import RequestError
from zoo.registry import REGISTRY

GANS = ["text_to_image/df_gan", "text_to_image/gan_cls", "stackgan/stage_one",
        "stackgan/multi_stage"]
WITH_ENCODER = [*GANS, "stackgan/stage_two", "image_to_image/pix2pix", "video_prediction/dna"]


def experiment(model, **hparams):
    return REGISTRY[model](Settings(model=model, dataset="no_such_data", hparams=hparams))


@pytest.mark.parametrize("model", WITH_ENCODER)
def test_an_evaluation_encoder_that_is_not_there_is_told_before_training(model):
    with pytest.raises(RequestError, match="--hparam=evaluation_encoder=nowhere: neither"):
        experiment(model, evaluation_encoder="nowhere").check_request()


@pytest.mark.parametrize("model", WITH_ENCODER)
def test_another_kind_of_run_is_told_too(model):
    with pytest.raises(RequestError, match="evaluation_encoder=mask_unet_asterisk: holds no"):
        experiment(model, evaluation_encoder="mask_unet_asterisk").check_request()


@pytest.mark.parametrize("model", WITH_ENCODER)
def test_it_is_kept_as_an_absolute_reference(model, tmp_path, monkeypatch):
    (tmp_path / "encoder").mkdir()
    monkeypatch.chdir(tmp_path)
    kept = experiment(model, evaluation_encoder="encoder").settings.hparams
    assert kept["evaluation_encoder"] == str(tmp_path / "encoder")
    kept = experiment(model, evaluation_encoder="text_encoder_openmoji64").settings.hparams
    assert kept["evaluation_encoder"] == "text_encoder_openmoji64"


@pytest.mark.parametrize("given, trained", [
    ("evaluation_encoder", "text_encoder"), ("text_encoder", "evaluation_encoder")])
def test_pictures_that_an_encoder_cannot_take_are_refused_before_training(given, trained):
    with pytest.raises(RequestError, match=(
            f"image_size=40: the encoder that --hparam={trained}= trains halves pictures 4 times; "
            "choose a multiple of 16, or name a finished encoder")):
        experiment("text_to_image/df_gan", image_size="40",
                   **{given: f"{given}_openmoji64"}).check_request()


@pytest.mark.parametrize("image_size", ["40", "64"])
def test_finished_encoders_take_pictures_of_any_size(image_size):
    with pytest.raises(RequestError, match="--dataset=no_such_data: neither"):  # Comes after.
        experiment("text_to_image/df_gan", image_size=image_size,
                   text_encoder="text_encoder_openmoji64",
                   evaluation_encoder="evaluation_encoder_openmoji64").check_request()


def test_a_matcher_refuses_them_too():
    with pytest.raises(RequestError, match="image_size=20: the encoder halves pictures 3 times"):
        experiment("text_image_matching/contrastive", image_size="20",
                   image_channels="4,5,6").check_request()
