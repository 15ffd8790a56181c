"""Training and measuring matchers of any two views."""

import numpy as np

from zoo.core import networks
from zoo.core.experiment import Experiment
from zoo.core.optimizers import FusedAdam
from zoo.metrics import bootstrap, retrieval


class MatcherExperiment(Experiment):
    """A family adds its hyperparameters (with `learning_rate`), data, `build_model`, `evaluate`."""

    def build_optimizers(self):
        return {"generator_optimizer": FusedAdam(self.hparams.learning_rate)}

    def publish(self, model, folder):
        for name, network in model.shipped_networks().items():
            networks.save(network, folder, name)


def recalls(first, second, names, seed, clusters=None):
    """Measures how often each view finds its partner among all of the other kind.

    Args:
        first, second: float `(n, dim)`, row i the partners.
        names: what the first and the second are.
        seed: int, of the bootstrap.
        clusters: labels `(n,)`, see `bootstrap.bootstrap_interval`.

    Returns:
        `{"NAME_to_NAME_r_at_K": {"value", "low", "high"}}` for both directions and K of 1, 5, 10.
    """
    results = {}
    for query, gallery, (name, other) in ((first, second, names), (second, first, names[::-1])):
        ranks = retrieval.ranks(query, gallery)
        for k in (1, 5, 10):
            hits = (ranks < k).astype(np.float64)
            results[f"{name}_to_{other}_r_at_{k}"] = bootstrap.with_interval(
                hits, np.mean, seed, clusters=clusters)
    return results
