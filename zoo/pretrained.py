"""Using a shipped run from a script."""

from zoo.core import fetching, runs
from zoo.registry import REGISTRY


def load_pretrained(reference, sha256=None):
    """Returns the live model of a shipped run.

    Args:
        reference: its name, for instance "df_gan_openmoji64" (see `zoo.list_pretrained`), or path of a
            folder or a .zip file, or "https://…/run.zip", or "hf://owner/repository[@revision]".
        sha256: of the .zip file, or of `manifest.json`; required for what is downloaded.

    Returns:
        The family's model with its weights, in float32; `compile` it to train on.

    Raises:
        zoo.errors.RequestError: nothing there (the nearest name is given), or a file does not match
            its SHA-256.
    """
    with fetching.opened(reference, sha256) as folder:
        return runs.load_run(folder, REGISTRY)[1]
