"""Ctrl-C, SIGTERM and SIGHUP end a tool within seconds, with one line and nothing half made."""

import contextlib
import os
import signal
import sys
import threading
import time

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE = 5.0  # Seconds for what is under way to clean up.
_watched, _received = [], []


class Stopped(BaseException):
    """A signal asks the process to end.

    Not an `Exception`, so that nothing on the way takes it for a failure of its own.

    Args:
        number: of the signal.
    """

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def watch():
    """Has the signals raise `Stopped` in the main thread, and end the process soon after.

    A signal that the process was started to ignore (`nohup`) stays ignored. The main thread sees
    a signal only between two lines of Python: where it waits inside TensorFlow for another worker,
    or takes long over a step, the process ends without it.
    """
    _watched[:] = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_enforce, args=(reader,), daemon=True).start()
    sys.unraisablehook = _unraisable
    take_over()


def take_over():
    """Takes the signals back from a library that has set its own handlers; nothing before `watch`.

    TensorFlow's workers take SIGTERM for a notice that leaves them all the time they want.
    """
    for number in _watched:
        signal.signal(number, _stop)


@contextlib.contextmanager
def ending():
    """What leaves the block after a signal ends the process with `end`.

    Also what is no `Stopped` any more: some libraries take everything that is raised inside them
    for a failure of their own, and raise another.
    """
    try:
        yield
    except BaseException:
        if _received:
            end(_received[0])
        raise


def end(number):
    """Says which signal it was and ends the process with the status that shells know it by.

    At once: TensorFlow's own way out waits for other workers.
    """
    try:
        sys.stdout.flush()
    except (OSError, ValueError):  # Who read the output has gone.
        pass
    after_bar = "\n" if sys.stderr.isatty() else ""
    os.write(2, f"{after_bar}stopped by {signal.Signals(number).name}; run the same command again "
                "(training goes on from its newest checkpoint)\n".encode())
    os._exit(128 + number)


def _stop(number, frame):
    del frame
    _received.append(number)
    for other in _watched:  # What cleans up is not to be interrupted.
        signal.signal(other, lambda *_: None)
    raise Stopped(number)


def _unraisable(unraisable):
    """Says nothing of a `Stopped` that was raised where nothing can be: `_enforce` ends the process.
    """
    if not isinstance(unraisable.exc_value, Stopped):
        sys.__unraisablehook__(unraisable)


def _enforce(reader):
    while (number := os.read(reader, 1)[0]) not in _watched:
        pass
    time.sleep(_GRACE)
    end(number)
