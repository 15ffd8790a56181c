"""What every exported model is asked alike: no rows, a seed a row, more than it should make."""

import numpy as np
import pytest
import tensorflow as tf

from tests import served_models

SEEDED = [name for name in served_models.NAMES if name != "mask_unet"]
CAPTIONED = ("df_gan", "two_scores", "multi_stage")


def ask(name, signature, **changes):
    """What a signature answers to the module's own check inputs, some of them changed."""
    module = served_models.module(name)
    arguments = served_models.inputs(name)[signature]
    arguments = arguments | {key: tf.constant(value, arguments[key].dtype)
                             for key, value in changes.items()}
    return {key: value.numpy() for key, value in module.signatures[signature](**arguments).items()}


def rows_of(name, signature):
    """Arguments that have rows."""
    arguments = served_models.inputs(name)[signature]
    return {key: value.numpy() for key, value in arguments.items() if value.shape.rank}


@pytest.mark.parametrize("name", served_models.NAMES)
def test_no_rows_give_no_rows(name):
    for signature in served_models.module(name).signatures:
        some = ask(name, signature)
        none = ask(name, signature, **{
            key: value[:0] for key, value in rows_of(name, signature).items()})
        assert none.keys() == some.keys()
        for key, value in none.items():
            assert len(value) == 0 and value.dtype == some[key].dtype
            assert value.ndim == some[key].ndim


@pytest.mark.parametrize("name", SEEDED)
def test_with_a_seed_a_row_each_depends_on_its_own_alone(name):
    """And is what a row alone is with this seed."""
    (key, values), = rows_of(name, "serving_default").items()
    first = values[:1]
    together = ask(name, "serving_default", **{
        key: np.repeat(first, 3, axis=0), "seed": [5, -2**40, 5]})
    for name_of, value in together.items():
        if name_of.endswith("_bytes"):
            continue
        close = {"atol": 1} if value.dtype == np.uint8 else {"atol": 1e-4}
        np.testing.assert_allclose(value[0].astype(float), value[2].astype(float), **close)
        for row, seed in ((0, 5), (1, -2**40)):
            alone = ask(name, "serving_default", **{key: first, "seed": seed})[name_of]
            np.testing.assert_allclose(value[row].astype(float), alone[0].astype(float), **close)
    image = "frames" if name == "dna" else "image"
    assert (together[image][0] != together[image][1]).any()


@pytest.mark.parametrize("name", SEEDED)
@pytest.mark.parametrize("seed", [[1], [[1, 2, 3]], [1] * 9, []])
def test_another_number_of_seeds_is_refused(name, seed):
    with pytest.raises(tf.errors.InvalidArgumentError, match="seed: must be one number or one a"):
        ask(name, "serving_default", seed=np.array(seed, np.int64))


@pytest.mark.parametrize("name", CAPTIONED)
def test_the_pictures_of_a_call_are_bounded(name):
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match="caption: number of rows.*: must be 0 to .* is"):
        ask(name, "serving_default", caption=[""] * 9000)


@pytest.mark.parametrize("name", CAPTIONED)
def test_captions_and_pictures_are_as_many(name):
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match=r"caption, png_bytes: must have as many rows, have.*\[3 2\]"):
        ask(name, "score", png_bytes=rows_of(name, "score")["png_bytes"][:2])


@pytest.mark.parametrize("name, signature, changes, words", [
    ("two_scores", "serving_default", {"num_candidates": 0}, "num_candidates: must be 1 to 64"),
    ("two_scores", "serving_default", {"num_candidates": -1}, "num_candidates: must be 1 to 64"),
    ("two_scores", "serving_default", {"num_candidates": 2**31 - 1}, "num_candidates: must be 1"),
    ("two_scores", "serving_default", {"caption": [""] * 200, "num_candidates": 64},
     "caption: number of rows times num_candidates: must be 0 to 8,192, is.*12800"),
    ("pix2pix", "tiled", {"tile_size": 0}, "tile_size: must be 1 to 1,024, is.*0"),
    ("pix2pix", "tiled", {"tile_size": -2**31}, "tile_size: must be 1 to 1,024"),
    ("pix2pix", "tiled", {"tile_size": 2**31 - 1}, "tile_size: must be 1 to 1,024"),
    ("dna", "serving_default", {"num_frames": 0}, "num_frames: must be 1 to 256, is.*0"),
    ("dna", "serving_default", {"num_frames": 2**31 - 1}, "num_frames: must be 1 to 256"),
    ("dna", "serving_default", {"frames": np.zeros((1, 1, 8, 8, 3))},
     "frames: number of past ones: must be at least 2, is.*1"),
    ("dna", "serving_default", {"frames": np.zeros((1, 2, 7, 8, 3))},
     "frames: height, pixels: must be 8 to 1,048,576, is.*7"),
    ("dna", "serving_default", {"frames": np.zeros((1, 2, 8, 0, 3))}, "frames: width, pixels"),
    ("dna", "serving_default", {"frames": np.zeros((2, 2, 8, 2**16 + 8, 3))},
     "frames: N . H . W: must be 0 to 1,048,576"),
    ("dna", "serving_default", {"frames": np.zeros((1, 2, 512, 512, 3)), "num_frames": 200},
     "num_frames: N . H . W . num_frames: must be 0 to 33,554,432")])
def test_a_small_request_cannot_ask_for_gigabytes(name, signature, changes, words):
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        ask(name, signature, **changes)
    ask(name, signature)  # And goes on.


@pytest.mark.parametrize("changes, words", [
    ({"sample_rate": 1}, "sample_rate: must be 1,000 to 192,000, is.*1"),
    ({"sample_rate": -16000}, "sample_rate: must be"), ({"sample_rate": 0}, "sample_rate: must be"),
    ({"sample_rate": 2**31 - 1}, "sample_rate: must be"),
    ({"sample_rate": 44_099}, "sample_rate: not a usual sample rate.*44099"),
    ({"samples": np.zeros((10**8, 0))}, "samples of all rows and channels: must be 0 to 33,554,43"),
    ({"samples": np.zeros((100_000, 4))}, "samples of all rows and channels: must be"),
    ({"samples": [[0, 0], [0, np.nan]]}, r"samples: NaN, infinite or above 1,000,000.*\[1\]"),
    ({"samples": [[np.inf], [0]]}, r"samples: NaN, infinite or above 1,000,000.*\[0\]"),
    ({"samples": [[-2e6]]}, "samples: NaN, infinite or above 1,000,000")])
def test_what_no_enhancer_can_hear_is_refused(changes, words):
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        ask("mask_unet", "enhance", **changes)


def test_the_loudest_sound_stays_finite():
    loud = 1e6 * np.sign(np.sin(np.arange(3000)[None]))
    assert np.isfinite(ask("mask_unet", "enhance", samples=loud)["samples"]).all()
