"""Whether a training step is compiled with XLA on this machine."""

import tensorflow as tf


def is_on(settings):
    """Returns what `jit_compile` asks for, or what is best here where it leaves the choice open.

    Says so where it is on, since the first step then takes long.

    XLA is a gain on GPUs and a loss on CPUs (docs/GPU.md). Nobody has seen it work over several
    replicas: on CPUs it does not find their variables. Keras leaves it out where operations are
    to be deterministic.

    Args:
        settings: `Settings`.
    """
    on = settings.jit_compile
    if on is None:
        alone = settings.strategy == "default" and not settings.deterministic
        on = alone and bool(tf.config.get_visible_devices("GPU"))
    if on:
        print("compiling the step with XLA: the first one takes a minute or more", flush=True)
    return on
