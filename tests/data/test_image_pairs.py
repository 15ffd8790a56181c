"""Pairs of pictures: layouts of folders, augmentation of both alike, OpenMoji, refusals."""

import io

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from zoo.core.keras_model import as_floats
from zoo.data.image_pairs import batches, kept, pairs
from zoo.data.image_pairs import folder as own_pairs
from zoo.data.image_pairs.form import NUM_UNIFORMS, Form
from zoo.errors import RequestError

HEIGHT, WIDTH = 6, 8
FORM = Form(HEIGHT, WIDTH)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain_colour(colour, size=(WIDTH, HEIGHT), mode="RGB"):
    return PIL.Image.new(mode, size, colour)


def side_by_side(left, right, size=(WIDTH, HEIGHT)):
    image = PIL.Image.new("RGB", (2 * size[0], size[1]), left)
    image.paste(right, (size[0], 0, 2 * size[0], size[1]))
    return image


def put(folder, files):
    """Writes `{relative path: bytes}`; returns the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def kept_apart(folder, count=8, places=("source", "target"), green=0):
    """Pair i is (10 i, green, 0) -> (0, green, 10 i)."""
    return put(folder, {f"{place}/{i}.png": encoded(plain_colour(
        (10 * i, green, 0) if place.startswith("source") else (0, green, 10 * i)))
        for i in range(count) for place in places})


def together(folder, count=8, place="{}.png", green=0):
    return put(folder, {
        place.format(i): encoded(side_by_side((10 * i, green, 0), (0, green, 10 * i)))
        for i in range(count)})


@pytest.fixture
def data_root(tmp_path):
    return str(tmp_path / "tfds")


def load(folder, split, data_root, form=FORM):
    return pairs.load(str(folder), split, data_root, form)


def everything(folder, data_root, form=FORM):
    """All pairs of all splits: `{name: (source, target)}`, each in [0, 255]."""
    found = {}
    for split in ("train", "validation", "test"):
        loaded = load(folder, split, data_root, form)
        images = batches.plain(loaded, form, range(len(loaded)))
        found |= {name: tuple((image[i].numpy() + 1) * 127.5 for image in images)
                  for i, name in enumerate(loaded.names)}
    return found


@pytest.mark.parametrize("layout", [kept_apart, together])
@pytest.mark.parametrize("direction", ["left_to_right", "right_to_left"])
def test_both_layouts_in_both_directions(layout, direction, tmp_path, data_root):
    form = Form(HEIGHT, WIDTH, direction=direction)
    found = everything(layout(tmp_path / "pictures"), data_root, form)
    assert len(found) == 8
    for name, images in found.items():
        number = 10 * int(name.removesuffix(".png"))
        red, blue = np.array([number, 0, 0]), np.array([0, 0, number])
        wanted = (red, blue) if direction == "left_to_right" else (blue, red)
        for image, colour in zip(images, wanted, strict=True):
            assert image.shape == (HEIGHT, WIDTH, 3)
            np.testing.assert_allclose(image, np.broadcast_to(colour, image.shape), atol=0.51)


def test_folders_say_the_splits_as_in_the_original(tmp_path, data_root):
    folder = tmp_path / "pictures"
    for green, (split, count) in enumerate((("train", 3), ("val", 2), ("test", 2))):
        together(folder, count, split + "/{}.png", green)
    assert [len(load(folder, split, data_root)) for split in ("train", "validation", "test")] == [
        3, 2, 2]
    apart = tmp_path / "apart"
    for green, (split, count) in enumerate((("train", 3), ("validation", 2), ("test", 2))):
        kept_apart(apart, count, (f"source/{split}", f"target/{split}"), green)
    assert load(apart, "validation", data_root).names == ("validation/0", "validation/1")


def test_channels_and_bits(tmp_path, data_root):
    values = (np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) * 1000).astype(np.uint16)
    rgba = [np.full((HEIGHT, WIDTH, 4), (255, 0, i, 51), np.uint8) for i in range(6)]
    folder = put(tmp_path / "pictures", {
        f"{place}/{i}.png": encoded(PIL.Image.fromarray(array))
        for i in range(6) for place, array in (("source", values), ("target", rgba[i]))})
    form = Form(HEIGHT, WIDTH, source_channels=1, target_channels=4)
    source, target = everything(folder, data_root, form)["0"]
    np.testing.assert_allclose(source[..., 0] * 257, values, atol=0.6)
    np.testing.assert_allclose(target, rgba[0], atol=0.51)


def test_other_formats_and_orientations_are_read(tmp_path, data_root):
    grey = PIL.Image.fromarray(np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH))
    lying = grey.transpose(PIL.Image.Transpose.ROTATE_90)  # To be turned by 90 degrees clockwise.
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    contents = {"0.png": encoded(grey), "1.gif": encoded(grey, "GIF"),
                "2.webp": encoded(grey.convert("RGB"), "WEBP", lossless=True),
                "3.tif": encoded(grey, "TIFF"), "4.bmp": encoded(grey, "BMP"),
                "5.png": encoded(lying, exif=exif),
                "6.jpg": encoded(grey, "JPEG", quality=100)}
    folder = put(tmp_path / "pictures", {
        f"{place}/{name}": encoded(plain_colour((i, 0, 0))) if place == "target" else content
        for i, (name, content) in enumerate(contents.items()) for place in ("source", "target")})
    form = Form(HEIGHT, WIDTH, source_channels=1)
    found = everything(folder, data_root, form)
    assert len(found) == len(contents)
    for source, _ in found.values():
        np.testing.assert_allclose(source[..., 0], np.asarray(grey), atol=3)


def test_bad_files_are_listed_and_the_rest_is_kept(tmp_path, data_root):
    folder = kept_apart(tmp_path / "pictures")
    good = encoded(plain_colour("red"))
    put(folder, {
        "source/alone.png": good, "target/lonely.png": good, "elsewhere/x.png": good,
        "source/text.png": b"not a picture", "target/text.png": good,
        "source/cut.png": good[:-20], "target/cut.png": good,
        "source/empty.png": b"", "target/empty.png": good,
        "source/size.png": good, "target/size.png": encoded(plain_colour("red", (9, 9))),
        "source/twice.png": good, "source/twice.jpg": good, "target/twice.png": good,
        "source/xcopy.png": good, "target/xcopy.png": good})
    report = tmp_path / "w" / "bad_inputs.csv"
    with pytest.raises(RequestError, match="9 bad inputs, listed in .*--on_bad_input=skip"):
        pairs.check_inputs(str(folder), data_root, FORM, "stop", report)
    lines = "".join(sorted(report.read_text().splitlines(keepends=True)))
    for words in ("source/alone.png,has no file of the same name in target/",
                  "target/lonely.png,has no file of the same name in source/",
                  "elsewhere/x.png,lies neither in source/ nor in target/",
                  "source/text.png and target/text.png,\"is no PNG",
                  "is damaged", "is empty (0 bytes)", "differ in size (8x6 and 9x9 pixels)",
                  "has the same name as", "xcopy,is the same pair as twice"):
        assert words in lines, words
    pairs.check_inputs(str(folder), data_root, FORM, "skip", report)
    assert len(everything(folder, data_root)) == 9  # Of "twice" the first.


def test_an_odd_width_side_by_side_is_bad(tmp_path, data_root):
    folder = put(together(tmp_path / "pictures"), {
        "odd.png": encoded(plain_colour("red", (9, HEIGHT)))})
    with pytest.raises(RequestError, match="1 bad input"):
        pairs.check_inputs(str(folder), data_root, FORM, "stop", tmp_path / "w" / "bad.csv")
    assert "9 pixels wide" in (tmp_path / "w" / "bad.csv").read_text()


def test_two_folders_of_other_names_are_no_pairs_and_not_cut_in_two():
    items, bad, _ = own_pairs.modality(FORM).find(
        "f", ["source/1.png", "source/2.png", "target/1_b.png"])
    assert items == {} and sorted(bad) == [
        ("source/1.png", "has no file of the same name in target/"),
        ("source/2.png", "has no file of the same name in target/"),
        ("target/1_b.png", "has no file of the same name in source/")]


@pytest.mark.parametrize("make, words", [
    (lambda folder: None, "there is no such folder"),
    (lambda folder: folder.mkdir(), "holds no pictures"),
    (lambda folder: together(folder, 4), "every split needs at least 2")])
def test_useless_folders_are_refused(make, words, tmp_path, data_root):
    make(tmp_path / "pictures")
    with pytest.raises(RequestError, match=words):
        load(tmp_path / "pictures", "train", data_root)


def test_the_fingerprint_changes_with_the_pictures(tmp_path, data_root):
    folder = together(tmp_path / "pictures")
    before = load(folder, "train", data_root)
    name = before.names[0]
    assert load(folder, "train", data_root).fingerprint == before.fingerprint
    (folder / name).write_bytes(encoded(side_by_side("white", "black")))
    assert load(folder, "train", data_root).fingerprint != before.fingerprint


def gradient_pair():
    """Source and target that are one picture, each pixel unlike the others."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = 30 * np.arange(WIDTH)
    image[..., 1] = 30 * np.arange(HEIGHT)[:, None]
    content = encoded(PIL.Image.fromarray(image))
    return pairs.ImagePairs(lambda index: (content, content), ("a", "b", "c")), image


def test_both_pictures_of_a_pair_are_augmented_alike_and_pairs_differently():
    loaded, image = gradient_pair()
    form = Form(HEIGHT, WIDTH, jitter=4, flip=True)
    data = batches.ImagePairBatches(loaded, form, seed=1, batch_size=16).dataset()
    batch = next(iter(data))
    np.testing.assert_array_equal(batch["source"], batch["target"])
    assert len({row.numpy().tobytes() for row in batch["source"]}) > 8
    flips = np.array([row[0, 0, 0] > row[0, -1, 0] for row in batch["source"].numpy()])
    assert 2 < flips.sum() < 14


def test_without_jitter_and_flip_nothing_changes():
    loaded, image = gradient_pair()
    batch = next(iter(batches.ImagePairBatches(loaded, FORM, seed=1, batch_size=2).dataset()))
    np.testing.assert_array_equal(batch["source"][0], image)


def test_a_crop_is_cut_at_the_drawn_place():
    _, image = gradient_pair()
    form = Form(HEIGHT - 2, WIDTH - 2, jitter=2, flip=True)
    uniforms = tf.constant([[0.99, 0.4, 0.7], [0.99, 0.4, 0.3], [0.0, 1.0, 0.5]])
    crop, flipped, corner = form.augmented(tf.constant(np.stack([image] * 3)), uniforms).numpy()
    np.testing.assert_array_equal(crop, image[2:, 1:-1])
    np.testing.assert_array_equal(flipped, image[2:, 1:-1][:, ::-1])
    np.testing.assert_array_equal(corner, image[:-2, 2:])  # A draw that was rounded up to 1.
    never = Form(HEIGHT, WIDTH).augmented(tf.constant(image[None]), tf.zeros((1, NUM_UNIFORMS)))
    np.testing.assert_array_equal(never[0], image)


def test_a_jitter_of_just_the_margin_cuts_windows_at_the_picture_s_own_scale():
    loaded, image = gradient_pair()
    form = Form(HEIGHT - 3, WIDTH - 3, jitter=3, flip=True)
    batch = next(iter(batches.ImagePairBatches(loaded, form, seed=1, batch_size=16).dataset()))
    for row in batch["target"].numpy():
        top, left = row[0, 0, 1] // 30, row[0, :, 0].min() // 30
        window = image[top:top + HEIGHT - 3, left:left + WIDTH - 3]
        np.testing.assert_array_equal(row, window if row[0, 0, 0] < row[0, 1, 0] else
                                      window[:, ::-1])


def first_batches(loaded, form, count=3, **kwargs):
    data = batches.ImagePairBatches(loaded, form, seed=1, batch_size=4).dataset(**kwargs)
    return list(data.take(count).as_numpy_iterator())


def colourful(folder):
    """Pairs kept apart, of random pixels."""
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (2, 8, HEIGHT, WIDTH, 3), np.uint8)
    return put(folder, {f"{place}/{i}.png": encoded(PIL.Image.fromarray(pixels[side, i]))
                        for side, place in enumerate(("source", "target")) for i in range(8)})


@pytest.mark.parametrize("direction", ["left_to_right", "right_to_left"])
@pytest.mark.parametrize("layout", [together, colourful])
@pytest.mark.parametrize("size", [(HEIGHT, WIDTH), (HEIGHT - 2, WIDTH - 2)])
def test_batches_from_memory_are_those_decoded_on_the_fly(
        size, layout, direction, tmp_path, data_root, monkeypatch):
    form = Form(*size, direction=direction, jitter=2, flip=True)
    loaded = load(layout(tmp_path / "pictures"), "train", data_root, form)
    assert kept.keep(loaded, form.start())["source"].shape == (
        len(loaded), size[0] + 2, size[1] + 2, 3)
    from_memory = first_batches(loaded, form)
    late = first_batches(loaded, form, 1, start_step=2)
    monkeypatch.setattr(kept, "_MEMORY_LIMIT", 0)
    assert kept.keep(loaded, form.start()) is None
    on_the_fly = first_batches(loaded, form)
    for one, other in zip([*from_memory, *late], [*on_the_fly, on_the_fly[2]], strict=True):
        for side in ("source", "target"):
            assert one[side].shape == (4, *size, 3)
            assert one[side].dtype == np.uint8 and other[side].dtype == np.float32
            np.testing.assert_array_equal(as_floats(one)[side], other[side])


@pytest.mark.parametrize("is_together", [True, False])
@pytest.mark.parametrize("limit", [kept._MEMORY_LIMIT, 0])
def test_packs_hold_targets_of_equal_sources(limit, is_together, monkeypatch):
    monkeypatch.setattr(kept, "_MEMORY_LIMIT", limit)
    reds, blues = [10, 20, 30, 40, 10, 10, 10], [10, 20, 30, 40, 200, 201, 202]
    sides = [[(red, 0, 0), (0, 0, blue)] for red, blue in zip(reds, blues, strict=True)]
    pictures = [(encoded(side_by_side(*pair)),) if is_together else
                tuple(encoded(plain_colour(side)) for side in pair) for pair in sides]
    loaded = pairs.ImagePairs(pictures.__getitem__, tuple(map(str, range(7))))
    data = batches.ImagePairBatches(loaded, FORM, seed=1, batch_size=7, packing=3).dataset()
    others = []
    for batch in map(as_floats, data.take(40).as_numpy_iterator()):
        source, target = (np.round((batch[name][:, 0, 0] + 1) * 127.5)
                          for name in ("source", "target"))
        assert batch["target"].shape == (7, HEIGHT, WIDTH, 9)
        red, blue = source[:, 0], target[:, 2::3]
        assert (blue[red > 10] == red[red > 10, None]).all()  # One right target, thrice.
        assert sorted(blue[red == 10, 0]) == [10, 200, 201, 202]  # Each once an epoch.
        others.extend(blue[red == 10, 1:].ravel())
    values, counts = np.unique(others, return_counts=True)
    assert values.tolist() == [10, 200, 201, 202]
    np.testing.assert_allclose(counts / len(others), 0.25, atol=0.1)


def test_pairs_are_kept_up_to_the_memory_limit(monkeypatch):
    loaded, image = gradient_pair()
    needed = 2 * len(loaded) * HEIGHT * WIDTH * 3
    monkeypatch.setattr(kept, "_MEMORY_LIMIT", needed)
    for images in kept.keep(loaded, FORM).values():
        assert images.dtype == np.uint8
        np.testing.assert_array_equal(images, [image] * len(loaded))
    monkeypatch.setattr(kept, "_MEMORY_LIMIT", needed - 1)
    assert kept.keep(loaded, FORM) is None


@pytest.mark.parametrize("last, is_exact", [
    (np.full((HEIGHT, WIDTH, 4), (255, 0, 0, 255), np.uint8), True),
    (np.full((HEIGHT, WIDTH, 4), (255, 100, 0, 50), np.uint8), False),
    (np.full((HEIGHT, WIDTH), 1000, np.uint16), False),
    (np.random.default_rng(0).integers(0, 256, (HEIGHT + 1, WIDTH, 3), np.uint8), False)])
def test_what_8_bits_cannot_say_is_kept_in_16(last, is_exact, capsys, monkeypatch):
    good, last = (encoded(PIL.Image.fromarray(array)) for array in (gradient_pair()[1], last))
    loaded = pairs.ImagePairs([(good, good), (good, last)].__getitem__, ("a", "b"))
    found = kept.keep(loaded, FORM)
    assert found["target"].dtype == (tf.uint8 if is_exact else tf.uint16)
    told = capsys.readouterr().out
    assert ("2 pairs of 16 bits, 0 MiB: decoding them once" in told) == (not is_exact)
    wanted = batches.plain(loaded, FORM, range(2))
    for images, side in zip(wanted, ("source", "target"), strict=True):
        np.testing.assert_allclose(as_floats(found)[side], images, atol=1.01 / 65535)
    # Where 16 bits do not fit, they are not kept at all.
    monkeypatch.setattr(kept, "_MEMORY_LIMIT", 2 * 2 * HEIGHT * WIDTH * 3)
    assert (kept.keep(loaded, FORM) is None) == (not is_exact)


def test_every_one_of_256_levels_is_kept_exactly():
    levels = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=-1)
    content = encoded(PIL.Image.fromarray(levels))
    loaded = pairs.ImagePairs(lambda index: (content, content), ("a", "b"))
    np.testing.assert_array_equal(kept.keep(loaded, Form(16, 16))["target"], [levels, levels])


def test_openmoji_goes_from_lines_to_colours_with_pictures_without_captions(data_dir):
    form = Form(64, 64)
    loaded = {split: pairs.load("openmoji/64", split, str(data_dir), form)
              for split in ("train", "validation", "test")}
    names = [name for each in loaded.values() for name in each.names]
    assert len(set(names)) == len(names) == 48 + 8 + 24 + 1
    train = loaded["train"]
    source, target = batches.plain(train, form, range(4))
    lines, colours = (np.ptp(image.numpy(), axis=-1).max() for image in (source, target))
    assert lines < 0.01 < colours
    back = batches.plain(train, Form(64, 64, direction="right_to_left"), range(4))
    np.testing.assert_array_equal(back[0], target)
    contents = {split: set(map(each.read, range(len(each)))) for split, each in loaded.items()}
    assert not contents["train"] & (contents["validation"] | contents["test"])


def test_wrong_features_and_splits_are_refused(data_dir):
    with pytest.raises(RequestError, match="no split 'tset'; it has"):
        pairs.load("openmoji/64", "tset", str(data_dir), FORM)


def test_a_damaged_pair_is_named_by_its_place(tmp_path, data_root):
    form = Form(HEIGHT, WIDTH)
    loaded = load(colourful(tmp_path / "pictures"), "train", data_root, form)
    damaged = pairs.ImagePairs(
        lambda index: tuple(picture[:30 if index == 2 else None] for picture in loaded.read(index)),
        loaded.names)
    with pytest.raises(RequestError, match="example 2, counted from 0, of the .* cannot be"):
        kept.keep(damaged, form)
