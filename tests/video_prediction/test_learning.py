"""A short training on squares that slide: the next frame is learned, and D reads the past."""

import keras
import numpy as np
import pytest

from tests import helpers
from zoo.video_prediction import (
    DNAGenerator, FramePatchDiscriminator, VideoPredictionGAN, evaluation)

SIZE = 16


def clips(random, count):
    """Squares of random colours on white, sliding by a pixel a frame: two past and the next."""
    frames = np.ones((count, 3, SIZE, SIZE, 3), np.float32)
    for clip in frames:
        place, step = random.integers(2, 9, 2), random.choice([-1, 0, 1], 2)
        step = step if step.any() else np.array([1, 0])
        colour = random.uniform(-1, 1, 3)
        for time in range(3):
            row, column = place + time * step
            clip[time, row:row + 6, column:column + 6] = colour
    return frames


def batch(random, count=16):
    frames = clips(random, count)
    return {"context": frames[:, :2], "next_frame": frames[:, 2],
            "mismatched_context": np.roll(frames[:, :2], 1, axis=0)}


def trained(weights, steps):
    model = VideoPredictionGAN(
        DNAGenerator(2, 2, (16, 16, 24), reach=1), FramePatchDiscriminator(2, (16, 32)),
        lp_power=2, loss_weights=weights, fresh_generator_batch=False, ema_decay=0.9)
    model.compile(keras.optimizers.Adam(2e-3, 0.5), keras.optimizers.Adam(2e-3, 0.5))
    random = np.random.default_rng(0)
    helpers.train(model, [batch(random) for _ in range(steps)])
    return model


@pytest.fixture(scope="module")
def held_out():
    return batch(np.random.default_rng(1), 64)


def to_uint8(frames):
    return np.round((frames + 1) * 127.5).astype(np.uint8)


def swapped_auc(model, held_out):
    right, wrong = (evaluation.score(model, to_uint8(held_out[name]),
                                     to_uint8(held_out["next_frame"]))
                    for name in ("context", "mismatched_context"))
    return evaluation.auc(right, wrong)


def test_the_next_frame_is_closer_than_the_last_one(held_out):
    model = trained({"g_lp": 1.0}, 400)
    noise = np.zeros((64, 2), np.float32)
    frame = model.generate(held_out, noise, training=False)[-1].numpy()
    error = np.abs(frame - held_out["next_frame"]).mean()
    copied = np.abs(held_out["context"][:, -1] - held_out["next_frame"]).mean()
    assert error < 0.6 * copied


def test_d_scores_a_real_frame_lower_after_another_clips_past(held_out):
    weights = {"d_real": 1.0, "d_fake": 0.5, "d_mismatched": 0.5, "g_adversarial": 0.05,
               "g_lp": 1.0}
    assert swapped_auc(trained(weights, 150), held_out) > 0.9


def test_auc_by_hand():
    assert evaluation.auc(np.array([3.0, 1.0]), np.array([2.0, 1.0])) == 2.5 / 4
