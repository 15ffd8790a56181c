"""SavedModels that are the whole product, checked against the live model before they count."""

import pathlib

import numpy as np
import tensorflow as tf

from zoo.core import folders
from zoo.errors import RequestError, RunFailed


class ServingModule(tf.Module):
    """A module that can be exported: it knows a model's networks by their variables alone.

    (Exporting a Keras model as an attribute would trace it with a signature of its own, which
    fails for networks of several inputs.) A family adds `signatures` and `check_inputs`.

    Args:
        model: `AdversarialModel`.
    """

    def __init__(self, model):
        super().__init__()
        self._get_model = lambda: model
        self._tracked = [variable.value for network in model.shipped_networks().values()
                         for variable in network.variables]

    @property
    def model(self):
        """The live model."""
        return self._get_model()


def check_place(directory):
    """Refuses a place at which no SavedModel can be made, or none be read.

    Raises:
        RequestError: the folder is taken, or has a name that TensorFlow takes for a pattern.
    """
    folders.check_free(directory, "--out", marker=None)
    for sign in "[\\":
        if sign in str(pathlib.Path(directory).resolve()):
            raise RequestError(f"--out={directory}: TensorFlow reads no SavedModel from a path "
                               f"with {sign}; name another folder.")


def export(module, directory, check_inputs):
    """Writes a SavedModel and compares every signature with the live module.

    The folder appears only when it is whole and right.

    Args:
        module: `ServingModule` with a dict `signatures` of `tf.function`s with input signatures.
        directory: folder to make; must not exist yet, or be empty (a mount point, a link to one).
        check_inputs: `{signature name: dict of arguments}` to compare on.

    Raises:
        RequestError: the folder is taken or cannot be written.
        RunFailed: the exported model answers otherwise than the live one.
    """
    check_place(directory)
    # Traced here, for `_compare` too: what is traced while a model is saved counts for that alone.
    signatures = {name: function.get_concrete_function()
                  for name, function in module.signatures.items()}
    with folders.replacing(directory, "--out", marker=None) as partial:
        try:
            tf.saved_model.save(module, str(partial), signatures=signatures)
        except (OSError, tf.errors.OpError) as error:
            reason = str(getattr(error, "strerror", None) or error).splitlines()[0][:200]
            raise RequestError(f"--out={directory}: cannot be written ({reason}).") from None
        _compare(module, partial, check_inputs, directory)


def _compare(module, partial, check_inputs, directory):
    loaded = tf.saved_model.load(str(partial))
    for name, arguments in check_inputs.items():
        live = module.signatures[name](**arguments)
        served = loaded.signatures[name](**arguments)
        for key, value in live.items():
            if not _equal(value.numpy(), served[key].numpy()):
                raise RunFailed(f"--out={directory}: not exported, because {key!r} of signature "
                                f"{name!r} differs from the live model's.")


def _equal(live, served):
    if live.dtype.kind == "f":
        return np.allclose(live, served, rtol=1e-5, atol=1e-5)
    if live.dtype == np.uint8:  # A rounding that falls the other way is one grey level.
        return live.shape == served.shape and np.abs(live.astype(int) - served).max() <= 1
    return live.dtype == object or np.array_equal(live, served)
