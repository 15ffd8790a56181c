"""Shipping a finished run with the project, under `pretrained/`."""

import datetime
import json
import shutil

from zoo.core import locate, networks, runs
from zoo.core import settings as settings_lib
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


def publish(workdir, name, command, minutes, hardware, registry):
    """Copies what others need of a finished, evaluated run into `pretrained/<name>/`.

    Networks are kept in float16 (G as its moving average), other files as they are, and a manifest
    with settings, command, metrics, minutes, date and the SHA-256 of every file.

    Args:
        workdir: path of the run.
        name: name to ship it under.
        command: the command that made it.
        minutes: training time, minutes.
        hardware: what it ran on.
        registry: `{model name: function from Settings to Experiment}`.

    Returns:
        The folder.

    Raises:
        RequestError: the run was not evaluated.
    """
    source = Workdir(workdir)
    if not source.evaluation_file.exists():
        raise RequestError(f"{workdir}: not evaluated; run tools/evaluate.py --workdir={workdir}.")
    experiment, model = runs.load_run(source.path, registry)
    target = locate.PRETRAINED / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file_name in experiment.shipped_files():
        shutil.copyfile(source.path / file_name, target / file_name)
    for network_name, network in model.shipped_networks().items():
        networks.save(network, target, network_name, half=True)
    shutil.copyfile(source.model_card, target / source.model_card.name)
    flags = settings_lib.to_flags(experiment.settings.shipped(name))
    (target / source.settings_file.name).write_text(flags)
    manifest = {
        "name": name,
        "command": command,
        "minutes": minutes,
        "hardware": hardware,
        "date": datetime.date.today().isoformat(),
        "evaluation": json.loads(source.evaluation_file.read_text()),
        "sha256": {path.name: runs.sha256(path) for path in sorted(target.iterdir())},
    }
    (target / runs.MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return target
