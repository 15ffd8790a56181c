"""Every use of what Keras keeps to itself: why, and what breaks where a release changes it.

A test sees to it that there is no other (tests/test_imports.py). Seen to work with the versions of
constraints-lowest.txt and of constraints.txt; setup.cfg keeps below the next major version.
"""


class NotBuiltByKeras:
    """Mixed into a `keras.Model` whose networks their constructors have built.

    Overrides `Trainer._maybe_symbolic_build`, with which `fit` traces a batch to build layers and
    metrics. It averages that batch over replicas, and so fails under `MultiWorkerMirroredStrategy`,
    and under any strategy if it holds strings (keras issue 20585). If Keras renames it, training
    on several machines fails at its first step; one machine loses a second.
    """

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        pass


def all_layers(network):
    """Returns a list of a network and all layers in it, at any depth.

    By `Layer._flatten_layers`, since `Model.layers` has the first level alone. Without it, the
    gradient penalty cannot tell a network of reduced precision and raises `AttributeError`.

    Args:
        network: `keras.layers.Layer`.
    """
    return list(network._flatten_layers())


def moments(optimizer, variable):
    """Returns the handles of a variable's (first moment or momentum, mean square).

    By `_get_variable_index`, `_momentums` and `_velocities`, since the fused operations of
    TensorFlow write the optimizer's own variables. Without them `FusedAdam` and `FusedRMSprop`
    raise `AttributeError` at the first step; `keras.optimizers` serve in their place.

    Args:
        optimizer: built `keras.optimizers.Adam` or `RMSprop`.
        variable: one that it trains.
    """
    index = optimizer._get_variable_index(variable)
    return optimizer._momentums[index].value.handle, optimizer._velocities[index].value.handle


def ensure_momentums(optimizer, variables):
    """Gives an RMSprop without momentum the variables that `moments` needs all the same.

    By `_momentums`, which Keras leaves empty there. Without it, as for `moments`.

    Args:
        optimizer: `keras.optimizers.RMSprop`, just built.
        variables: list of those that it trains.
    """
    if not optimizer._momentums:
        optimizer._momentums = [
            optimizer.add_variable_from_reference(variable, name="momentum")
            for variable in variables]


def take_inputs_as_they_are(layer):
    """Keeps Keras from turning what a layer is called with into float tensors.

    By `_convert_input_args` and `_allow_non_tensor_positional_args`, which have no public face.
    Without them a model cannot be called with captions, and whole numbers lose their precision.

    Args:
        layer: `keras.layers.Layer`, in its constructor.
    """
    layer._convert_input_args = False
    layer._allow_non_tensor_positional_args = True
