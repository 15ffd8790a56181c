"""The one-page description that a run leaves beside its weights."""

import json

import keras

from zoo.core.measured import shown


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
        "- The licence of the data applies to these weights and to what they make.",
        "",
        "## Hyperparameters",
        "",
        "| name | value |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in sorted(settings.hparams.items())),
    ]
    if metrics:
        lines += ["", "## Measured", "", "| metric | value | 95 % interval |", "|---|---|---|"]
        lines += [f"| {name} | {shown(m['value'])} | {shown(m['low'])} – {shown(m['high'])} |"
                  for name, m in metrics.items()]
    return "\n".join(lines) + "\n"


def of_shipped(facts, evaluation, card):
    """Returns the card of a shipped run, with the YAML head that Hugging Face reads.

    Args:
        facts: `zoo.core.shipping.Facts`.
        evaluation: what `eval.json` holds.
        card: what `render` returned.
    """
    family, variant = evaluation["model"].split("/")
    task = family.replace("_", "-")
    metrics = [{"type": name, "name": name, "value": each["value"]}
               for name, each in evaluation["metrics"].items() if each["value"] is not None]
    result = {"task": {"type": task}, "metrics": metrics, "dataset": {
        "type": evaluation["dataset"], "name": evaluation["dataset"],
        "split": evaluation["split"]}}
    head = {"license": facts.licence.lower(), "library_name": "keras",
            "tags": [task, variant.replace("_", "-"), "gan"],
            "model-index": [{"name": facts.name, "results": [result]}]}
    return "\n".join([
        "---", *(f"{key}: {json.dumps(value)}" for key, value in head.items()),  # JSON is YAML.
        "---", "", f"# {facts.name}", "",
        f"- Licence: {facts.licence}, that of the data, for the weights and what they make.",
        f"- Intended use: {facts.intended_use}", f"- Limits: {facts.limits}", "",
        f"#{card}"])
