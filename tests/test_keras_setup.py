"""What zoo asks of Keras, and what Keras finds of it, each in a process of its own."""

import json
import os
import pathlib
import re
import subprocess
import sys

import keras
import pytest

from tests.toy import toy_gan
from zoo import keras_setup
from zoo.errors import RequestError

ROOT = pathlib.Path(__file__).parents[1]


def run(code, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **environment})


def home(folder, **settings):
    (folder / "keras.json").write_text(json.dumps(
        {"floatx": "float32", "epsilon": 1e-07, "backend": "tensorflow",
         "image_data_format": "channels_last"} | settings))
    return str(folder)


def test_every_class_that_is_registered_is_named():
    """Read from the sources: importing all of them would take long."""
    found = {}
    for path in (ROOT / "zoo").rglob("*.py"):
        names = re.findall(r'^@keras.*register_keras_serializable\(.*"zoo"\)\nclass (\w+)',
                           path.read_text(), re.MULTILINE)
        if names:
            found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = tuple(sorted(names))
    assert found == {module: tuple(sorted(names)) for module, names in keras_setup.CLASSES.items()}
    every = [name for names in found.values() for name in names]
    assert len(every) == len(set(every)) > 40


def test_importing_zoo_imports_neither_keras_nor_tensorflow():
    done = run("import sys, zoo; print([name for name in ('keras', 'tensorflow') "
               "if name in sys.modules])")
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize("environment, said", [
    ({"KERAS_BACKEND": "jax"}, "asks for jax"),
    ({"KERAS_BACKEND": "", "backend": "torch"}, "asks for torch"),
])
def test_another_backend_is_one_line_at_import(tmp_path, environment, said):
    asked = environment.pop("backend", "tensorflow")
    done = run("import zoo", KERAS_HOME=home(tmp_path, backend=asked), **environment)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: zoo needs Keras on TensorFlow") and said in last


@pytest.mark.parametrize("settings", [{"image_data_format": "channels_first"},
                                      {"floatx": "float16"}])
def test_another_layout_or_precision_is_one_line_before_any_model(tmp_path, settings):
    done = run("import zoo; zoo.text_image_matching", KERAS_HOME=home(tmp_path, **settings))
    last = done.stderr.splitlines()[-1]
    [(name, value)] = settings.items()
    assert last.startswith(f"ImportError: zoo needs Keras's {name}") and value in last


def test_another_layout_after_the_import_is_refused_by_the_model():
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(RequestError, match="set it back to channels_last"):
            toy_gan()
    finally:
        keras.config.set_image_data_format("channels_last")


def test_a_tool_is_a_process_of_its_own_and_minds_no_keras_json(tmp_path):
    code = ("import sys; sys.path.insert(0, 'tools')\n"
            "import cli\n"
            "cli.load_tensorflow()\n"
            "import keras, zoo.layers\n"
            "print(keras.config.backend(), keras.config.image_data_format())")
    done = run(code, KERAS_BACKEND="jax", KERAS_HOME=home(
        tmp_path, image_data_format="channels_first", floatx="float64"))
    assert done.stdout == "tensorflow channels_last\n", done.stderr
