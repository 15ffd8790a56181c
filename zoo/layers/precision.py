"""Computing a part of a step in float32 whatever the precision of the networks."""

import keras

from zoo import private_keras


def in_float32(network):
    """Returns a function that calls a network in float32, with the network's own weights.

    For second derivatives, which overflow in float16 and lose their sense in bfloat16. A twin of
    the network computes, so that nothing of the network is changed for the time of a call, in
    which other replicas may come to it. Moving statistics are read and not updated.

    Args:
        network: built `keras.Model` whose configuration makes it again under another `dtype`.

    Returns:
        function with the arguments of the network's call, differentiable to its weights.
    """
    if all(layer.compute_dtype == "float32" for layer in private_keras.all_layers(network)):
        return lambda *inputs, **kwargs: network(*inputs, **kwargs)
    twin = type(network).from_config(network.get_config() | {"dtype": "float32"})

    def call(*inputs, **kwargs):
        pairs = zip(twin.weights, network.weights, strict=True)
        with keras.StatelessScope(state_mapping=[(mine, its.value) for mine, its in pairs]):
            return twin(*inputs, **kwargs)

    return call
