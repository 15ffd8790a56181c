"""Stage II takes over a finished Stage I, and refuses in one line what does not fit."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from tests import helpers
from tests.stackgan import small
from zoo.core import experiment, networks, runs, trainer
from zoo.core.checkpoint import Checkpointer
from zoo.core.workdir import Workdir
from zoo.errors import RequestError
from zoo.layers.text_encoder import TextEncoder
from zoo.registry import REGISTRY


@pytest.fixture
def request_for(data_dir, tmp_path):
    """Function from changed hyperparameters to the settings of a Stage II."""
    def make(**hparams):
        return small.settings(data_dir, tmp_path / "run", "stackgan/stage_two",
                                 small.STAGE_TWO | hparams)
    return make


def refused(settings):
    """The message with which a run is refused before anything is written."""
    with pytest.raises(RequestError) as error:
        trainer.train(settings, REGISTRY)
    assert not Workdir(settings.workdir).path.exists()
    message = str(error.value)
    assert "\n" not in message
    return message


def test_stage_two_goes_on_with_the_average_of_stage_one_and_its_text_encoder(
        stage_one, request_for):
    settings = request_for(stage_one=str(stage_one.path))
    trainer.train(settings, REGISTRY)
    assert not (Workdir(settings.workdir).path / "stage_one").exists()
    first = runs.load_run(stage_one.path, REGISTRY)[1]
    second = runs.load_run(settings.workdir, REGISTRY)[1]
    for ours, theirs in ((second.stage_one, first.ema_generator),
                         (second.text_encoder, first.text_encoder)):
        assert len(ours.weights) == len(theirs.weights) > 0
        for one, other in zip(ours.weights, theirs.weights):
            np.testing.assert_array_equal(one, other)


def test_a_command_trains_both_stages_where_none_is_given(stage_two):
    inner = Workdir(stage_two.path / "stage_one")
    assert inner.settings().model == "stackgan/stage_one"
    assert Workdir(inner.path / "text_encoder").settings().model == (
        "text_image_matching/contrastive")
    recorded, outer = inner.settings().hparams, stage_two.settings().hparams
    assert recorded["image_size"] == "16" and recorded["generator_channels"] == "8,6"
    assert recorded["g_kl_weight"] == outer["g_kl_weight"]
    assert [float(recorded[f"g_l{power}_weight"]) for power in (1, 2)] == [0, 3]
    assert [float(outer[f"g_l{power}_weight"]) for power in (1, 2)] == [2, 0]
    small = networks.load(inner.path, "generator")
    taken = runs.load_run(stage_two.path, REGISTRY)[1].stage_one
    for one, other in zip(small.weights, taken.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_stage_one_of_another_size_is_refused(stage_one, request_for):
    told = refused(request_for(stage_one=str(stage_one.path), stage_one_size="32",
                               upsampling_channels="8"))
    assert f"--hparam=stage_one={stage_one.path}: makes 16x16 pictures" in told
    assert "stage_one_size is 32" in told


def test_an_unfinished_stage_one_is_refused(stage_one, request_for, tmp_path):
    shutil.copytree(stage_one.path, tmp_path / "unfinished")
    (tmp_path / "unfinished" / "generator.npz").unlink()
    assert "has not finished" in refused(request_for(stage_one=str(tmp_path / "unfinished")))


def test_what_is_no_stage_one_is_refused(request_for):
    assert "holds a DFGANGenerator" in refused(request_for(stage_one="df_gan_openmoji64"))
    assert "neither a workdir nor a name" in refused(request_for(stage_one="no_such_run"))
    assert "has not finished, or is no run" in refused(
        request_for(stage_one="text_encoder_openmoji64"))


def test_a_stage_one_of_another_vocabulary_is_refused(stage_one, request_for, tmp_path):
    shutil.copytree(stage_one.path, tmp_path / "birds")
    networks.save(TextEncoder(("beak", "wing", "red"), "convolution", 4, 3, output_dim=256),
                  tmp_path / "birds", "text_encoder")
    told = refused(request_for(stage_one=str(tmp_path / "birds")))
    assert "another vocabulary" in told and "unknown to it" in told


def test_another_text_encoder_is_refused(stage_one, request_for):
    own = stage_one.path / "text_encoder"
    told = refused(request_for(
        stage_one=str(stage_one.path), text_encoder="text_encoder_openmoji64"))
    assert "text_encoder_openmoji64: has another vocabulary" in told
    experiment.build(request_for(stage_one=str(stage_one.path), text_encoder=str(own)),
                     REGISTRY).check_request()


@pytest.mark.parametrize("model, hparams, told", [
    ("stage_one", {"generator_channels": "8"}, "1 widths make 8x8 pictures, but image_size is 16"),
    ("stage_one", {"discriminator_channels": "8,8,8"}, "discriminator_channels: 3 widths make 32"),
    ("stage_two", {"upsampling_channels": "8"}, "upsampling_channels: 1 widths make 16x16"),
    ("stage_two", {"stage_one_generator_channels": "8,8,8"},
     "stage_one_generator_channels: 3 widths make 32x32 pictures, but stage_one_size is 16"),
    ("multi_stage", {"image_size": "48"}, "refinement_channels: 2 widths make 256x256"),
    ("multi_stage", {"generator_channels": "8,8"}, "generator_channels: needs at least 3 widths"),
    ("stage_one", {"conditioning_noise": "false"}, "set --hparam=g_kl_weight=0"),
    ("stage_one", {"g_l2_weight": "1"}, "generator_batch=shared"),
])
def test_settings_that_do_not_fit_each_other_are_refused(data_dir, tmp_path, model, hparams, told):
    base = {"stage_one": small.STAGE_ONE, "stage_two": small.STAGE_TWO, "multi_stage": {}}
    settings = small.settings(
        data_dir, tmp_path / "run", f"stackgan/{model}", base[model] | hparams)
    assert told in refused(settings)


def test_a_run_goes_on_in_the_middle_of_either_stage(stage_two, tmp_path, monkeypatch):
    """Stopped after the first checkpoint of each stage, it logs what the undisturbed run does."""
    settings = dataclasses.replace(stage_two.settings(), workdir=str(tmp_path / "run"))
    run, inner = Workdir(tmp_path / "run"), Workdir(tmp_path / "run" / "stage_one")
    trained_first = stage_two.path / "stage_one"  # Its text encoder need not be trained again.
    shutil.copytree(trained_first / "text_encoder", inner.path / "text_encoder")
    for source, target in ((stage_two, run), (Workdir(trained_first), inner)):
        shutil.copyfile(source.settings_file, target.settings_file)
    save = Checkpointer.save

    def save_and_stop(checkpointer, step):
        save(checkpointer, step)
        if step == 1:
            raise KeyboardInterrupt
    with helpers.without_graphs():
        with monkeypatch.context() as patch:
            patch.setattr(Checkpointer, "save", save_and_stop)
            for first_is_finished in (False, True):
                with pytest.raises(KeyboardInterrupt):
                    trainer.train(settings, REGISTRY)
                assert inner.model_card.exists() == first_is_finished
        assert not run.model_card.exists()
        trainer.train(settings, REGISTRY)
    for one, other in ((Workdir(trained_first), inner), (stage_two, run)):
        undisturbed, resumed = (
            [json.loads(line) for line in each.metrics_file.read_text().splitlines()]
            for each in (one, other))
        assert [line["step"] for line in resumed] == [1, 2]
        for name in ("d_loss", "g_loss"):
            assert [line[name] for line in resumed] == pytest.approx(
                [line[name] for line in undisturbed], rel=1e-3)
