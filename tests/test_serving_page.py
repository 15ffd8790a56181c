"""docs/serving.md: its request bodies are answered, its configurations fit the signatures."""

import base64
import json
import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf

from tests import served_models

PAGE = (pathlib.Path(__file__).resolve().parents[1] / "docs" / "serving.md").read_text()
BLOCKS = [(match[1].split(), match[2]) for match in re.finditer(
    r"^```([^\n`]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
SMALL = {"text_to_image": "df_gan", "two_scores": "two_scores", "image_to_image": "pix2pix",
         "speech_enhancement": "mask_unet", "video_prediction": "dna"}
TRITON = {"BYTES": tf.string, "INT64": tf.int64, "TYPE_STRING": tf.string,
          "TYPE_INT64": tf.int64, "TYPE_INT32": tf.int32, "TYPE_UINT8": tf.uint8,
          "TYPE_FP32": tf.float32}
TENSOR = re.compile(r'\{ name: "(\w+)" data_type: (\w+) dims: \[ ?([^]]*?) ?\]'
                    r"(?: reshape \{ shape: \[ ?([^]]*?) ?\] \})? \}")


def blocks(*beginning):
    """Name lists and texts of the blocks whose information begins so."""
    found = [(info[len(beginning):], text) for info, text in BLOCKS
             if info[:len(beginning)] == list(beginning)]
    assert found
    return found


def signature(family, name):
    """(function, `{argument: tf.TensorSpec}`)."""
    function = served_models.module(SMALL[family]).signatures[name]
    return function, {spec.name: spec for spec in function.input_signature}


def number(value, dtype):
    """One JSON value as TensorFlow Serving reads it."""
    if dtype == tf.string:
        return base64.b64decode(value["b64"], validate=True) if isinstance(
            value, dict) else value.encode()
    assert type(value) is int or dtype.is_floating and type(value) is float
    return value


def tensor(value, spec):
    """Nested lists as a tensor, which must fit the signature."""
    def leaves(part):
        return ([leaves(each) for each in part] if isinstance(part, list)
                else number(part, spec.dtype))
    found = tf.constant(leaves(value), spec.dtype)
    assert spec.shape.is_compatible_with(found.shape), spec.name
    return found


def answer_as_serving(family, body):
    """What the model answers to a body of TensorFlow Serving's REST interface."""
    request = json.loads(body)
    function, specs = signature(family, request.get("signature_name", "serving_default"))
    if "instances" in request:
        assert all(row.keys() == specs.keys() for row in request["instances"])
        columns = {name: [row[name] for row in request["instances"]] for name in specs}
    else:
        columns = request["inputs"]
        assert columns.keys() == specs.keys()
    results = function(**{name: tensor(value, specs[name]) for name, value in columns.items()})
    if "instances" in request:
        assert all(len(value) == len(request["instances"]) for value in results.values())
    return results


@pytest.mark.parametrize("info, body", [
    block for block in blocks("json") if block[0][0] != "triton"])
def test_bodies_for_tensorflow_serving_are_answered(info, body):
    results = answer_as_serving(info[0], body)
    # What is bytes must be called so, or it is written as text.
    assert all(name.endswith("_bytes") == (value.dtype == tf.string)
               for name, value in results.items())


def test_the_body_with_frames_is_answered():
    (_, code), = blocks("python")
    names = {}
    exec(code, names)
    results = answer_as_serving("video_prediction", names["body"])
    assert results["frames"].shape == (1, 2, 16, 16, 3)


def test_the_page_shows_every_signature():
    shown = {(info[0], json.loads(body).get("signature_name", "serving_default"))
             for info, body in blocks("json") if info[0] != "triton"}
    assert shown | {("video_prediction", "serving_default"), ("two_scores", "score")} == {
        (family, name) for family, small in SMALL.items()
        for name in served_models.module(small).signatures}


@pytest.mark.parametrize("info, config", blocks("pbtxt"))
def test_configurations_of_triton_fit(info, config):
    function, specs = signature(*info)
    inputs, outputs = config.split("output [")
    batched = int(re.search(r"max_batch_size: (\d+)", config)[1]) > 0
    results = function(**served_models.inputs(SMALL[info[0]])[info[1]])
    assert {match[1] for match in TENSOR.finditer(inputs)} == specs.keys()
    for part, expected in ((inputs, specs), (outputs, results)):
        for name, kind, dims, reshaped in TENSOR.findall(part):
            dims = reshaped if "reshape" in re.search(rf'"{name}".*', part)[0] else dims
            rank = len(re.findall(r"-?\d+", dims)) + batched
            assert TRITON[kind] == expected[name].dtype
            assert expected[name].shape.rank in (rank, None)
    assert info[1] == "serving_default" or f'string_value: "{info[1]}"' in config


@pytest.mark.parametrize("info, body", blocks("json", "triton"))
def test_bodies_for_triton_are_answered(info, body):
    function, specs = signature(*info)
    request = json.loads(body)
    values = {}
    for each in request["inputs"]:
        assert TRITON[each["datatype"]] == specs[each["name"]].dtype
        assert np.prod(each["shape"]) == len(each["data"])
        values[each["name"]] = tf.constant(each["data"], specs[each["name"]].dtype)
    assert {each["name"] for each in request["outputs"]} <= function(**values).keys()
