"""Computing a part of a step in float32 whatever the precision of the networks."""

import contextlib

import keras


@contextlib.contextmanager
def in_float32(*networks):
    """Runs the networks' layers in float32 inside the block (weights are float32 in any case).

    For second derivatives, which overflow in float16 and lose their sense in bfloat16.
    """
    layers = [layer for network in networks for layer in network._flatten_layers()]
    policies = [layer.dtype_policy for layer in layers]
    for layer in layers:
        layer.dtype_policy = keras.dtype_policies.get("float32")
    try:
        yield
    finally:
        for layer, policy in zip(layers, policies, strict=True):
            layer.dtype_policy = policy
