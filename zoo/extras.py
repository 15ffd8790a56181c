"""Packages that only some families or data sets need, and the extra that installs them."""

import contextlib

from zoo.errors import RequestError


@contextlib.contextmanager
def needed(extra):
    """Around the import of packages that an extra of setup.cfg brings.

    >>> with extras.needed("speech"):
    ...     import soundfile

    Args:
        extra: its name.

    Raises:
        RequestError: one of them is not installed; the message is the command that installs it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise RequestError(f"the package {error.name} is not installed; it comes with: "
                           f"pip install 'conditional-zoo[{extra}]'") from error
