"""One process at a time: several that start together prepare a data set once."""

import contextlib
import errno

import filelock

_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


@contextlib.contextmanager
def one_at_a_time(path, what):
    """Lets one process through the block; others wait for it, and say so.

    On a file system without locks all go through, with a line that says so. The system lifts the
    lock when a process ends, however it ends.

    Args:
        path: `pathlib.Path` of the file to lock; it is made, and stays.
        what: what is done, for the lines.

    Yields:
        True where the lock is held, False where there are none.

    Raises:
        OSError: the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path)
    try:
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(lock.acquire(timeout=0))
            except filelock.Timeout:
                print(f"another process prepares {what}: waiting for it", flush=True)
                held.enter_context(lock.acquire())
            unlock = held.pop_all()
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
            raise
        print(f"{path.parent}: this file system has no locks; see that no other process prepares "
              f"{what} at the same time", flush=True)
        yield False
        return
    with unlock:
        yield True
