"""Video files as players show them, or refused with a reason; nothing else is opened."""

import fractions
import io
import os
import struct
import types

import numpy as np
import PIL.Image
import pytest

from tests.data.test_speech_reading import put, tone
from zoo.data.folder import pictures
from zoo.data.folder.kept import BadInput
from zoo.data.video_folder import decoding, timing
from zoo.errors import RequestError
from zoo.video_prediction import requests

av = pytest.importorskip("av")
RED, CLEAR = (255, 0, 0), (0, 0, 0, 0)


def video(path, codec="png", pix_fmt="rgb24", count=4, size=(24, 16), pts=None, aspect=None):
    """Writes frames that are red in their upper left quarter, else black or transparent."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        if aspect:
            stream.sample_aspect_ratio = aspect
        for number in range(count):
            picture = np.zeros((size[1], size[0], 4), np.uint8)
            picture[:size[1] // 2, :size[0] // 2] = (*RED, 255)
            frame = av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format=pix_fmt)
            frame.pts, frame.time_base = number, fractions.Fraction(1, 10)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def frames(path):
    return [np.asarray(image) for _, image in decoding.read([path])]


def where_red(picture):
    """Which corner of the last frame is red, and its size."""
    corners = {(y, x) for y in (0, -1) for x in (0, -1) if tuple(picture[y, x, :3]) == RED}
    return corners, picture.shape[1::-1]


@pytest.mark.parametrize("matrix, corner, size", [
    ((1, 0, 0, 1), (0, 0), (24, 16)), ((-1, 0, 0, 1), (0, -1), (24, 16)),
    ((1, 0, 0, -1), (-1, 0), (24, 16)), ((-1, 0, 0, -1), (-1, -1), (24, 16)),
    ((0, 1, -1, 0), (0, -1), (16, 24)), ((0, -1, 1, 0), (-1, 0), (16, 24)),
    ((0, 1, 1, 0), (0, 0), (16, 24)), ((0, -1, -1, 0), (-1, -1), (16, 24))])
def test_frames_are_turned_and_mirrored_as_the_file_asks(tmp_path, matrix, corner, size):
    path = video(tmp_path / "a.mov")
    content = bytearray(path.read_bytes())
    place = content.index(b"tkhd") + 4 + 40
    a, b, c, d = (65536 * number for number in matrix)
    content[place:place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 2**30)
    path.write_bytes(content)
    assert where_red(frames(path)[-1]) == ({corner}, size)


@pytest.mark.parametrize("name, codec, pix_fmt", [
    ("a.mov", "png", "rgba"), ("a.mkv", "ffv1", "bgra"), ("a.avi", "png", "rgba"),
    ("b.mov", "qtrle", "argb"), ("c.mov", "prores_ks", "yuva444p10le"),
    ("a.webm", "libvpx-vp9", "yuva420p")])
def test_transparent_parts_are_white(tmp_path, name, codec, pix_fmt):
    [*_, (_, image)] = decoding.read([video(tmp_path / name, codec, pix_fmt, size=(64, 64))])
    assert image.mode == "RGBA"
    shown = np.asarray(PIL.Image.open(
        io.BytesIO(pictures.to_png(image, 64)))).astype(int)
    np.testing.assert_allclose(shown[4, 4], RED, atol=20)
    np.testing.assert_allclose(shown[-5, -5], 255, atol=4)


def test_a_time_stamp_that_is_there_twice_costs_a_frame(tmp_path):
    path = video(tmp_path / "a.mkv", "ffv1", "bgr0", count=6)
    content = path.read_bytes()
    third = b"\x81" + struct.pack(">h", 300)
    assert content.count(third) == 1
    for stamp in (200, 150):  # Equal, and falling.
        path.write_bytes(content.replace(third, b"\x81" + struct.pack(">h", stamp)))
        times = [time for time, _ in decoding.read([path])]
        assert len(times) == 6 and times[3] == stamp / 1000
        assert timing.constant_rate(times).tolist() == [0, 1, 2, 4, 5]


@pytest.mark.parametrize("aspect, size", [
    (2, (48, 16)), (fractions.Fraction(1, 2), (12, 16)), (fractions.Fraction(12, 11), (26, 16))])
def test_pixels_are_made_square(tmp_path, aspect, size):
    assert where_red(frames(video(tmp_path / "a.mov", aspect=aspect))[0]) == ({(0, 0)}, size)


def test_a_cover_is_no_video(tmp_path):
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=16000, layout="mono")
        cover = container.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 16, 16, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        samples = av.AudioFrame.from_ndarray(
            tone()[None].astype(np.float32), format="fltp", layout="mono")
        samples.rate = 16000
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        for stream, frame in ((cover, picture), (sound, samples)):
            for packet in [*stream.encode(frame), *stream.encode()]:
                container.mux(packet)
    with pytest.raises(BadInput, match="has no video stream"):
        frames(path)


@pytest.mark.parametrize("name, codec, pix_fmt", [
    ("a.mp4", "mpeg4", "yuv420p"), ("a.mov", "png", "rgb24"), ("a.mkv", "ffv1", "bgr0"),
    ("a.webm", "libvpx", "yuv420p"), ("a.avi", "mjpeg", "yuvj420p")])
@pytest.mark.parametrize("share", [0.35, 0.9])
def test_a_file_cut_short_is_refused(tmp_path, name, codec, pix_fmt, share):
    path = video(tmp_path / name, codec, pix_fmt, count=12)
    content = path.read_bytes()
    path.write_bytes(content[:int(share * len(content))])
    with pytest.raises(BadInput, match="is truncated: "):
        frames(path)


@pytest.mark.parametrize("name, content", [
    ("a.mp4", b"#EXTM3U\n#EXTINF:1,\nwhole.mov\n"), ("a.mkv", b"ffconcat version 1.0\nfile x\n"),
    ("a.avi", b"http://127.0.0.1:9/x.mp4"), ("a.webm", b"<?xml version='1.0'?><MPD></MPD>"),
    ("a.mov", b"v=0\no=- 0 0 IN IP4 127.0.0.1\n"), ("a.ogv", b"\x89PNG\r\n\x1a\n"),
    ("a.gif", b"BM" + bytes(60))])
def test_only_the_documented_formats_are_opened(tmp_path, monkeypatch, name, content):
    monkeypatch.setattr(av, "open", lambda *args, **options: pytest.fail("FFmpeg was asked"))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match="is no MP4, MOV, WebM"):
        frames(tmp_path / name)


@pytest.mark.parametrize("name", ["concat:a.mov", "http:a.mov", "cache:a.mov"])
def test_no_name_of_a_file_is_an_address(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    os.rename(video(tmp_path / "a.mov"), tmp_path / name)
    assert len(frames(tmp_path.relative_to(tmp_path) / name)) == 4


def test_limits(tmp_path, monkeypatch):
    path = video(tmp_path / "a.mov")
    monkeypatch.setattr(decoding, "_MAX_FRAMES", 3)
    with pytest.raises(BadInput, match="over 3 frames"):
        frames(path)
    monkeypatch.setattr(decoding, "_MAX_FRAMES", 4)
    assert len(frames(path)) == 4
    wide = video(tmp_path / "wide.mov", aspect=2)
    content = bytearray(wide.read_bytes())
    place = content.index(b"pasp") + 4
    content[place:place + 8] = struct.pack(">II", 1000, 1)
    wide.write_bytes(content)
    monkeypatch.setattr(decoding, "_MAX_PIXELS", 24 * 16)
    assert len(frames(path)) == 4
    with pytest.raises(BadInput, match="has frames of 24000x16, over"):
        frames(wide)
    monkeypatch.setattr(decoding, "_MAX_PIXELS", 24 * 16 - 1)
    with pytest.raises(BadInput, match="has frames of 24x16, over"):
        frames(path)
    # FFmpeg itself takes no memory for larger ones.
    monkeypatch.setattr(decoding, "_LIMITS", {"max_pixels": "100"})
    with pytest.raises(BadInput, match="has frames over"):
        frames(path)


@pytest.mark.parametrize("side", [9000, 65535])
def test_an_animation_that_unfolds_to_too_many_pixels_is_refused(tmp_path, side):
    path = tmp_path / "a.gif"
    stills = [PIL.Image.new("P", (8, 8), number) for number in range(3)]
    stills[0].save(path, save_all=True, append_images=stills[1:])
    content = bytearray(path.read_bytes())
    content[6:10] = struct.pack("<HH", side, side)
    path.write_bytes(content)
    with pytest.raises(BadInput, match="has frames.* over 67 million pixels; shrink"):
        frames(path)


def test_a_sound_is_no_video(tmp_path):
    os.rename(put(tmp_path / "a.wav", tone()), tmp_path / "a.avi")
    with pytest.raises(BadInput, match="is damaged or no video"):
        frames(tmp_path / "a.avi")


def test_sample_finds_the_frames_of_a_folder(tmp_path):
    def request(path):
        return requests.read(types.SimpleNamespace(
            out="a.gif", frames=str(path), num_frames=None, seed=0))

    for name in ("f10.png", "f9.png", "F11.TIF", "._f9.png", "notes.txt"):
        PIL.Image.new("RGB", (16, 16)).save(tmp_path / name, "PNG")
    assert [path.name for path in request(tmp_path).paths] == ["F11.TIF", "f9.png", "f10.png"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(RequestError, match="holds no frames"):
        request(tmp_path / "empty")
