"""Waiting for the other workers before TensorFlow does.

TensorFlow waits without a word and deaf to signals: it holds Python's lock all the while.
"""

import contextlib
import socket
import time

from zoo.errors import RequestError

_GO = b"go\n"
_PAUSE = 0.2  # Seconds between tries.


def meet(cluster):
    """Returns when all processes of a cluster are here; they then start TensorFlow together.

    The first of them listens at its own address, which it leaves to TensorFlow afterwards.

    Args:
        cluster: `zoo.core.cluster.Cluster`.

    Raises:
        RequestError: the first one's port is taken.
    """
    first, *others = cluster.addresses()
    if cluster.own() == first:
        _gather(int(first.rpartition(":")[2]), set(others))
    else:
        _report(first, cluster.own())


def _gather(port, missing):
    try:
        server = socket.create_server(("", port))
    except OSError as error:
        raise RequestError(f"TF_CONFIG: port {port} of this process cannot be used "
                           f"({error.strerror}).") from None
    with contextlib.ExitStack() as stack:
        stack.enter_context(server)
        server.settimeout(_PAUSE)
        here = {}
        while missing - here.keys():
            with contextlib.suppress(TimeoutError):
                connection = stack.enter_context(server.accept()[0])
                connection.settimeout(5.0)
                with contextlib.suppress(OSError):
                    here[connection.recv(1024).decode(errors="replace").strip()] = connection
            here = {name: each for name, each in here.items() if _is_open(each)}
        with contextlib.suppress(OSError):  # One that has gone just now: TensorFlow tells.
            for connection in here.values():
                connection.sendall(_GO)
        for connection in here.values():  # Who closes first keeps the port busy for a minute.
            with contextlib.suppress(OSError):
                connection.recv(1)


def _is_open(connection):
    """False where the other side has gone meanwhile."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(5.0)


def _report(first, own):
    host, _, port = first.rpartition(":")
    while True:
        with contextlib.suppress(OSError):  # The first one has not begun yet, or begins again.
            with socket.create_connection((host, int(port)), timeout=5.0) as connection:
                connection.sendall(f"{own}\n".encode())
                connection.settimeout(None)
                if connection.recv(len(_GO)):  # Anything else is TensorFlow, which tells more.
                    return
        time.sleep(_PAUSE)
