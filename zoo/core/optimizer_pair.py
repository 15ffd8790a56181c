"""The optimizers of both networks as the one that Keras's callbacks ask a model for."""

import wrapt


class _Named(wrapt.ObjectProxy):
    """An optimizer under the name of its network."""

    def __init__(self, optimizer, name):
        super().__init__(optimizer)
        self._self_name = name

    @property
    def name(self):
        return self._self_name


class OptimizerPair:
    """What a callback finds as `model.optimizer`: `optimizers`, as of `MultiOptimizer`.

    `LearningRateScheduler`, `ReduceLROnPlateau`, `SwapEMAWeights` and `TensorBoard` then treat
    each, by its name: `learning_rate_generator`, `learning_rate_discriminator`.

    Args:
        optimizers: `{network's name: built keras.optimizers.Optimizer}`, that of G first.
    """

    built = True

    def __init__(self, optimizers):
        self.optimizers = [_Named(optimizer, name) for name, optimizer in optimizers.items()]

    @property
    def iterations(self):
        """Steps done, an integer variable."""
        return self.optimizers[0].iterations

    @property
    def variables(self):
        """All variables of all of them."""
        return [variable for each in self.optimizers for variable in each.variables]
