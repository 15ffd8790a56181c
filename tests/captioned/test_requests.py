import types

import pytest

from zoo.errors import RequestError
from zoo.captioned import requests


def flags(**given):
    """The flags of tools/sample.py with their defaults."""
    return types.SimpleNamespace(**{
        "caption": ["cat"], "caption_file": "", "out": "a.png", "num_samples": None, "seed": 0,
        "truncation": 0.0, "interpolate": False, "neighbours": False,
        "right_answers": False, **given})


@pytest.mark.parametrize("given, kind, count, animated", [
    ({}, "grid", 1, False),
    ({"num_samples": 3, "out": "a.PNG"}, "grid", 3, False),
    ({"neighbours": True}, "neighbours", 1, False),
    ({"right_answers": True, "num_samples": 8}, "right_answers", 8, False),
    ({"interpolate": True}, "interpolation", 8, False),
    ({"interpolate": True, "num_samples": 2, "out": "a.gif"}, "interpolation", 2, True),
    ({"interpolate": True, "caption": ["a", "b"]}, "interpolation", 8, False),
])
def test_what_is_asked_for(given, kind, count, animated):
    got = requests.read(flags(**given))
    assert (got.kind, got.count, got.animated) == (kind, count, animated)


@pytest.mark.parametrize("given, told", [
    ({"out": "a.jpg"}, "--out=a.jpg: must end in .png.$"),
    ({"out": "a"}, "must end in .png.$"),
    ({"out": "a.webp", "interpolate": True}, "must end in .png or .gif"),
    ({"out": "a.gif"}, "only --interpolate"),
    ({"out": "a.gif", "neighbours": True}, "only --interpolate"),
    ({"interpolate": True, "neighbours": True}, "--interpolate and --neighbours: give one"),
    ({"interpolate": True, "caption": ["a", "b", "c"]}, "3 captions"),
    ({"interpolate": True, "num_samples": 1}, "at least 2 steps"),
    ({"truncation": -0.5}, "--truncation=-0.5"),
    ({"truncation": float("nan")}, "--truncation=nan"),
    ({"truncation": float("inf")}, "--truncation=inf"),
    ({"caption": []}, "--caption is missing"),
    ({"caption": ["caf\udce9"]}, "--caption: is not UTF-8"),
])
def test_contradictions_are_wrong_requests(given, told):
    with pytest.raises(RequestError, match=told):
        requests.read(flags(**given))


def test_a_caption_file_counts_towards_an_interpolation(tmp_path):
    file = tmp_path / "captions.txt"
    file.write_bytes("\ufeffкот\r\nпёс\r\n".encode())
    got = requests.read(flags(caption=[], caption_file=str(file), interpolate=True))
    assert got.captions == ("кот", "пёс")
    with pytest.raises(RequestError, match="3 captions"):
        requests.read(flags(caption_file=str(file), interpolate=True))
