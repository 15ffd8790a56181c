"""A run goes on exactly from its newest readable checkpoint, whatever was left on disk."""

import resource
import shutil

import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from tests.toy import run_steps, toy_gan
from zoo.core.checkpoint import Checkpointer
from zoo.errors import RequestError


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "checkpoints"


@pytest.fixture
def trained(folder):
    """A model of three steps with a checkpoint of each."""
    model = toy_gan()
    checkpointer = Checkpointer(folder, model)
    for step in (1, 2, 3):
        run_steps(model, step - 1, step)
        checkpointer.save(step)
    return model


def restored(folder):
    """A new model with other weights, after `restore`: (model, step, warnings)."""
    model, warnings = toy_gan(), []
    return model, Checkpointer(folder, model).restore(warnings.append), warnings


def change(path, edit):
    content = bytearray(path.read_bytes())
    path.write_bytes(edit(content))


def flip(content):
    content[len(content) // 2] ^= 0xFF
    return content


DAMAGES = {
    "data cut": lambda path: change(
        path / "state.data-00000-of-00001", lambda content: content[:len(content) // 2]),
    "data changed": lambda path: change(path / "state.data-00000-of-00001", flip),
    "data empty": lambda path: change(path / "state.data-00000-of-00001", lambda content: b""),
    "index changed": lambda path: change(path / "state.index", flip),
    "index missing": lambda path: (path / "state.index").unlink(),
    "data missing": lambda path: (path / "state.data-00000-of-00001").unlink(),
    "folder empty": lambda path: [file.unlink() for file in path.iterdir()],
}


def test_nothing_saved_is_step_0(folder):
    assert restored(folder)[1:] == (0, [])


def test_restored_model_goes_on_exactly(folder, trained):
    model, step, warnings = restored(folder)
    assert (step, warnings) == (3, [])
    helpers.assert_close(helpers.state(trained), helpers.state(model))
    assert run_steps(model, 3, 6) == run_steps(trained, 3, 6)
    helpers.assert_close(helpers.state(trained), helpers.state(model))


def test_states_of_dropout_are_restored(folder, trained):
    def seeds(model):
        return [v.numpy() for v in model.variables if "seed_generator" in v.path]
    model = restored(folder)[0]
    assert len(seeds(model)) == 2  # Of G and of its average.
    np.testing.assert_array_equal(seeds(model), seeds(trained))
    assert not np.array_equal(seeds(model), seeds(toy_gan()))


def test_newest_three_are_kept(folder, trained):
    checkpointer = Checkpointer(folder, trained)
    checkpointer.save(10)
    assert checkpointer.steps() == [2, 3, 10]
    assert sorted(path.name for path in folder.iterdir()) == ["00000002", "00000003", "00000010"]


def test_half_written_checkpoint_is_ignored(folder, trained):
    shutil.copytree(folder / "00000003", folder / "partial_4")
    (folder / "partial_4" / "state.index").unlink()
    assert restored(folder)[1:] == (3, [])
    Checkpointer(folder, trained).check_space()
    assert not (folder / "partial_4").exists() and len(list(folder.iterdir())) == 3


def test_a_save_that_dies_before_its_end_leaves_the_ones_before(folder, trained, monkeypatch):
    def die(*args):
        raise KeyboardInterrupt
    run_steps(trained, 3, 4)
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", die)
        with pytest.raises(KeyboardInterrupt):
            Checkpointer(folder, trained).save(4)
    assert restored(folder)[1:] == (3, [])
    assert not list(folder.glob("partial*"))
    Checkpointer(folder, trained).save(4)
    assert restored(folder)[1:] == (4, [])


def test_the_same_step_is_saved_again(folder, trained):
    run_steps(trained, 3, 4)
    Checkpointer(folder, trained).save(3)
    helpers.assert_close(helpers.state(trained), helpers.state(restored(folder)[0]))


@pytest.mark.parametrize("damage", DAMAGES)
def test_unreadable_newest_falls_back_to_the_one_before_and_says_so(folder, trained, damage):
    expected = helpers.state(trained)
    run_steps(trained, 3, 4)
    Checkpointer(folder, trained).save(4)
    DAMAGES[damage](folder / "00000004")
    model, step, warnings = restored(folder)
    assert step == 3
    assert len(warnings) == 1 and "00000004: unreadable checkpoint" in warnings[0]
    assert "\n" not in warnings[0]
    helpers.assert_close(expected, helpers.state(model))


def test_no_readable_checkpoint_is_an_error_and_no_new_start(folder, trained):
    for step in ("00000001", "00000002", "00000003"):
        DAMAGES["data cut"](folder / step)
    with pytest.raises(RequestError, match="no readable checkpoint; put one back from a copy"):
        restored(folder)


def test_a_checkpoint_of_a_model_of_other_sizes_says_so(folder, trained):
    with pytest.raises(RequestError) as error:
        Checkpointer(folder, toy_gan(width=5)).restore(pytest.fail)
    assert "00000003: the checkpoint of another model" in str(error.value)
    # Of the first layer of 3 instead of 5.
    assert "(2, 5), (2, 3) there" in str(error.value) and "overwrite" not in str(error.value)


@pytest.mark.parametrize("name", ["run[1]", "a*b?", "back\\slash", "{x,y} ü"])
def test_a_workdir_may_have_any_name(tmp_path, name):
    model, folder = toy_gan(), tmp_path / name / "checkpoints"
    run_steps(model, 0, 1)
    Checkpointer(folder, model).save(1)
    again, step, warnings = restored(folder)
    assert (step, warnings) == (1, [])
    helpers.assert_close(helpers.state(model), helpers.state(again))


def test_what_others_put_beside_the_checkpoints_is_passed_over_and_stays(folder, trained):
    for name in ("0001.bak", "00000003 (copy)", "20261127", ".DS_Store", "5"):
        (folder / name).mkdir()
        (folder / name / "thesis.txt").write_text("years of work")
    (folder / "00000009").write_text("a file")
    assert restored(folder)[1:] == (3, [])
    Checkpointer(folder, trained).save(10)
    assert Checkpointer(folder, trained).steps() == [2, 3, 10]
    assert len(list(folder.glob("*/thesis.txt"))) == 5 and (folder / "00000009").exists()


def test_last_good_names_the_newest(folder, trained, tmp_path):
    assert Checkpointer(folder, trained).last_good().endswith("checkpoints/00000003")
    assert Checkpointer(tmp_path / "none", trained).last_good() == "no checkpoint yet"


def test_too_little_room_is_told_before_training(folder, trained, monkeypatch):
    size = sum(v.numpy().nbytes for v in [
        *trained.variables, *trained.generator_optimizer.variables,
        *trained.discriminator_optimizer.variables])
    for free, enough in ((4 * size, True), (4 * size - 1, False)):
        monkeypatch.setattr(
            shutil, "disk_usage", lambda path: type("Usage", (), {"free": free}))
        if enough:
            Checkpointer(folder, trained).check_space()
        else:
            with pytest.raises(RequestError, match="no disk space"):
                Checkpointer(folder, trained).check_space()


def test_a_limit_on_the_size_of_files_is_one_line_and_leaves_nothing(folder, trained):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(RequestError, match="cannot write the checkpoint of step 4 .*00000003"):
            Checkpointer(folder, trained).save(4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(path.name for path in folder.iterdir()) == ["00000001", "00000002", "00000003"]


def test_full_disk_while_saving_is_an_error_that_names_the_last_good(folder, trained, monkeypatch):
    checkpointer = Checkpointer(folder, trained)

    def full(path):
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")
    monkeypatch.setattr(checkpointer._checkpoint, "write", full)
    with pytest.raises(RequestError, match="step 4 .No space left.*00000003"):
        checkpointer.save(4)
