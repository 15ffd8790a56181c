"""Where a SavedModel is put; what is in it has its tests beside each family."""

import pytest
import tensorflow as tf

from zoo.core import export
from zoo.errors import RequestError, RunFailed


class Doubling(tf.Module):
    """Multiplies by a variable of 2."""

    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(2.0)

    @property
    def signatures(self):
        return {"serving_default": self.times}

    @tf.function(input_signature=[tf.TensorSpec((), tf.float32, name="x")])
    def times(self, x):
        return {"y": self.factor * x}


CHECKS = {"serving_default": {"x": tf.constant(3.0)}}


def make(out):
    export.export(Doubling(), out, CHECKS)


def answer(out):
    return float(tf.saved_model.load(str(out)).signatures["serving_default"](tf.constant(4.0))["y"])


def test_a_user_s_own_files_beside_the_folder_stay(tmp_path):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "thesis.txt").write_text("years of work")
    make(tmp_path / "out")
    assert answer(tmp_path / "out") == 8
    assert (tmp_path / "out.partial" / "thesis.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.partial"]


def test_an_empty_folder_and_the_current_one_are_filled(tmp_path, monkeypatch):
    (tmp_path / "mounted").mkdir()
    (tmp_path / "mounted" / "lost+found").mkdir()
    monkeypatch.chdir(tmp_path / "mounted")
    before = (tmp_path / "mounted").stat().st_ino
    make(".")
    assert (tmp_path / "mounted").stat().st_ino == before and answer(tmp_path / "mounted") == 8


def test_a_link_is_followed(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    make(tmp_path / "out")
    assert (tmp_path / "out").is_symlink() and answer(tmp_path / "disk") == 8


@pytest.mark.parametrize("name", ["E[1]", "back\\slash"])
def test_a_name_from_which_tensorflow_reads_nothing_is_refused(tmp_path, name):
    with pytest.raises(RequestError, match="TensorFlow reads no SavedModel from a path with"):
        make(tmp_path / name / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a*b", "what?", "two words", "ü"])
def test_other_names_are_written_and_read(tmp_path, name):
    make(tmp_path / name)
    assert answer(tmp_path / name) == 8


def test_a_model_that_answers_otherwise_leaves_nothing(tmp_path, monkeypatch):
    module, save = Doubling(), tf.saved_model.save

    def save_then_change(*arguments, **keywords):
        save(*arguments, **keywords)
        module.factor.assign(5.0)

    monkeypatch.setattr(tf.saved_model, "save", save_then_change)
    with pytest.raises(RunFailed, match="'y' of signature 'serving_default' differs"):
        export.export(module, tmp_path / "out", CHECKS)
    assert not list(tmp_path.iterdir())
