import dataclasses
from typing import Literal

import pytest

from zoo.core import hparams
from zoo.errors import RequestError
from zoo.registry import REGISTRY


@dataclasses.dataclass(frozen=True)
class HParams:
    size: int = 64
    learning_rate: float = 1e-3
    resume: bool = False
    name: str = "x"
    loss: Literal["hinge", "minimax"] = "hinge"
    channels: tuple[int, ...] = (8, 16)
    augment: tuple[str, ...] = ()

    def __post_init__(self):
        if self.size % 2:
            raise ValueError(f"size {self.size} must be even.")


@pytest.mark.parametrize("name, text, value", [
    ("size", "32", 32),
    ("size", "-2", -2),
    ("learning_rate", "2e-4", 2e-4),
    ("learning_rate", "1", 1.0),
    ("resume", "true", True),
    ("resume", "True", True),
    ("resume", "FALSE", False),
    ("name", "a, b=c", "a, b=c"),
    ("name", "", ""),
    ("loss", "minimax", "minimax"),
    ("channels", "1,2,3", (1, 2, 3)),
    ("channels", "5", (5,)),
    ("channels", "", ()),
    ("augment", "color,cutout", ("color", "cutout"))])
def test_text_becomes_the_fields_kind(name, text, value):
    got = getattr(hparams.parse(HParams, {name: text}), name)
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize("name, text, told", [
    ("size", "1.5", "size=1.5: must be of type int"),
    ("size", "big", "size=big: must be of type int"),
    ("size", "", "size=: must be of type int"),
    ("learning_rate", "fast", "learning_rate=fast: must be of type float"),
    ("resume", "1", "resume=1: must be true or false"),
    ("resume", "yes", "resume=yes: must be true or false"),
    ("loss", "hing", "loss=hing: no such choice. Did you mean 'hinge'?"),
    ("loss", "zzz", "loss=zzz: no such choice. Valid: hinge, minimax."),
    ("channels", "1,x", "channels=x: must be of type int"),
    ("learning_rat", "1", "learning_rat=…: no such hyperparameter. Did you mean 'learning_rate'?"),
    ("size", "3", "size 3 must be even")])
def test_wrong_text_is_an_error_that_says_what_is_right(name, text, told):
    with pytest.raises(RequestError) as error:
        hparams.parse(HParams, {name: text})
    assert told in str(error.value) and str(error.value).startswith("--hparam")
    assert "\n" not in str(error.value)


def test_a_name_like_no_other_gets_the_list_of_all():
    with pytest.raises(RequestError, match="Valid: augment, channels, .*size"):
        hparams.parse(HParams, {"qqqq": "1"})


def test_nothing_given_is_the_defaults():
    assert hparams.parse(HParams, {}) == HParams()


@pytest.mark.parametrize("values", [
    HParams(), HParams(2, 0.1, True, "a=b", "minimax", (), ("color",))])
def test_text_and_back(values):
    assert hparams.parse(HParams, hparams.to_text(values)) == values


@pytest.mark.parametrize("model", REGISTRY)
def test_the_hyperparameters_of_every_model_survive_text_and_back(model):
    defaults = REGISTRY[model].hparams_class()
    assert hparams.parse(type(defaults), hparams.to_text(defaults)) == defaults
