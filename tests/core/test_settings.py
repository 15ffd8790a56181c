import dataclasses

import pytest

from zoo.core import settings as settings_lib
from zoo.core.settings import Settings
from zoo.errors import RequestError


@pytest.fixture
def settings():
    return Settings(model="f/v", dataset="d/1", workdir="/tmp/a b=c", batch_size=3, seed=9,
                    strategy="mirrored", deterministic=True,
                    hparams={"channels": "1,2", "note": "a=b", "empty": ""})


def test_written_settings_are_read_back(settings):
    assert settings_lib.from_flags(settings_lib.to_flags(settings), "here") == settings


def test_overwriting_is_not_recorded(settings):
    once = dataclasses.replace(settings, overwrite=True)
    assert settings_lib.to_flags(once) == settings_lib.to_flags(settings)


def test_every_setting_is_a_flag_with_help_and_a_default_of_its_kind():
    for field in settings_lib.flag_fields():
        assert field.metadata["help"].endswith(".")
        choices = settings_lib.choices(field)
        if field.name == "jit_compile":
            assert field.default is None  # Left to the machine.
        else:
            assert field.default in choices if choices else isinstance(field.default, field.type)


@pytest.mark.parametrize("asked", [True, False, None])
def test_what_is_left_to_the_machine_stays_so(settings, asked):
    once = dataclasses.replace(settings, jit_compile=asked, deterministic=False)
    assert settings_lib.from_flags(settings_lib.to_flags(once), "here") == once


@pytest.mark.parametrize("line", [
    "--no_such_flag=1", "words", "--batch_size=many", "--batch_size=", "--deterministic=maybe"])
def test_foreign_lines_are_an_error_that_names_file_and_line(line):
    with pytest.raises(RequestError, match=f"here: cannot read '{line}'"):
        settings_lib.from_flags(f"--seed=1\n{line}\n", "here")


@pytest.mark.parametrize("name", ["batch_size", "num_steps", "log_every", "checkpoint_every"])
def test_counts_are_positive(name):
    Settings(**{name: 1})
    with pytest.raises(RequestError, match=f"--{name} is 0; it must be at least 1"):
        Settings(**{name: 0})


@pytest.mark.parametrize("seed", [-1, 2**31, 2**32, 4294966500, 2**64])
def test_seeds_that_tensorflow_cannot_take_are_refused(seed):
    with pytest.raises(RequestError, match=f"--seed is {seed}; it must be from 0 to 2147483647"):
        Settings(seed=seed)


def test_a_seed_derived_from_a_large_one_is_a_seed():
    Settings(seed=2**31 - 1)
    assert settings_lib.seed_after(2**31 - 1, 1001) == 1000
    assert settings_lib.seed_after(3, 1001) == 1004


def test_the_evaluation_encoder_may_be_changed_on_resume(settings):
    one, other = (dataclasses.replace(settings, hparams={"evaluation_encoder": name})
                  for name in ("/a", "/b"))
    assert settings_lib.differences(one, other) == []


@pytest.mark.parametrize("name", ["sample_every", "eval_every"])
def test_0_is_allowed_where_it_means_something_and_less_is_not(name):
    Settings(**{name: 0})
    with pytest.raises(RequestError, match=f"--{name} is -1; it must not be negative"):
        Settings(**{name: -1})


@pytest.mark.parametrize("change", [
    {"num_steps": 7}, {"log_every": 7}, {"strategy": "default"}, {"deterministic": False},
    {"data_dir": "/x"}, {"workdir": "/moved"}, {"sample_every": 0}, {"checkpoint_every": 9},
    {"on_bad_input": "skip"}])
def test_what_changes_neither_model_nor_data_may_differ_on_resume(settings, change):
    assert settings_lib.differences(settings, dataclasses.replace(settings, **change)) == []


@pytest.mark.parametrize("change, told", [
    ({"seed": 10}, "seed: 9 -> 10"),
    ({"model": "f/w"}, "model: f/v -> f/w"),
    ({"dataset": "d/2"}, "dataset: d/1 -> d/2"),
    ({"batch_size": 4}, "batch_size: 3 -> 4"),
    ({"image_feature": "photo"}, "image_feature: image -> photo"),
    ({"text_feature": "captions/text"}, "text_feature: captions -> captions/text"),
    ({"precision": "mixed_bfloat16"}, "precision: float32 -> mixed_bfloat16"),
    ({"hparams": {"channels": "1,3", "note": "a=b", "empty": ""}},
     "hparam channels: 1,2 -> 1,3"),
    ({"hparams": {"channels": "1,2", "note": "a=b"}}, "hparam empty:  -> None")])
def test_what_changes_model_or_data_is_listed(settings, change, told):
    assert settings_lib.differences(settings, dataclasses.replace(settings, **change)) == [told]


def test_all_differences_are_listed_at_once(settings):
    other = dataclasses.replace(settings, seed=1, batch_size=8, hparams={})
    assert len(settings_lib.differences(settings, other)) == 5
