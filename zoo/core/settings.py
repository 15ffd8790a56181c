"""The settings of a run: one dataclass, from which flags are made and runs are recorded."""

import dataclasses
from typing import Literal, Mapping, get_args, get_origin

from zoo.errors import RequestError

# Changing these on resume changes neither the model nor the data it sees.
FREE_ON_RESUME = frozenset({
    "workdir", "data_dir", "num_steps", "strategy", "deterministic", "jit_compile",
    "log_every", "sample_every", "checkpoint_every", "eval_every", "init_from", "overwrite",
    "on_bad_input", "watchdog",
})
# Likewise, of the hyperparameters: it measures, and trains nothing.
FREE_HPARAMS = frozenset({"evaluation_encoder"})
_FEWEST_EXAMPLES = 2
_SEEDS = 2**31  # TensorFlow's random operations take int32 seeds.


def seed_after(seed, distance):
    """Returns another seed, for another network of the same run; large ones begin again at 0."""
    return (seed + distance) % _SEEDS


def check_seed(seed):
    """Refuses a seed that TensorFlow, Keras or NumPy cannot take.

    Raises:
        RequestError: it is negative, or 2**31 or more.
    """
    if not 0 <= seed < _SEEDS:
        raise RequestError(f"--seed is {seed}; it must be from 0 to {_SEEDS - 1}.")


def check_evaluation(max_examples, seed):
    """Refuses what cannot be measured; arguments as of `evaluator.evaluate`.

    Raises:
        RequestError: a seed that is none, or too few examples.
    """
    check_seed(seed)
    if max_examples is not None and max_examples < _FEWEST_EXAMPLES:
        raise RequestError(f"--max_examples={max_examples}: must be at least {_FEWEST_EXAMPLES}, "
                           "since examples are compared with one another; or 0 for the whole "
                           "split.")


def _setting(default, help_text, path=False):
    return dataclasses.field(default=default, metadata={"help": help_text, "path": path})


@dataclasses.dataclass(frozen=True)
class Settings:
    """Everything a training run was asked for; the fields are the flags of `tools/train.py`."""

    model: str = _setting("", "Registry name, family/variant, for instance text_to_image/df_gan.")
    dataset: str = _setting(
        "openmoji/64", "A TFDS name with its config, or a folder of your own pictures.", path=True)
    data_dir: str = _setting(
        "", "TFDS root; empty: TFDS's default, ~/tensorflow_datasets.", path=True)
    image_feature: str = _setting("image", "Of a TFDS data set, the feature with the picture.")
    text_feature: str = _setting(
        "captions", "Of a TFDS data set, the feature with the captions; captions/text: within.")
    on_bad_input: Literal["stop", "skip"] = _setting(
        "stop", "What to do about bad files in a folder of your own; bad_inputs.csv lists them.")
    workdir: str = _setting("", "Folder of the run; everything it makes goes there.", path=True)
    batch_size: int = _setting(64, "Examples a step over all replicas.")
    gradient_accumulation_steps: int = _setting(
        1, "Parts into which a replica's batch is cut to save memory; one update for all.")
    num_steps: int = _setting(10_000, "Training steps in all, earlier ones counted in.")
    seed: int = _setting(0, "Seed of weights, order of examples, noise and augmentation.")
    strategy: Literal["default", "mirrored", "multi_worker"] = _setting(
        "default", "tf.distribute strategy; multi_worker reads TF_CONFIG.")
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = _setting(
        "float32", "Keras dtype policy of the networks; weights and losses stay float32. "
        "mixed_bfloat16 is float32 on CPUs that do not compute in bfloat16.")
    deterministic: bool = _setting(
        False, "Bit-for-bit repeatable steps; wall-clock figures stay out of metrics.jsonl.")
    jit_compile: bool = _setting(
        None, "Compile the step with XLA: a gain on GPUs, a loss on CPUs. By default on where one "
        "GPU does the work.")
    log_every: int = _setting(50, "Steps between lines of metrics.jsonl.")
    sample_every: int = _setting(1000, "Steps between sample sheets; 0: none.")
    checkpoint_every: int = _setting(500, "Steps between checkpoints.")
    watchdog: bool = _setting(
        True, "Stop a run whose losses are not finite or whose G has no gradient, and warn of a D "
        "that has won.")
    eval_every: int = _setting(0, "Steps between evaluations on the validation split; 0: none.")
    init_from: str = _setting(
        "", "Pretrained name or workdir whose weights a new run starts from.", path=True)
    overwrite: bool = _setting(False, "Delete what the workdir holds and start again.")
    hparams: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        for name in ("batch_size", "gradient_accumulation_steps", "num_steps", "log_every",
                     "checkpoint_every"):
            if getattr(self, name) < 1:
                raise RequestError(f"--{name} is {getattr(self, name)}; it must be at least 1.")
        if self.jit_compile and self.deterministic:
            raise RequestError("--jit_compile and --deterministic: XLA promises no repeatable "
                               "results; leave one out.")
        check_seed(self.seed)
        for name in ("sample_every", "eval_every"):
            if getattr(self, name) < 0:
                raise RequestError(f"--{name} is {getattr(self, name)}; it must not be negative.")

    def shipped(self, name):
        """Returns the settings without this machine's paths, for a run shipped as `name`."""
        return dataclasses.replace(self, workdir=name, data_dir="", init_from="")


def flag_fields():
    """Returns the dataclass fields that are one flag each (`hparams` is the repeatable one)."""
    return [field for field in dataclasses.fields(Settings) if field.name != "hparams"]


def choices(field):
    """Returns the values that a field allows, or () where it allows any."""
    return get_args(field.type) if get_origin(field.type) is Literal else ()


def to_flags(settings):
    """Returns the settings as the text of a flagfile, one `--name=value` a line.

    Left out are `overwrite` and what is left to the machine (None).
    """
    values = {field.name: getattr(settings, field.name) for field in flag_fields()}
    lines = [f"--{name}={value}" for name, value in values.items()
             if name != "overwrite" and value is not None]
    lines += [f"--hparam={name}={value}" for name, value in sorted(settings.hparams.items())]
    return "\n".join(lines) + "\n"


def _read(text, kind):
    if kind is bool:
        return {"True": True, "False": False}[text]
    return int(text) if kind is int else text


def from_flags(text, where):
    """Reads what `to_flags` wrote.

    Args:
        text: contents of a `resolved.flags`.
        where: path named in errors.

    Raises:
        RequestError: the text was not written by `to_flags`.
    """
    fields = {field.name: field for field in flag_fields()}
    values, hparams = {}, {}
    for line in text.splitlines():
        name, _, value = line.removeprefix("--").partition("=")
        if name == "hparam":
            key, _, value = value.partition("=")
            hparams[key] = value
            continue
        try:
            values[name] = _read(value, fields[name].type)
        except (KeyError, ValueError):
            raise RequestError(f"{where}: cannot read {line!r}; "
                               "this folder is from another version.") from None
    return Settings(**values, hparams=hparams)


def differences(recorded, requested):
    """Lists settings that differ in a way that changes the model or the data.

    Args:
        recorded, requested: `Settings` with complete `hparams` (defaults filled in).

    Returns:
        list of "name: recorded -> requested" strings, empty where a resume is sound.
    """
    found = []
    for field in flag_fields():
        old, new = getattr(recorded, field.name), getattr(requested, field.name)
        if field.name not in FREE_ON_RESUME and old != new:
            found.append(f"{field.name}: {old} -> {new}")
    for name in sorted(recorded.hparams.keys() | requested.hparams.keys()):
        old, new = recorded.hparams.get(name), requested.hparams.get(name)
        if name not in FREE_HPARAMS and old != new:
            found.append(f"hparam {name}: {old} -> {new}")
    return found
