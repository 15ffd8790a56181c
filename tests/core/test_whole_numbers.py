"""A batch may hold pictures as they are kept, uint8."""

import numpy as np

from tests import helpers
from tests.toy import toy_gan
from zoo.core.keras_model import as_floats

LEVELS = {"condition": np.array([[0, 255], [51, 204], [255, 0], [153, 102]], np.uint8),
          "target": np.array([[255, 255], [0, 51], [102, 0], [204, 153]], np.uint8)}
FLOATS = {"condition": np.array([[-1, 1], [-0.6, 0.6], [1, -1], [0.2, -0.2]], np.float32),
          "target": np.array([[1, 1], [-1, -0.6], [-0.2, -1], [0.6, 0.2]], np.float32)}


def test_whole_numbers_are_mapped_and_all_else_stays():
    batch = as_floats({**LEVELS, "tokens": np.array([[3, 255]], np.int32), "pair": (
        LEVELS["target"], np.array([0.5], np.float32))})
    for name, expected in FLOATS.items():
        np.testing.assert_allclose(batch[name], expected, atol=1e-6)
    np.testing.assert_array_equal(batch["tokens"], [[3, 255]])
    np.testing.assert_allclose(batch["pair"][0], FLOATS["target"], atol=1e-6)
    np.testing.assert_array_equal(batch["pair"][1], [0.5])
    deep = as_floats({"deep": np.array([[0, 65535, 13107]], np.uint16)})["deep"]
    np.testing.assert_allclose(deep, [[-1, 1, -0.6]], atol=1e-6)


def outcomes(batch):
    helpers.set_random_seed(0)
    model = toy_gan()
    return (helpers.train(model, [batch])[0], model.evaluate(batch, verbose=0, return_dict=True),
            model.predict(batch, verbose=0), helpers.state(model))


def test_a_model_trains_measures_and_predicts_alike():
    *logs, made, state = outcomes(LEVELS)
    *other_logs, other_made, other_state = outcomes(FLOATS)
    for one, other in zip(logs, other_logs, strict=True):
        helpers.assert_close(one, other, tolerance=1e-5)
    np.testing.assert_allclose(made, other_made, atol=1e-6)
    helpers.assert_close(state, other_state, tolerance=1e-5)
