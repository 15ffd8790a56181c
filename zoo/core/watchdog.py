"""Stopping a run that cannot recover, and warning of what may be such a one."""

import math

import keras
import numpy as np

from zoo.core import distribution
from zoo.core.callbacks import StepCallback, numbers
from zoo.errors import RunFailed

_EVERY = 50  # Steps between looks, whatever is logged.
_WON_BELOW = 1e-4  # Of every logged loss of D on true and on generated pairs.
_PATIENCE = 20  # Looks in a row.
_FEW = 8  # Weights compared at each look; all are, once these have not moved.


class Watchdog(StepCallback):
    """Looks after a run every 50 steps.

    It stops the run, with a diagnosis, where a logged value is not finite, or where not one weight
    of G has moved in 100 steps although its learning rate is not 0: its gradient is nothing, or
    never finite. It warns where D has been right about all pairs for 1,000 steps. That takes the
    gradient from G under the minimax loss alone (Goodfellow et al. 2014, section 3), and a run may
    come back from it.

    Args:
        start, num_steps: see `StepCallback`.
        checkpointer: `Checkpointer`, to name the last good checkpoint.
    """

    def __init__(self, start, num_steps, checkpointer):
        super().__init__(_EVERY, start, num_steps)
        self.checkpointer = checkpointer
        self.won = 0
        self.few = self.all = None

    def on_step(self, step, logs):
        values = numbers(logs)
        bad = [name for name, value in values.items() if not math.isfinite(value)]
        if bad:
            self._stop(step, f"{', '.join(bad)} not finite; lower the learning rates, "
                             "or use --precision=float32")
        self._check_that_the_generator_moves(step)
        self._warn_of_a_victory(step, values)

    def _check_that_the_generator_moves(self, step):
        weights = sorted(self.model.generator.trainable_variables, key=lambda v: math.prod(v.shape))
        few = [weight.numpy() for weight in weights[:_FEW]]
        everything = None
        rate = keras.ops.convert_to_numpy(self.model.generator_optimizer.learning_rate)
        if rate and _are_equal(few, self.few):
            everything = [weight.numpy() for weight in weights]
            if _are_equal(everything, self.all):
                self._stop(step, f"no weight of G has moved in {_EVERY} steps, so its gradient is "
                                 "0 or never finite; try another --hparam=adversarial_loss, or "
                                 "--precision=float32")
        self.few, self.all = few, everything

    def _warn_of_a_victory(self, step, values):
        judged = [value for name, value in values.items()
                  if name.startswith(("d_real", "d_fake"))]
        self.won = self.won + 1 if judged and max(judged) < _WON_BELOW else 0
        if self.won == _PATIENCE and distribution.is_chief():
            print(f"warning at step {step}: D has been right about every pair for "
                  f"{_EVERY * _PATIENCE} steps; if the samples stop getting better, lower its "
                  "learning rate or turn augmentation on", flush=True)

    def _stop(self, step, reason):
        raise RunFailed(f"stopped at step {step}: {reason}; {self.checkpointer.last_good()}.")


def _are_equal(arrays, others):
    return others is not None and all(map(np.array_equal, arrays, others))
