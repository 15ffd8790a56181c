"""The one-page description that a run leaves beside its weights."""

import keras


def render(experiment, model, metrics=None):
    """Returns a model card in Markdown: what it is, what it was trained on, what was measured.

    Args:
        experiment: `Experiment`.
        model: its `AdversarialModel`.
        metrics: what `Experiment.evaluate` returned, if it was evaluated.
    """
    settings = experiment.settings
    step = int(keras.ops.convert_to_numpy(model.step))
    lines = [
        f"# {settings.model}",
        "",
        f"- Trained for {step} steps of {settings.batch_size} on `{settings.dataset}`, "
        f"seed {settings.seed}, {settings.precision}.",
        f"- Parameters: G {model.generator.count_params():,}"
        + (f", D {model.discriminator.count_params():,}." if model.discriminator else "."),
        "- The licence of the data applies to what is generated from it; "
        "OpenMoji pictures are CC BY-SA 4.0, Asterisk recordings CC BY-SA 3.0.",
        "",
        "## Hyperparameters",
        "",
        "| name | value |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in sorted(settings.hparams.items())),
    ]
    if metrics:
        lines += ["", "## Measured", "", "| metric | value | 95 % interval |", "|---|---|---|"]
        lines += [f"| {name} | {m['value']:.4f} | {m['low']:.4f} – {m['high']:.4f} |"
                  for name, m in metrics.items()]
    return "\n".join(lines) + "\n"
