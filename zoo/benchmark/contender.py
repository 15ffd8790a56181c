"""The other end of `race.Contender`: a config that answers how long its steps take."""

import json

from zoo.benchmark.training import Training


def serve(settings, registry, commands, answers):
    """Describes a config's training step and times as many steps as each command says.

    Args:
        settings: `Settings` with an unused `workdir`.
        registry: `{model name: function from Settings to Experiment}`.
        commands: iterable of lines, a number of steps each.
        answers: text file that gets JSON lines, see `race.Contender`.
    """
    training = Training(settings, registry)
    description = {"parameters": training.parameters()}
    if settings.strategy != "multi_worker":  # Its graph has devices that no one process has.
        description["operations"] = training.operations()
    print(json.dumps(description), file=answers, flush=True)
    for line in commands:
        print(json.dumps(training.in_memory.seconds(int(line))), file=answers, flush=True)
