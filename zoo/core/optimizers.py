"""Adam and RMSprop with one operation a variable, and their learning rates."""

import keras
import tensorflow as tf

from zoo import private_keras


@keras.saving.register_keras_serializable("zoo")
class FusedAdam(keras.optimizers.Adam):
    """`keras.optimizers.Adam` (Kingma & Ba 2015) that updates a variable in one pass over memory.

    Equal to Keras's, whose dozen operations a variable each read and write arrays of its size; up
    to some 1e-5 of a step, the rounding of 1 - beta_2 to float32, which is taken here throughout.
    The formula is the one at the end of the paper's section 2, as in Keras: epsilon is added to
    the root of the uncorrected second moment. Clipping, weight decay, averages, accumulation,
    schedules and loss scaling are the base class's.

    One difference: where an embedding's row occurs several times in a batch, its gradients are
    added before they are squared, as the definition has it; Keras adds their squares.

    Args:
        learning_rate: float, or a `keras.optimizers.schedules.LearningRateSchedule`.
        beta_1, beta_2: decay of the two moments, in [0, 1).
        epsilon: float.
        kwargs: see `keras.optimizers.Adam`.

    Raises:
        ValueError: `amsgrad=True`.
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **kwargs):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)
        if self.amsgrad:
            raise ValueError("FusedAdam has no amsgrad; take keras.optimizers.Adam.")

    def update_step(self, gradient, variable, learning_rate):
        dtype = variable.dtype
        first, second = private_keras.moments(self, variable)
        step = tf.cast(self.iterations + 1, dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=first, v=second,
            beta1_power=tf.cast(self.beta_1, dtype) ** step,
            beta2_power=tf.cast(self.beta_2, dtype) ** step,
            lr=tf.cast(learning_rate, dtype),
            beta1=self.beta_1, beta2=self.beta_2, epsilon=self.epsilon,
            grad=tf.cast(tf.convert_to_tensor(gradient), dtype))


@keras.saving.register_keras_serializable("zoo")
class FusedRMSprop(keras.optimizers.RMSprop):
    """`keras.optimizers.RMSprop` (Hinton 2012) that updates a variable in one pass over memory.

    Equal to Keras's up to rounding.

    Args:
        learning_rate: float, or a `keras.optimizers.schedules.LearningRateSchedule`.
        rho: decay of the mean square, in [0, 1).
        momentum: float, 0 for none.
        epsilon: float, added to the mean square under the root.
        kwargs: see `keras.optimizers.RMSprop`.

    Raises:
        ValueError: `centered=True`.
    """

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, **kwargs):
        super().__init__(learning_rate, rho, momentum, epsilon, **kwargs)
        if self.centered:
            raise ValueError("FusedRMSprop is not centered; take keras.optimizers.RMSprop.")

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        private_keras.ensure_momentums(self, variables)  # The operation keeps the last step there.

    def update_step(self, gradient, variable, learning_rate):
        dtype = variable.dtype
        momentum, mean_square = private_keras.moments(self, variable)
        tf.raw_ops.ResourceApplyRMSProp(
            var=variable.handle,
            ms=mean_square, mom=momentum,
            lr=tf.cast(learning_rate, dtype),
            rho=self.rho, momentum=self.momentum, epsilon=self.epsilon,
            grad=tf.cast(tf.convert_to_tensor(gradient), dtype))


def adam_pair(hparams):
    """Returns a GAN's optimizers for `compile`, by name, as its `AdamHParams` say."""
    return {f"{network}_optimizer": FusedAdam(
                _halving(getattr(hparams, f"{network}_learning_rate"),
                         hparams.halve_learning_rates_every),
                hparams.adam_beta_1, hparams.adam_beta_2)
            for network in ("generator", "discriminator")}


def _halving(learning_rate, every):
    """Returns a learning rate that is halved after each `every` steps; 0: one that stays."""
    if not every:
        return learning_rate
    return keras.optimizers.schedules.ExponentialDecay(
        learning_rate, every, decay_rate=0.5, staircase=True)
