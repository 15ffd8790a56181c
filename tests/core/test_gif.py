import io

import numpy as np
from PIL import Image

from zoo.core import gif


def test_an_animation_holds_its_frames_and_repeats():
    frames = np.zeros((3, 5, 7, 3), np.uint8)
    for i, color in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        frames[i, :, i:] = color
    animation = Image.open(io.BytesIO(gif.encode(frames, milliseconds=40)))
    assert animation.n_frames == 3 and animation.info["loop"] == 0
    for i, frame in enumerate(frames):
        animation.seek(i)
        assert animation.info["duration"] == 40
        np.testing.assert_array_equal(animation.convert("RGB"), frame)


def test_there_and_back_shows_each_end_once():
    frames = np.arange(4)[:, None]
    assert gif.there_and_back(frames).ravel().tolist() == [0, 1, 2, 3, 2, 1]
    assert gif.there_and_back(frames[:2]).ravel().tolist() == [0, 1]
