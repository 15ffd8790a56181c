import math

import pytest

from tests.core.test_callbacks import LOGS, FakeCheckpointer, drive
from tests.toy import toy_gan
from zoo.core import distribution
from zoo.core.watchdog import Watchdog
from zoo.errors import RunFailed


def moving(model):
    """Makes logs that leave a mark on G, as an update does."""
    def logs(step):
        model.generator.trainable_variables[-1].assign_add([1.0, 0.0])
        return LOGS
    return logs


def won(step):
    return LOGS | {"d_real": 0.0, "d_fake": 5e-5}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_last_good_checkpoint(bad):
    with pytest.raises(RunFailed) as error:
        drive(Watchdog(40, 300, FakeCheckpointer()), 260, model=toy_gan(),
              logs=lambda step: LOGS | ({"g_loss": bad} if step > 44 else {}))
    assert str(error.value).startswith("stopped at step 50: g_loss not finite")
    assert "checkpoints/00000040" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("strategy", ["default", "mirrored"])
def test_a_generator_that_rests_stops_the_run(strategy):
    with distribution.make_strategy(strategy).scope():
        model = toy_gan()
        with pytest.raises(RunFailed, match="step 150: no weight of G has moved in 50 .*00000040"):
            drive(Watchdog(0, 1000, FakeCheckpointer()), 1000, model=model)


def test_a_generator_that_moves_goes_on():
    model = toy_gan()
    drive(Watchdog(0, 300, FakeCheckpointer()), 300, moving(model), model)


def test_one_weight_that_moves_is_enough():
    model = toy_gan(width=20)  # The largest weight, which is not among the few.
    largest = max(model.generator.trainable_variables, key=lambda v: v.numpy().size)
    model.generator.trainable_variables[0].assign(largest)

    def logs(step):
        largest.assign_add(largest * 0.0 + 1.0)
        return LOGS
    drive(Watchdog(0, 300, FakeCheckpointer()), 300, logs, model)


def test_a_learning_rate_of_0_is_no_failure():
    model = toy_gan()
    model.generator_optimizer.learning_rate = 0.0
    drive(Watchdog(0, 300, FakeCheckpointer()), 300, model=model)


def test_a_discriminator_that_wins_is_warned_of_once_and_the_run_goes_on(capsys):
    model = toy_gan()
    moves = moving(model)
    drive(Watchdog(0, 1500, FakeCheckpointer()), 1500, lambda step: moves(step) | won(step), model)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 and lines[0].startswith("warning at step 1000: D has been right")


@pytest.mark.parametrize("logs", [
    LOGS | {"d_real": 0.0}, LOGS | {"d_fake": 0.0}, {"g_matching": 0.0}])
def test_one_small_term_is_no_victory(logs, capsys):
    model = toy_gan()
    moves = moving(model)
    drive(Watchdog(0, 1500, FakeCheckpointer()), 1500, lambda step: moves(step) and logs, model)
    assert capsys.readouterr().out == ""
