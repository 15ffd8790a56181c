"""Small copies of a folder's pictures, made once."""

import os
import shutil

import numpy as np
import pytest
import tensorflow as tf

from tests.data.folder.files import SIZE, colour_of, few, png, put, refusal
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.data import captioned
from zoo.data.folder import captions as own_captions
from zoo.data.folder import kept, pictures, preparing, splits


def prepare(folder, data_dir):
    return preparing.prepare(folder, data_dir, own_captions.modality(SIZE))


def by_captions(loaded):
    return dict(zip(loaded.captions, loaded.pictures(range(len(loaded))), strict=True))


def test_all_pictures_arrive_with_their_captions(folder, data_dir, capsys):
    few(folder, 40)
    every = {}
    for split in splits.SPLITS:
        every |= by_captions(captioned.load(str(folder), split, data_dir, SIZE))
    assert "40 good pictures: 36 train, 2 validation, 2 test" in capsys.readouterr().out
    assert len(every) == 40
    for number in range(40):
        pixels = tf.io.decode_image(every[(f"picture number {number}",)]).numpy()
        np.testing.assert_array_equal(pixels, np.full((SIZE, SIZE, 3), colour_of(number)))


def test_a_prepared_folder_is_prepared_again_only_when_it_changes(folder, data_dir, capsys):
    few(folder)

    def said():
        captioned.load(str(folder), "train", data_dir, SIZE)
        return capsys.readouterr().out

    assert "checking and converting 12 pictures" in said()
    assert said() == ""
    (folder / "0.png").write_bytes(png(99))
    assert "checking" in said()
    os.utime(folder / "1.png", ns=(1, 1))
    assert "checking" in said()
    (folder / "captions.csv").write_text((folder / "captions.csv").read_text() + "0.png,more\n")
    assert "checking" in said()
    assert said() == ""


def test_the_fingerprint_is_that_of_what_is_trained_on(folder, data_dir):
    few(folder)

    def fingerprint(size=SIZE):
        return captioned.load(str(folder), "train", data_dir, size).fingerprint

    first = fingerprint()
    os.utime(folder / "1.png", ns=(1, 1))
    assert fingerprint() == first == fingerprint(SIZE + 1)
    name = next(name for name, split in splits.assign(dict.fromkeys(
        [f"{number}.png" for number in range(12)], "")).items() if split == "train")
    (folder / name).write_bytes(png(99))
    assert fingerprint() != first


def test_preparing_that_is_broken_off_leaves_nothing(folder, data_dir, monkeypatch):
    few(folder)

    def stop(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "to_png", stop)
        with pytest.raises(KeyboardInterrupt):
            prepare(folder, data_dir)
    assert list((data_dir / "own_pictures").iterdir()) == []
    assert len(prepare(folder, data_dir).items) == 12


def test_another_process_may_prepare_the_same(folder, data_dir, monkeypatch):
    few(folder)
    write = preparing._write

    def beside_another(*args):
        write(*args)
        partial = args[-1]
        name = partial.name.removeprefix("partial_").rpartition("_")[0]
        shutil.copytree(partial, partial.with_name(name))

    monkeypatch.setattr(preparing, "_write", beside_another)
    assert len(prepare(folder, data_dir).items) == 12
    assert len(list((data_dir / "own_pictures").iterdir())) == 1


@pytest.mark.parametrize("count, words", [(5, ["5 good pictures", "1 of them", "train"]),
                                          (1, ["1 good pictures", "train"])])
def test_too_few_pictures_are_one_line(folder, data_dir, count, words):
    message = refusal(captioned.load, str(few(folder, count)), "train", data_dir, SIZE)
    assert all(word in message for word in words), message


def test_one_class_is_one_line(folder, data_dir):
    put(folder, {f"rose/{number}.png": png(number) for number in range(12)})
    assert "the same caption, 'rose'" in refusal(
        captioned.load, str(folder), "train", data_dir, SIZE)


def test_folders_that_cannot_be_used_are_one_line(folder, data_dir, tmp_path):
    assert "no such folder" in refusal(captioned.load, str(folder), "train", data_dir, SIZE)
    few(folder)
    assert "no split 'dev'" in refusal(captioned.load, str(folder), "dev", data_dir, SIZE)
    assert refusal(captioned.load, str(folder), "train", folder / "x", SIZE).startswith(
        f"--data_dir={folder}/x: lies in --dataset={folder}")
    assert refusal(captioned.check_inputs, str(folder), data_dir, SIZE, "skip",
                   folder / "w" / "bad_inputs.csv").startswith(f"--workdir={folder}/w: lies in")
    (tmp_path / "file").write_text("")
    assert refusal(captioned.load, str(folder), "train", tmp_path / "file", SIZE).startswith(
        f"--data_dir={tmp_path}/file: cannot prepare")


def test_a_run_on_a_changed_folder_is_refused(tmp_path):
    workdir, settings = Workdir(tmp_path / "w"), Settings(dataset="/pictures")
    workdir.bad_inputs.parent.mkdir()
    workdir.bad_inputs.write_text("path,reason\n")  # Of a try that stopped before.
    workdir.open(settings, "one")
    workdir.open(settings, "one")
    assert "pictures or captions in /pictures have changed" in refusal(
        workdir.open, settings, "two")
    workdir.open(Settings(dataset="/pictures", overwrite=True), "two")
    assert workdir.bad_inputs.exists() and workdir.fingerprint.read_text() == "two"


def test_what_a_killed_process_has_left_goes(folder, data_dir):
    prepare(few(folder), data_dir)
    [target] = (data_dir / "own_pictures").iterdir()
    partial = target.with_name(f"partial_{target.name}_0123")
    target.rename(partial)
    (partial / kept.INDEX).unlink()
    assert len(prepare(folder, data_dir).items) == 12
    assert list((data_dir / "own_pictures").iterdir()) == [target]
