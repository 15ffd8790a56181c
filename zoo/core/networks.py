"""A single network on disk: its configuration as JSON and its weights as NPZ.

Smaller than `.keras` files where weights are kept in float16, and free of the precision that the
network was trained in: it is loaded under the policy of the day.
"""

import importlib
import json
import pathlib
import uuid

import keras
import numpy as np

from zoo.core import locate, shipped
from zoo.errors import RequestError


def files(name):
    """Returns the two file names of a network."""
    return f"{name}.json", f"{name}.npz"


def exists(folder, name):
    """True where the folder holds the network, or a reference to its weights."""
    return ((pathlib.Path(folder) / files(name)[0]).exists()
            and shipped.weights_file(pathlib.Path(folder) / files(name)[1]).exists())


def find(reference, name, flag):
    """Returns the folder of a finished run that has the network.

    Args:
        reference, flag: see `locate.run_folder`.
        name: of the network.

    Raises:
        RequestError: no such run, or it has none.
    """
    folder = locate.run_folder(reference, flag)
    if not exists(folder, name):
        raise RequestError(f"{flag}={reference}: holds no {name.replace('_', ' ')}; it is another "
                           "kind of run, or has not finished.")
    return folder


def save(network, folder, name, half=False):
    """Writes a network.

    Args:
        network: built, registered `keras.Model`.
        folder: path of an existing folder.
        name: of the files.
        half: True keeps the weights in float16.
    """
    config = keras.saving.serialize_keras_object(network)
    for detail in ("dtype", "name"):  # Of the process that trained it, not of the network.
        config["config"].pop(detail, None)
    config.pop("build_config", None)
    kind = np.float16 if half else np.float32
    weights = {f"{i:04d}": keras.ops.convert_to_numpy(weight).astype(kind)
               for i, weight in enumerate(network.weights)}
    config_file, weights_file = (pathlib.Path(folder) / file for file in files(name))
    for file, write in (
            (config_file, lambda path: path.write_text(
                json.dumps(config, indent=1, ensure_ascii=False) + "\n")),
            (weights_file, lambda path: np.savez_compressed(path, **weights))):
        # Several workers may write the same at once.
        partial = file.with_name(f"partial_{uuid.uuid4().hex}_{file.name}")
        try:
            write(partial)
            partial.replace(file)
        finally:  # Also where a signal ends the process.
            partial.unlink(missing_ok=True)


def arguments(folder, name):
    """Returns what a network was built with, by the names of its class, without loading it."""
    return _config(folder, name)["config"]


def _config(folder, name):
    return json.loads((pathlib.Path(folder) / files(name)[0]).read_text())


def load(folder, name):
    """Returns a network that `save` has written, in the current dtype policy."""
    config = _config(folder, name)
    if config["module"].startswith("zoo."):  # Keras finds a class only once it is imported.
        importlib.import_module(config["module"])
    network = keras.saving.deserialize_keras_object(config)
    load_weights(network, folder, name)
    return network


def load_weights(network, folder, name):
    """Sets a network's weights from a folder.

    Raises:
        RequestError: they are another network's.
    """
    path = shipped.weights_file(pathlib.Path(folder) / files(name)[1])
    with np.load(path) as arrays:
        values = [arrays[key].astype(np.float32) for key in sorted(arrays.files)]
    if [tuple(w.shape) for w in network.weights] != [value.shape for value in values]:
        raise RequestError(f"{path}: weights of other sizes than this model's {name}.")
    network.set_weights(values)
