"""A TensorFlow/Keras zoo of conditional generators trained by one adversarial protocol.

Subpackages load on first use, so that `import zoo` is quick:

>>> import zoo
>>> model = zoo.load_pretrained("df_gan_openmoji64")
>>> zoo.text_to_image.TextToImageGAN
"""

import importlib

from zoo import keras_setup

keras_setup.set_up()

__version__ = "0.1.0"

_SUBPACKAGES = (
    "benchmark",
    "captioned",
    "core",
    "data",
    "datasets",
    "image_pair_matching",
    "image_to_image",
    "layers",
    "losses",
    "matching",
    "metrics",
    "speech_enhancement",
    "stackgan",
    "text_image_matching",
    "text_to_image",
    "video_prediction",
)


def load_pretrained(reference, sha256=None):
    """Returns the live model of a shipped run; see `zoo.pretrained.load_pretrained`."""
    return importlib.import_module("zoo.pretrained").load_pretrained(reference, sha256)


def list_pretrained():
    """Returns a list of what is shipped: name, family, licence, size (bytes), metrics."""
    return importlib.import_module("zoo.core.shipped").summaries()


def __getattr__(name):
    if name in _SUBPACKAGES:
        return importlib.import_module(f"zoo.{name}")
    raise AttributeError(f"module 'zoo' has no attribute {name!r}")
