"""Learning rates of speech enhancement."""

import pytest

from zoo.core import experiment
from zoo.core.settings import Settings
from zoo.registry import REGISTRY


@pytest.mark.parametrize("num_steps", [10, 100, 100_000])
def test_no_rate_hangs_on_the_length_of_the_run(num_steps):
    """A half cosine over 100 steps, of which 50 have been made: half the rate."""
    optimizers = experiment.build(Settings(
        model="speech_enhancement/segan", num_steps=num_steps, hparams={
            "learning_rate_decay_steps": "100", "generator_learning_rate": "0.002",
            "discriminator_learning_rate": "0.004"}), REGISTRY).build_optimizers()
    for name, rate in (("generator", 0.002), ("discriminator", 0.004)):
        optimizer = optimizers[f"{name}_optimizer"]
        assert float(optimizer.learning_rate) == pytest.approx(rate)
        optimizer.iterations.assign(50)
        assert float(optimizer.learning_rate) == pytest.approx(rate / 2)
