"""The two errors that a command reports in one line; everything else is a bug and a traceback."""


class RequestError(ValueError):
    """The request was wrong (flags, hyperparameters, data, files): exit status 2.

    The message is one line: what is wrong, where, and what to do.
    """


class RunFailed(RuntimeError):
    """The request was right but the run failed, for instance it diverged: exit status 1."""
