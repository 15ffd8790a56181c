"""One's own videos and TFDS ones: what is read, what is refused, and the batches made of them."""

import csv
import importlib
from fractions import Fraction

import av
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from zoo.data import image, video
from zoo.data.folder import preparing
from zoo.data.folder.kept import BadInput
from zoo.data.next_frame import NextFrameBatches, moving_patch
from zoo.data.video_folder import decoding, timing
from zoo.data.video_folder import folder as own_videos
from zoo.errors import RequestError

SIZE = 16


def moving_square(num_frames=8, height=24, width=32, seed=0):
    """A bright square that moves two pixels a frame over a dark background, uint8."""
    frames = np.full((num_frames, height, width, 3), 20, np.uint8)
    colour = np.random.default_rng(seed).integers(120, 256, 3)
    for time in range(num_frames):
        left = 4 + 2 * time % (width - 14)
        frames[time, 8:16, left:left + 8] = colour
    return frames


def write_video(path, frames, codec="mpeg4", times=None, rate=25):
    """Encodes frames; `times` in thousandths of a second give a variable rate."""
    options = {"qscale": "2"} if codec == "mpeg4" else {}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        if times:
            stream.codec_context.time_base = Fraction(1, 1000)
        for i, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            if times:
                frame.pts, frame.time_base = times[i], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def write_animation(path, frames, duration=40, **options):
    first, *rest = [PIL.Image.fromarray(frame) for frame in frames]
    first.save(path, save_all=True, append_images=rest, duration=duration, loop=0, **options)


def write_frames(folder, frames):
    folder.mkdir(parents=True)
    for i, frame in enumerate(frames):
        PIL.Image.fromarray(frame).save(folder / f"frame_{i}.png")


@pytest.fixture
def folder(tmp_path):
    """Six good videos: two containers, two animations, two folders of frames."""
    path = tmp_path / "videos"
    path.mkdir()
    write_video(path / "a.mp4", moving_square(seed=1))
    write_video(path / "b.webm", moving_square(seed=2), codec="libvpx-vp9")
    write_animation(path / "c.gif", moving_square(seed=3))
    write_animation(path / "d.webp", moving_square(seed=4), lossless=True)
    write_frames(path / "e", moving_square(12, seed=5))
    write_video(path / "f.avi", moving_square(seed=6))
    return path


@pytest.fixture
def prepare(folder, tmp_path):
    return lambda: preparing.prepare(folder, tmp_path / "data", own_videos.modality(SIZE))


def first_channel(encoded):
    return tf.io.decode_png(encoded).numpy()[..., 0].astype(int)


def middle(frames):
    return frames[:, :, 4:28]  # What is left of 24x32 when the middle square is cut out.


def check(folder, tmp_path, num_frames=5, on_bad_input="stop"):
    report = tmp_path / "run" / "bad_inputs.csv"
    try:
        video.check_inputs(str(folder), str(tmp_path / "data"), SIZE, num_frames, on_bad_input,
                           report)
        error = None
    except RequestError as caught:
        error = str(caught)
    rows = dict(list(csv.reader(report.open()))[1:]) if report.exists() else {}
    return error, rows


def test_every_kind_of_video_is_read_frame_by_frame(prepare):
    found = {each["name"]: each for each in prepare().items}
    assert {name: len(each["shown"]) for name, each in found.items()} == {
        "a.mp4": 8, "b.webm": 8, "c.gif": 8, "d.webp": 8, "e": 12, "f.avi": 8}
    for seed, name in enumerate("a.mp4 b.webm c.gif d.webp e f.avi".split(), start=1):
        expected = middle(moving_square(len(found[name]["shown"]), seed=seed))[..., 0]
        for frame, encoded in zip(expected, prepare().read_all(found[name]), strict=True):
            small = np.asarray(PIL.Image.fromarray(frame).resize((SIZE, SIZE), PIL.Image.BOX))
            assert np.abs(first_channel(encoded) - small).mean() < 6, name


def found(paths):
    """Returns `{name: paths of its files}`, and the paths of what is no video."""
    items, bad, _ = own_videos.modality(SIZE).find("f", paths)
    return {name: item.paths for name, item in items.items()}, [path for path, _ in bad]


def test_frames_are_in_the_order_of_their_numbers():
    paths = ["x/f10.png", "x/f9.png", "x/f1.jpg", "y/a.mp4", "top.bmp", "notes.txt"]
    assert found(paths) == ({
        "x": ("x/f1.jpg", "x/f9.png", "x/f10.png"), "y/a.mp4": ("y/a.mp4",)}, ["top.bmp"])
    assert found(["1.png", "0.png"]) == ({".": ("0.png", "1.png")}, [])


@pytest.mark.parametrize("thumbnail", ["a.jpg", "thumbs/a.jpg", "more/x.png"])
def test_pictures_beside_videos_are_no_video(thumbnail):
    paths = ["a.mp4", "b.mp4", "more/c.mp4"]
    assert found([*paths, thumbnail]) == ({path: (path,) for path in paths}, [thumbnail])


@pytest.mark.parametrize("times, shown", [
    ([None] * 3, [0, 1, 2]),
    ([0, 0.033, 0.067, 0.1], [0, 1, 2, 3]),  # Rounded to milliseconds.
    ([0, 0.1, 0.2, 0.5, 0.6], [0, 1, 2, 2, 3, 3, 4]),  # The third stands still.
    ([0, 0.1, 0.12, 0.2, 0.3], [0, 1, 3, 4]),  # A frame too many.
    ([0, 0.1, 0.1, 0.3, 0.4], [0, 1, 3, 4]),  # A time twice costs a frame,
    ([0, 0.2, 0.1, 0.4, 0.6], [0, 1, 3, 4]),  # one that falls too,
    ([0, 0.1, 0.9, 0.2, 0.3], [0, 1, 2]),  # the order as decoded counts,
    ([5, 0, 1], [0]),
    ([7.0], [0])])
def test_frames_are_shown_at_a_constant_rate(times, shown):
    got = timing.constant_rate(times).tolist()
    if len(times) == 5 and times[3] == 0.5:  # Half-way either neighbour will do.
        assert got[:3] == shown[:3] and got[-2:] == shown[-2:] and len(got) == 7
    else:
        assert got == shown


@pytest.mark.parametrize("times, reason", [
    ([0, 0.1, 0.2, 9e6], "its times are wrong")])
def test_times_beyond_reason_are_refused(times, reason):
    with pytest.raises(BadInput, match=reason):
        timing.constant_rate(times)


def test_a_variable_frame_rate_becomes_a_constant_one(tmp_path):
    frames = moving_square(6)
    write_video(tmp_path / "x.mkv", frames, times=[0, 40, 80, 280, 320, 360])
    times = [time for time, _ in decoding.read([tmp_path / "x.mkv"])]
    assert times == pytest.approx([0, 0.04, 0.08, 0.28, 0.32, 0.36])
    assert len(timing.constant_rate(times)) == 10  # 40 ms each.


@pytest.mark.parametrize("height, width", [(25, 33), (9, 64), (64, 17)])
def test_odd_sizes_are_cut_to_their_middle_square(tmp_path, height, width):
    frames = np.random.default_rng(0).integers(0, 256, (3, height, width, 3), np.uint8)
    write_animation(tmp_path / "x.webp", frames, lossless=True)
    (_, first), *_ = decoding.read([tmp_path / "x.webp"])
    assert first.size == (width, height)
    write_video(tmp_path / "x.avi", frames, codec="ffv1")
    assert [frame.size for _, frame in decoding.read([tmp_path / "x.avi"])] == 3 * [
        (width, height)]


def test_bad_videos_stop_the_run_or_are_skipped(folder, tmp_path):
    whole = (folder / "a.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[:len(whole) // 2])
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "text.webm").write_text("no video at all")
    (folder / "broken.gif").write_bytes(b"GIF89a broken")
    (folder / "copy.mp4").write_bytes(whole)
    write_animation(folder / "still.gif", moving_square(1))
    write_frames(folder / "short", moving_square(3))
    write_frames(folder / "mixed", moving_square(5))
    PIL.Image.new("RGB", (40, 40)).save(folder / "mixed" / "frame_3.png")
    write_frames(folder / "damaged", moving_square(5))
    (folder / "damaged" / "frame_2.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    write_frames(folder / "tiny", np.zeros((5, 4, 9, 3), np.uint8))
    wanted = {
        "cut.mp4": "is truncated", "empty.mp4": "is empty", "text.webm": "is no MP4",
        "broken.gif": "is damaged", "copy.mp4": "is the same video as a.mp4",
        "still.gif": "has 1 of the 5 frames needed", "short": "has 3 of the 5",
        "mixed": "has frames of several sizes (32x24 and 40x40)",
        "damaged": "frame_2.png is damaged", "tiny": "is too small (9x4)"}
    error, rows = check(folder, tmp_path)
    assert error.startswith(f"--dataset={folder}: {len(wanted)} bad inputs") and "\n" not in error
    assert rows.keys() == wanted.keys()
    for name, reason in wanted.items():
        assert reason in rows[name] and "\n" not in rows[name], name
    error, _ = check(folder, tmp_path, on_bad_input="skip")
    assert error is None
    splits = [video.load(str(folder), split, str(tmp_path / "data"), SIZE, 5)
              for split in ("train", "validation", "test")]
    assert sorted(length for each in splits for length in each.lengths) == [8, 8, 8, 8, 8, 12]


def test_good_videos_leave_no_report_and_a_new_one_is_seen(folder, tmp_path):
    assert check(folder, tmp_path) == (None, {})
    before = video.load(str(folder), "train", str(tmp_path / "data"), SIZE, 5)
    write_video(folder / "train.mp4", moving_square(seed=9))
    after = video.load(str(folder), "train", str(tmp_path / "data"), SIZE, 5)
    assert len(after) == len(before) + 1 and after.fingerprint != before.fingerprint


@pytest.mark.parametrize("name, message", [
    ("nowhere", "there is no such folder"), ("hollow", "holds no videos")])
def test_a_folder_without_videos_is_refused(tmp_path, name, message):
    (tmp_path / "hollow").mkdir()
    with pytest.raises(RequestError, match=message):
        video.load(str(tmp_path / name), "train", str(tmp_path / "data"))


def test_too_few_videos_are_refused(folder, tmp_path):
    with pytest.raises(RequestError, match="1 good videos, 0 of them in the split train"):
        video.load(str(folder), "train", str(tmp_path / "data"), SIZE, num_frames=9)


def test_static_clips_are_left_out():
    movement = [[0, 9, 9, 0, 0, 0], [0, 0, 0, 30]]
    videos = video.Videos([6, 4], None, movement)
    # Means of two movements: 9, 4.5, 0, 0; then 0, 15. At least 8 is wanted.
    assert videos.windows(3).tolist() == [[0, 0], [1, 1]]
    assert video.Videos([6, 4], None).windows(3, stride=2).tolist() == [
        [0, 0], [0, 2], [1, 0]]


def test_movement_is_that_of_the_block_that_changes_most():
    before = np.zeros((16, 16, 3), np.float32)
    after = before.copy()
    after[0:2, 2:4] = 30
    after[8, 8] = 20
    assert own_videos.movement(before, after) == pytest.approx(30)


def made_up_videos(count=5, num_frames=6, size=SIZE):
    """Videos whose frames are grey; video and time can be told from the level."""
    def read(index, start, stop):
        return [tf.io.encode_png(np.full((size, size, 3), 40 * index + time, np.uint8)).numpy()
                for time in range(start, stop)]
    return video.Videos([num_frames] * count, read)


def levels(frames):
    return np.round((np.asarray(frames)[..., 0, 0, 0] + 1) * 127.5).astype(int)


def test_batches_are_clips_with_the_past_of_another_video():
    batches = NextFrameBatches(made_up_videos(), SIZE, SIZE, 3, 0, 6, mismatched=True)
    assert len(batches) == 5 * 3
    seen = []
    for batch in batches.dataset().take(5):
        assert {name: value.shape for name, value in batch.items()} == {
            "context": (6, 3, SIZE, SIZE, 3), "next_frame": (6, SIZE, SIZE, 3),
            "mismatched_context": (6, 3, SIZE, SIZE, 3)}
        past, after, wrong = map(levels, (batch["context"], batch["next_frame"],
                                          batch["mismatched_context"]))
        assert (np.diff(past, axis=1) == 1).all() and (after == past[:, -1] + 1).all()
        assert (wrong // 40 != past // 40).all() and (np.diff(wrong, axis=1) == 1).all()
        seen += past[:, 0].tolist()
    assert sorted(seen[:15]) == sorted(set(seen))  # Each clip once an epoch.


def test_batches_are_a_function_of_the_step_and_replicas_share_them():
    batches = NextFrameBatches(made_up_videos(), SIZE, 8, 3, 0, 4, mismatched=True)
    [whole] = batches.dataset(start_step=2).take(1)
    halves = list(batches.dataset(2, 0, 2, 2).take(2))
    [again] = batches.dataset(start_step=1).skip(1).take(1)
    for name, value in whole.items():
        np.testing.assert_array_equal(value, again[name])
        np.testing.assert_array_equal(value, tf.concat([half[name] for half in halves], axis=0))


@pytest.mark.parametrize("count, mismatched, message", [
    (1, True, "1 of 1 training videos have a clip of 4 frames in which something moves; 2 or"),
    (0, False, "0 of 0 training videos")])
def test_wrong_pairs_need_two_videos(count, mismatched, message):
    with pytest.raises(RequestError, match=message):
        NextFrameBatches(made_up_videos(count), SIZE, SIZE, 3, 0, 4, mismatched)
    if count:
        batches = NextFrameBatches(made_up_videos(count), SIZE, SIZE, 3, 0, 4, mismatched=False)
        assert next(iter(batches.dataset())).keys() == {"context", "next_frame"}


def test_the_first_moving_patch_is_cut_else_the_most_moving_one():
    clip = np.zeros((3, 12, 12, 3), np.float32)
    clip[1, 8:, :4], clip[1, 8:, 8:] = 1.0, 0.5
    clip[1, :4, :4], clip[1, :4, 8:] = 0.01, 0.02

    def cut(*places):
        return moving_patch(tf.constant(clip), tf.constant(places), 4).numpy()[1, 0, 0, 0]

    assert cut((0, 0), (8, 8), (8, 0)) == 0.5
    assert cut((0, 0), (0, 8), (4, 4)) == pytest.approx(0.02)


class TestTFDS:
    """Data sets by name, of the structure that TFDS's own have."""

    @pytest.fixture
    def moving_mnist(self, monkeypatch, tmp_path):
        module = importlib.import_module("tensorflow_datasets.video.moving_mnist")
        clips = np.random.default_rng(0).integers(0, 256, (20, 20, 64, 64, 1), np.uint8)
        monkeypatch.setattr(module.MovingMnist, "_split_generators", lambda self, _: {
            "test": iter([(i, {"image_sequence": clip}) for i, clip in enumerate(clips)])})
        return clips, str(tmp_path)

    def test_moving_mnist_is_divided_and_turned_into_colour(self, moving_mnist):
        clips, data_dir = moving_mnist
        found = {split: video.load("moving_mnist", split, data_dir)
                 for split in ("train", "validation", "test")}
        assert {split: len(videos) for split, videos in found.items()} == {
            "train": 16, "validation": 2, "test": 2}
        seen = set()
        for videos in found.values():
            assert set(videos.lengths) == {20} and videos.fingerprint == ""
            for index in range(len(videos)):
                frames = image.to_uint8(image.decode(tf.constant(videos.read(index, 3, 5)), 64))
                assert frames.shape == (2, 64, 64, 3)
                [true] = [i for i, clip in enumerate(clips)
                          if (clip[3:5] == frames.numpy()).all()]
                seen.add(true)
        assert len(seen) == 20

    def test_large_data_sets_are_read_from_disk(self, moving_mnist, monkeypatch):
        data_dir = moving_mnist[1]
        kept = video.load("moving_mnist", "test", data_dir)
        monkeypatch.setattr(video, "_MEMORY_LIMIT", 1000)
        read = video.load("moving_mnist", "test", data_dir)
        assert read.lengths == kept.lengths
        assert list(read.read(1, 2, 6)) == list(kept.read(1, 2, 6))

    def test_an_unknown_split_or_a_data_set_without_videos_is_refused(self, moving_mnist):
        with pytest.raises(RequestError, match="no split 'extra'"):
            video.load("moving_mnist", "extra", moving_mnist[1])
        with pytest.raises(RequestError, match="must have one feature that is a video"):
            video.load("mnist", "train", moving_mnist[1])
