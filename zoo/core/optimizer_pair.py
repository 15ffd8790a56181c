"""The optimizers of both networks as the one that Keras's callbacks ask a model for."""


class OptimizerPair:
    """What a callback finds as `model.optimizer`: `optimizers`, as of `MultiOptimizer`.

    `LearningRateScheduler`, `ReduceLROnPlateau`, `SwapEMAWeights` and `TensorBoard` then treat
    each, by its name: `learning_rate_generator`, `learning_rate_discriminator`.

    Args:
        optimizers: built `keras.optimizers.Optimizer`s, that of G first.
    """

    built = True

    def __init__(self, optimizers):
        self.optimizers = optimizers

    @property
    def iterations(self):
        """Steps done, an integer variable."""
        return self.optimizers[0].iterations

    @property
    def variables(self):
        """All variables of all of them."""
        return [variable for each in self.optimizers for variable in each.variables]
