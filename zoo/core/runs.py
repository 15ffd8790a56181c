"""Loading what a run has left: from the checkpoints of a workdir, or from a shipped folder."""

import pathlib

from zoo.core import experiment as experiment_lib
from zoo.core import networks, precision, shipped
from zoo.core.checkpoint import Checkpointer
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


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
    with precision.float32():
        model = experiment.build_model(folder)
    restore_into(model, folder)
    return experiment, model


def restore_into(model, folder):
    """Sets the weights of a model's networks, and its step, from a workdir or a shipped run.

    Raises:
        RequestError: nothing saved yet, other sizes, or shipped weights that were changed.
    """
    folder = pathlib.Path(folder)
    if (folder / shipped.MANIFEST).exists():
        manifest = shipped.check_files(folder)
        for name, network in model.shipped_networks().items():
            if not networks.exists(folder, name):
                raise RequestError(f"{folder}: only a part of the model is shipped, without its "
                                   f"{name}; give it where that part is asked for.")
            networks.load_weights(network, folder, name)
        model.generator.set_weights(model.ema_generator.get_weights())
        model.step.assign(manifest["evaluation"]["step"])
    elif not Checkpointer(Workdir(folder).checkpoints, model, optimizers=False).restore():
        raise RequestError(f"{folder}: no checkpoint yet; train it first.")
