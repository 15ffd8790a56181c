"""Shipping a finished run with the project, under `pretrained/`."""

import dataclasses
import datetime
import json
import pathlib
import shutil

from zoo.core import folders, locate, model_card, networks, runs, shipped
from zoo.core import settings as settings_lib
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the files of a run do not say."""

    name: str  # To ship it under.
    command: str  # That trained it.
    minutes: float  # Of training.
    hardware: str  # That it was trained on.
    licence: str  # SPDX identifier, of the data and so of the weights, for instance CC-BY-SA-4.0.
    intended_use: str  # A sentence.
    limits: str  # A sentence or two: what it cannot do, what may go wrong.


def publish(workdir, facts, registry):
    """Copies what others need of a finished, evaluated run into `pretrained/<name>/`.

    Networks are kept in float16 (G as its moving average), other files as they are, and a manifest
    with settings, command, metrics, minutes, date and the SHA-256 of every file. Weights that
    another shipped run has already are referred to. An earlier run of that name is replaced.

    Args:
        workdir: path of the run.
        facts: `Facts`.
        registry: `{model name: function from Settings to Experiment}`.

    Returns:
        The folder.

    Raises:
        RequestError: the run was not evaluated, or the name is no name or somebody else's folder.
    """
    source = Workdir(workdir)
    if not source.evaluation_file.exists():
        raise RequestError(f"{workdir}: not evaluated; run tools/evaluate.py --workdir={workdir}.")
    is_plain = facts.name and pathlib.Path(facts.name).name == facts.name
    if not is_plain or facts.name.startswith("."):
        raise RequestError(f"--name={facts.name}: must be a plain name, without folders.")
    experiment, model = runs.load_run(source.path, registry)
    evaluation = json.loads(source.evaluation_file.read_text())
    target = locate.PRETRAINED / facts.name
    with folders.replacing(target, "--name", marker=shipped.MANIFEST) as new:
        for file_name in experiment.shipped_files():
            shutil.copyfile(source.path / file_name, new / file_name)
        for network_name, network in model.shipped_networks().items():
            networks.save(network, new, network_name, half=True)
        shipped.refer(new, but_not_to=target)
        card = model_card.of_shipped(facts, evaluation, source.model_card.read_text())
        (new / source.model_card.name).write_text(card)
        flags = settings_lib.to_flags(experiment.settings.shipped(facts.name))
        (new / source.settings_file.name).write_text(flags)
        manifest = dataclasses.asdict(facts) | {
            "date": datetime.date.today().isoformat(), "evaluation": evaluation,
            "sha256": shipped.checksums(new)}
        (new / shipped.MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return target
