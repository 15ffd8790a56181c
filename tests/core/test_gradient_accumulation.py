"""A batch worked off in parts gives the update of the whole batch."""

import pytest
import tensorflow as tf

from tests import helpers
from tests.toy import linear_gan, toy_batch
from zoo.core import distribution
from zoo.core.keras_model import num_rows
from zoo.core.optimizers import FusedAdam
from zoo.core.settings import Settings
from zoo.errors import RequestError


def trained(parts, fresh=True, terms=("d_real", "d_fake", "g_adversarial")):
    """Weights and logs after four steps; without dropout, which would draw for each part."""
    helpers.set_random_seed(0)
    model = linear_gan(terms, fresh_generator_batch=fresh)
    model.compile(FusedAdam(0.05, epsilon=0.1), FusedAdam(0.05, epsilon=0.1),
                  gradient_accumulation_steps=parts)
    logs = helpers.train(model, [toy_batch(step, size=8) for step in range(4)])
    return helpers.state(model), logs


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("parts", [2, 3, 11])
def test_parts_make_the_update_of_the_whole(parts, fresh):
    (whole, whole_logs), (cut, cut_logs) = trained(1, fresh), trained(parts, fresh)
    helpers.assert_close(whole, cut, tolerance=1e-5)
    for one, other in zip(whole_logs, cut_logs, strict=True):
        helpers.assert_close(one, other, tolerance=1e-5)


def test_parts_without_a_trained_discriminator():
    terms = ("g_adversarial",)
    helpers.assert_close(trained(1, terms=terms)[0], trained(4, terms=terms)[0], tolerance=1e-5)


def test_the_seed_of_a_step_is_no_row_whatever_the_other_names():
    batch = {"seed": tf.zeros(2), "source": tf.zeros((6, 4)), "target": tf.zeros((6, 4))}
    assert num_rows(batch) == 6  # Of pix2pix parts were cut from the first two rows.


def test_two_replicas_cut_their_halves():
    alone = trained(1)[0]
    with distribution.make_strategy("mirrored").scope():
        assert distribution.num_replicas() == 2
        helpers.assert_close(alone, trained(2)[0], tolerance=1e-5)


def test_the_rows_of_a_script_need_not_divide_and_may_be_unknown():
    def last_weights(parts):
        helpers.set_random_seed(0)
        model = linear_gan()
        model.compile(FusedAdam(0.05, epsilon=0.1), FusedAdam(0.05, epsilon=0.1),
                      gradient_accumulation_steps=parts)
        rows = tf.data.Dataset.from_tensor_slices(toy_batch(0, size=11))
        # 8 rows, then the other 3; no static shape.
        model.fit(rows.batch(8), epochs=2, shuffle=False, verbose=0)
        return helpers.state(model)

    helpers.assert_close(last_weights(1), last_weights(4), tolerance=1e-5)


def test_a_command_s_batch_is_to_divide():
    with pytest.raises(RequestError, match="--batch_size=8: must be a multiple of 3, 1 replicas "
                                           "times --gradient_accumulation_steps=3"):
        distribution.check_batch(8, 3)
    with distribution.make_strategy("mirrored").scope():
        distribution.check_batch(12, 3)
        with pytest.raises(RequestError, match="a multiple of 6, 2 replicas"):
            distribution.check_batch(9, 3)
    with pytest.raises(RequestError, match="--gradient_accumulation_steps is 0"):
        Settings(model="f/v", gradient_accumulation_steps=0)
