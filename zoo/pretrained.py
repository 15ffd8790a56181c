"""Using a shipped run from a script."""

from zoo.core import locate, runs
from zoo.registry import REGISTRY


def load_pretrained(name):
    """Returns the live model of a shipped run.

    Args:
        name: folder under `pretrained/`, for instance "df_gan_openmoji64".

    Returns:
        The family's model with its weights, in float32; `compile` it to train on.

    Raises:
        zoo.errors.RequestError: no such name (the nearest is named), or a file does not match the
            SHA-256 of the manifest.
    """
    return runs.load_run(locate.pretrained(name), REGISTRY)[1]
