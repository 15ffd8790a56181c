import collections

import numpy as np
import pytest
import tensorflow as tf

from zoo.data import kept_pictures
from zoo.data.captioned import CaptionedPictures
from zoo.data.text import Tokenizer, build_vocabulary
from zoo.data.text_image import TextImageBatches

# Colour of a picture and its captions; "warm" is true of two.
EXAMPLES = [
    ((255, 0, 0), ("red square", "warm", "rouge")),
    ((0, 255, 0), ("green square", "grün")),
    ((0, 0, 255), ("blue square",)),
    ((255, 255, 0), ("yellow square", "warm")),
    ((255, 255, 255), ("white square",)),
    ((0, 0, 0), ("black square",)),
]
CAPTIONS = [captions for _, captions in EXAMPLES]
ALL_CAPTIONS = [caption for captions in CAPTIONS for caption in captions]
COLOURS = np.array([colour for colour, _ in EXAMPLES])
BATCH, SIZE, LENGTH = 6, 8, 3
KNOWN = [*ALL_CAPTIONS, "red disc", "green"]
TOKENIZER = Tokenizer(build_vocabulary(KNOWN), LENGTH)
CAPTION_OF = {
    tuple(tokens): caption for tokens, caption in zip(TOKENIZER(tf.constant(KNOWN)).numpy(), KNOWN)}
KINDS = [("none", False), ("picture", True), ("caption", True), ("caption", False)]


def captioned_pictures(captions=CAPTIONS):
    encoded = [tf.io.encode_png(np.full((4, 4, 3), colour, np.uint8)).numpy()
               for colour, _ in EXAMPLES]
    return CaptionedPictures(encoded.__getitem__, captions)


def batches(mismatched="none", fresh_conditions=False, captions=CAPTIONS, seed=3, **kwargs):
    return TextImageBatches(
        captioned_pictures(captions), TOKENIZER, SIZE, seed, BATCH,
        mismatched=mismatched, fresh_conditions=fresh_conditions, **kwargs)


def read(data, count, *args, **kwargs):
    return list(data.dataset(*args, **kwargs).take(count).as_numpy_iterator())


def examples_of(images):
    """Which examples these pictures are, by their one colour."""
    assert (images == images[:, :1, :1]).all()
    distances = np.abs(images[:, 0, 0, None].astype(int) - COLOURS).max(axis=-1)
    assert distances.min(axis=1).max() == 0
    return distances.argmin(axis=1)


def captions_of(tokens):
    return [CAPTION_OF[tuple(row)] for row in tokens]


@pytest.mark.parametrize(("mismatched", "fresh"), KINDS)
def test_keys_shapes_dtypes_and_ranges(mismatched, fresh):
    expected = {
        "image": ((BATCH, SIZE, SIZE, 3), np.uint8),
        "tokens": ((BATCH, LENGTH), np.int32),
    }
    if mismatched == "picture":
        expected["mismatched_image"] = expected["image"]
    if mismatched == "caption":
        expected["mismatched_tokens"] = expected["tokens"]
    if mismatched != "none":
        expected["mismatch_rejections"] = ((BATCH,), np.float32)
    if fresh:
        expected["fresh_tokens"] = expected["tokens"]

    batch, = read(batches(mismatched, fresh), 1)
    assert {name: (value.shape, value.dtype) for name, value in batch.items()} == expected
    for name, value in batch.items():
        if name.endswith("tokens"):
            assert (value[:, 0] >= 2).all()
        assert (value >= 0).all()


def test_it_is_as_long_as_the_data_set():
    assert len(batches()) == len(EXAMPLES)


def test_pictures_have_their_colours_and_one_of_their_captions():
    for batch in read(batches(), 20):
        for example, caption in zip(examples_of(batch["image"]), captions_of(batch["tokens"])):
            assert caption in CAPTIONS[example]


def test_an_epoch_shows_every_picture_once():
    for batch in read(batches(), 3):
        assert sorted(examples_of(batch["image"])) == list(range(len(EXAMPLES)))


def test_the_main_caption_is_shown_half_of_the_time_and_the_others_too():
    data = batches()
    shown = collections.Counter()
    for step in range(300):
        shown.update(captions_of(data.plan(range(step * BATCH, (step + 1) * BATCH))["tokens"]))
    # Of 300, half and a third of the rest are the main one's; standard deviation 8.
    assert shown["red square"] == pytest.approx(300 * (1 / 2 + 1 / 6), abs=30)
    assert shown["rouge"] == pytest.approx(300 / 6, abs=25)
    assert shown["blue square"] == 300


def test_a_mismatched_picture_never_carries_the_caption():
    wrong = collections.Counter()
    for batch in read(batches("picture"), 30):
        drawn = examples_of(batch["mismatched_image"])
        for example, caption in zip(drawn, captions_of(batch["tokens"])):
            assert caption not in CAPTIONS[example]
        wrong.update(drawn)
    assert wrong.keys() == set(range(len(EXAMPLES)))


def test_a_mismatched_caption_never_describes_the_picture():
    wrong = set()
    for batch in read(batches("caption"), 30):
        drawn = captions_of(batch["mismatched_tokens"])
        for example, caption in zip(examples_of(batch["image"]), drawn):
            assert caption not in CAPTIONS[example]
        wrong.update(drawn)
    assert wrong == set(ALL_CAPTIONS)


@pytest.mark.parametrize("mismatched", ["picture", "caption"])
def test_rejections_are_what_the_captions_make_likely(mismatched):
    # Five of six pictures have one caption: a draw is refused five times out of six.
    same = 5 * [("red square",)] + [("warm",)]
    data = batches(mismatched, captions=same)
    planned = [data.plan(range(step * BATCH, (step + 1) * BATCH)) for step in range(50)]
    rejections = np.array([batch["mismatch_rejections"] for batch in planned])
    captions = np.array([captions_of(batch["tokens"]) for batch in planned])
    assert rejections[captions == "red square"].mean() == pytest.approx(5, abs=1)
    assert rejections[captions == "warm"].mean() == pytest.approx(1 / 5, abs=0.2)


def test_the_largest_similarity_is_heeded():
    for batch in read(batches("caption", max_similarity=0.0), 10):
        drawn = captions_of(batch["mismatched_tokens"])
        for example, caption in zip(examples_of(batch["image"]), drawn):
            assert not ("square" in caption and "square" in " ".join(CAPTIONS[example]))


def test_fresh_conditions_are_an_epoch_in_an_order_of_their_own():
    same_order = []
    for batch in read(batches(fresh_conditions=True), 10):
        examples, fresh = examples_of(batch["image"]), captions_of(batch["fresh_tokens"])
        of_fresh = [
            {i for i, captions in enumerate(CAPTIONS) if caption in captions} for caption in fresh]
        assert set.union(*of_fresh) == set(range(len(EXAMPLES)))
        same_order.append(all(i in each for i, each in zip(examples, of_fresh)))
    assert not all(same_order)


@pytest.mark.parametrize(("mismatched", "fresh"), KINDS)
def test_a_step_reads_the_same_when_it_is_the_first(mismatched, fresh):
    data = batches(mismatched, fresh)
    late, early = read(data, 1, start_step=4)[0], read(data, 5)[4]
    assert late.keys() == early.keys()
    for name, value in early.items():
        np.testing.assert_array_equal(late[name], value, err_msg=name)


def test_replicas_together_read_what_one_would_have_read():
    data = batches("picture", True)
    whole, = read(data, 1)
    parts = read(data, 3, local_replicas=3, replicas=3)
    for name, value in whole.items():
        joined = np.concatenate([part[name] for part in parts])
        np.testing.assert_array_equal(joined, value, err_msg=name)


def test_another_seed_reads_otherwise():
    batch, = read(batches(), 1)
    other, = read(batches(seed=4), 1)
    assert not np.array_equal(batch["image"], other["image"])


def test_pictures_are_drawn_by_their_weights():
    data = batches(fresh_conditions=True, weights=np.array([3.0, 1.0, 1.0, 0.5, 0.25, 0.25]))
    shown, fresh = collections.Counter(), collections.Counter()
    for step in range(200):
        planned = data.plan(range(step * BATCH, (step + 1) * BATCH))
        shown.update(CAPTIONS.index(captions) for caption in captions_of(planned["tokens"])
                     for captions in CAPTIONS if caption in captions and caption != "warm")
        fresh.update(caption.split()[0] for caption in captions_of(planned["fresh_tokens"]))
    # 1,200 draws; a standard deviation of at most 17.
    assert shown[1] == pytest.approx(1200 / 6, abs=60)
    assert shown[4] == pytest.approx(1200 / 24, abs=30)
    assert fresh["blue"] == pytest.approx(1200 / 6, abs=60)
    assert fresh["white"] == pytest.approx(1200 / 24, abs=30)


def test_replicas_draw_by_weights_what_one_would_have_drawn():
    data = batches("picture", True, weights=np.arange(1.0, 7.0))
    whole, = read(data, 1, start_step=2)
    parts = read(data, 3, start_step=2, local_replicas=3, replicas=3)
    for name, value in whole.items():
        joined = np.concatenate([part[name] for part in parts])
        np.testing.assert_array_equal(joined, value, err_msg=name)


def pack_of(images, size):
    """Which examples the pictures of these packs are, int `(n, size)`."""
    return np.stack([examples_of(part) for part in np.split(images, size, axis=-1)], axis=1)


@pytest.mark.parametrize("mismatched", ["picture", "caption"])
def test_a_pack_holds_pictures_of_one_caption_and_a_wrong_one_of_another(mismatched):
    seen = collections.defaultdict(set)
    for batch in read(batches(mismatched, packing=3), 40):
        assert batch["image"].shape == (BATCH, SIZE, SIZE, 9)
        packs = pack_of(batch["image"], 3)
        for pack, caption in zip(packs, captions_of(batch["tokens"])):
            assert all(caption in CAPTIONS[index] for index in pack)
            seen[caption].add(tuple(pack[1:]))
        if mismatched == "picture":
            wrong = pack_of(batch["mismatched_image"], 3)
            for pack, caption in zip(wrong, captions_of(batch["tokens"])):
                assert not any(caption in CAPTIONS[index] for index in pack)
                assert set.intersection(*(set(CAPTIONS[index]) for index in pack))
        else:
            for pack, caption in zip(packs, captions_of(batch["mismatched_tokens"])):
                assert not any(caption in CAPTIONS[index] for index in pack)
    # "warm" is true of two pictures; with replacement there are four pairs of them.
    assert seen["warm"] == {(0, 0), (0, 3), (3, 0), (3, 3)}
    assert seen["blue square"] == {(2, 2)}


@pytest.mark.parametrize("mismatched", ["picture", "caption"])
def test_a_wrong_partner_is_a_near_one_as_often_as_is_asked(mismatched):
    # All captions but one share a word with "red square"; "warm" has no neighbour at all.
    captions = [("red square",), ("red disc",), ("warm",), ("blue square",), ("green",), ("grün",)]
    near = {"red square": {1, 3}, "red disc": {0}, "blue square": {0}}
    data = batches(mismatched, captions=captions, near_share=0.75)
    hits = []
    for step in range(200):
        planned = data.plan(range(step * BATCH, (step + 1) * BATCH))
        wrong = (planned["mismatched_image"].ravel().tolist()
                 if mismatched == "picture" else
                 [captions.index((caption,)) for caption in
                  captions_of(planned["mismatched_tokens"])])
        hits += [other in near[caption] for caption, other in zip(
            captions_of(planned["tokens"]), wrong) if caption in near]
    # Of 600; any of five is near one or two times, 4/15 of the time on average.
    assert np.mean(hits) == pytest.approx(0.75 + 0.25 * 4 / 15, abs=0.07)


def test_what_is_too_large_to_keep_is_read_alike(monkeypatch):
    kept = read(batches("picture", packing=2), 2)
    monkeypatch.setattr(kept_pictures, "_MEMORY_LIMIT", 0)
    for batch, other in zip(kept, read(batches("picture", packing=2), 2)):
        for name in batch:
            np.testing.assert_array_equal(batch[name], other[name], err_msg=name)


def test_a_pack_begins_with_what_is_read_without_packs():
    for packed, plain in zip(read(batches(packing=2), 3), read(batches(), 3)):
        np.testing.assert_array_equal(packed["image"][..., :3], plain["image"])
        np.testing.assert_array_equal(packed["tokens"], plain["tokens"])
