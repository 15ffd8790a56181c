"""Loading what a run has left: from the checkpoints of a workdir, or from a shipped folder."""

import hashlib
import json
import pathlib

import keras

from zoo.core import experiment as experiment_lib
from zoo.core import networks
from zoo.core.checkpoint import Checkpointer
from zoo.core.workdir import Workdir
from zoo.errors import RequestError

MANIFEST = "manifest.json"


def load_experiment(folder, registry):
    """Returns the `Experiment` of a run, without its networks; arguments as for `load_run`."""
    return experiment_lib.build(Workdir(folder).settings(), registry)


def load_run(folder, registry):
    """Returns the experiment and the live model of a run, in float32, not compiled.

    Args:
        folder: path of a workdir or of a shipped run.
        registry: `{model name: function from Settings to Experiment}`.

    Returns:
        (`Experiment`, `AdversarialModel`).

    Raises:
        RequestError: no run, nothing saved yet, or shipped weights that were changed.
    """
    folder = pathlib.Path(folder)
    experiment = load_experiment(folder, registry)
    keras.config.set_dtype_policy("float32")
    model = experiment.build_model(folder)
    restore_into(model, folder)
    return experiment, model


def restore_into(model, folder):
    """Sets the weights of a model's networks, and its step, from a workdir or a shipped run.

    Raises:
        RequestError: nothing saved yet, other sizes, or shipped weights that were changed.
    """
    folder = pathlib.Path(folder)
    if (folder / MANIFEST).exists():
        manifest = check_files(folder)
        for name, network in model.shipped_networks().items():
            networks.load_weights(network, folder, name)
        model.generator.set_weights(model.ema_generator.get_weights())
        model.step.assign(manifest["evaluation"]["step"])
    elif not Checkpointer(Workdir(folder).checkpoints, model, optimizers=False).restore():
        raise RequestError(f"{folder}: no checkpoint yet; train it first.")


def sha256(path):
    """Returns the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def check_files(folder):
    """Compares the files of a shipped run with its manifest, and returns the manifest.

    Raises:
        RequestError: a file is missing or was changed.
    """
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    for name, expected in manifest["sha256"].items():
        path = folder / name
        if not path.exists() or sha256(path) != expected:
            raise RequestError(f"{path}: does not match the SHA-256 in {MANIFEST}; "
                               "restore the file from the repository.")
    return manifest
