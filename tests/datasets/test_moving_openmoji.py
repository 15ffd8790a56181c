"""Tests of the clips of moving OpenMoji sprites, on a handful of them."""

import numpy as np
import PIL.Image
import pytest
import tensorflow_datasets as tfds

from zoo.datasets.moving_openmoji import motion, moving_openmoji_dataset_builder, sprites
from zoo.datasets.openmoji import sources

FEW = {"train": 3, "validation": 1, "test": 2}


@pytest.fixture
def builder(monkeypatch, tmp_path):
    monkeypatch.setattr(moving_openmoji_dataset_builder, "NUM_CLIPS", FEW)

    def prepared(name="a"):
        builder = moving_openmoji_dataset_builder.Builder(
            data_dir=tmp_path / name, file_format="array_record")
        builder.download_and_prepare()
        return builder
    return prepared


def test_no_sprite_is_in_two_splits_and_most_are_for_training():
    chosen = {split: set(sprites.code_points(split)) for split in sprites.SPLITS}
    assert {split: len(each) for split, each in chosen.items()} == {
        "train": 1590, "validation": 86, "test": 184}
    assert len(set.union(*chosen.values())) == 1590 + 86 + 184
    assert not any("-" in code_point for each in chosen.values() for code_point in each)


def test_a_sprite_is_cropped_to_what_is_drawn():
    sprite = sprites.render(sources.read_svgs()["1F600"], 32)
    assert sprite.mode == "RGBA" and 20 < sprite.width < 32 and 20 < sprite.height < 32
    alpha = np.asarray(sprite)[..., 3]
    assert all(edge.any() for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))


def test_bouncing_by_hand():
    np.testing.assert_allclose(motion.bounce(np.array([3, 10, 12, 20, 23, -2, -11])[:, None], 10),
                               np.array([3, 10, 8, 0, 3, 2, 9])[:, None])


def test_paths_stay_inside_and_move_by_no_more_than_four_pixels():
    random = np.random.default_rng(0)
    paths = np.stack([motion.path(random, 20, (40, 36)) for _ in range(200)])
    assert paths.min() == 0 and paths[..., 0].max() == 40 and paths[..., 1].max() == 36
    assert np.abs(np.diff(paths, axis=1)).max() == 4
    assert (np.abs(np.diff(paths, axis=1)).max(axis=(1, 2)) > 0).all()


def test_a_clip_shows_the_sprites_on_white_the_last_one_in_front():
    red, blue = (PIL.Image.new("RGBA", (5, 5), colour) for colour in ("red", "blue"))
    frames = motion.clip(np.random.default_rng(2), [red, blue], 20, 12)
    assert frames.shape == (20, 12, 12, 3) and frames.dtype == np.uint8
    colours = frames.reshape(20, -1, 3)
    assert ((colours == (0, 0, 255)).all(-1).sum(1) == 25).all()  # Never hidden.
    reds = (colours == (255, 0, 0)).all(-1).sum(1)
    assert reds.max() == 25 and reds.min() < 25
    assert ((colours == 255).all(-1).sum(1) == 144 - 25 - reds).all()


def test_prepares_and_reads_back_the_same_each_time(builder):
    first, second = builder("a"), builder("b")
    assert first.name == "moving_openmoji"
    assert {name: split.num_examples for name, split in first.info.splits.items()} == FEW
    assert "CC BY-SA 4.0" in first.info.description and "OpenMoji" in first.info.citation
    clips = []
    for split in FEW:
        for one, other in zip(first.as_data_source(split), second.as_data_source(split),
                              strict=True):
            clip = np.stack(one["video"])
            assert clip.shape == (20, 64, 64, 3) and clip.dtype == np.uint8
            np.testing.assert_array_equal(clip, other["video"])
            drawn = [code_point.decode() for code_point in one["code_points"]]
            assert len(set(drawn)) == 2 and set(drawn) <= set(sprites.code_points(split))
            assert (clip == 255).all(-1).mean() > 0.4
            assert (clip[1:] != clip[:-1]).any(axis=(1, 2, 3)).all()
            clips.append(clip.tobytes())
    assert len(set(clips)) == sum(FEW.values())
    assert isinstance(first.info.features["video"], tfds.features.Video)
