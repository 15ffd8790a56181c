"""Strict hyperparameters: strings from the command line into a family's frozen dataclass."""

import dataclasses
import difflib
import types
import typing

from zoo.errors import RequestError

AdversarialLossName = typing.Literal["minimax", "non_saturating", "least_squares", "hinge"]


@dataclasses.dataclass(frozen=True)
class AdversarialHParams:
    """What every GAN has; a family that starts from another value says so."""

    adversarial_loss: AdversarialLossName = "non_saturating"
    d_real_weight: float = 1.0  # Right pairs.
    d_fake_weight: float = 0.5  # Generated ones.
    g_adversarial_weight: float = 1.0
    generator_learning_rate: float = 2e-4
    discriminator_learning_rate: float = 2e-4
    ema_decay: float = 0.999  # Of the averaged G that samples, evaluation and export use.


@dataclasses.dataclass(frozen=True)
class AdamHParams(AdversarialHParams):
    """A GAN whose optimizers are `zoo.core.optimizers.adam_pair`."""

    adam_beta_1: float = 0.5
    adam_beta_2: float = 0.999
    halve_learning_rates_every: int = 0  # Steps; 0: constant.


def nearest(name, valid):
    """Returns " Did you mean x?" for the valid name nearest to `name`, or ""."""
    close = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" Valid: {', '.join(sorted(valid))}."


def _coerce(name, text, kind):
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        choices = typing.get_args(kind)
        if text not in choices:
            raise RequestError(f"--hparam={name}={text}: no such choice.{nearest(text, choices)}")
        return text
    if origin is tuple:
        item = typing.get_args(kind)[0]
        return tuple(_coerce(name, part, item) for part in text.split(",") if part)
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise RequestError(f"--hparam={name}={text}: must be true or false.")
        return text.lower() == "true"
    try:
        return kind(text)
    except ValueError:
        raise RequestError(f"--hparam={name}={text}: must be of type {kind.__name__}.") from None


def parse(hparams_class, overrides):
    """Builds a family's hyperparameters from textual overrides.

    Args:
        hparams_class: frozen dataclass with typed fields and defaults
            (int, float, bool, str, `Literal`, `tuple[int, ...]`).
        overrides: mapping of field name to text.

    Returns:
        An instance of `hparams_class`.

    Raises:
        RequestError: unknown name (the nearest valid one is named), a value of the wrong type,
            or one that the dataclass itself refuses with ValueError.
    """
    kinds = typing.get_type_hints(hparams_class)
    values = {}
    for name, text in overrides.items():
        if name not in kinds:
            raise RequestError(f"--hparam={name}=…: no such hyperparameter.{nearest(name, kinds)}")
        values[name] = _coerce(name, text, kinds[name])
    try:
        return hparams_class(**values)
    except ValueError as error:
        raise RequestError(f"--hparam: {error}") from None


def to_text(hparams):
    """Returns every hyperparameter as text, so that `parse(type(h), to_text(h)) == h`."""
    def text(value):
        return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return types.MappingProxyType(
        {f.name: text(getattr(hparams, f.name)) for f in dataclasses.fields(hparams)})
