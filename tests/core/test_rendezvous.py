import socket
import threading

import pytest

from zoo.benchmark.scaling import free_ports
from zoo.core import rendezvous
from zoo.core.cluster import Cluster
from zoo.errors import RequestError


@pytest.fixture
def jobs():
    chief, *workers = [f"localhost:{port}" for port in free_ports(3)]
    return {"chief": [chief], "worker": workers}


def arrive(jobs, job, index, arrived):
    def go():
        rendezvous.meet(Cluster(jobs, job, index))
        arrived.append((job, index))
    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_nobody_goes_on_before_the_last_has_come(jobs, order):
    every, arrived = [("chief", 0), ("worker", 0), ("worker", 1)], []
    threads = [arrive(jobs, *every[i], arrived) for i in order[:2]]
    threads[0].join(0.5)
    assert not arrived
    threads.append(arrive(jobs, *every[order[2]], arrived))
    for thread in threads:
        thread.join(60)
    assert sorted(arrived) == every
    socket.create_server(("", int(jobs["chief"][0].split(":")[1]))).close()  # The port is free.


def test_one_that_has_gone_again_is_waited_for(jobs):
    arrived = []
    chief = arrive(jobs, "chief", 0, arrived)
    port = int(jobs["chief"][0].split(":")[1])
    while True:
        try:
            with socket.create_connection(("localhost", port)) as gone:
                gone.sendall(f"{jobs['worker'][1]}\n".encode())
            break
        except ConnectionRefusedError:
            pass
    first = arrive(jobs, "worker", 0, arrived)  # Not before the other has really gone.
    chief.join(0.7)
    assert not arrived
    last = arrive(jobs, "worker", 1, arrived)
    for thread in (chief, first, last):
        thread.join(60)
    assert len(arrived) == 3


def test_one_alone_waits_for_nobody():
    rendezvous.meet(Cluster({"worker": [f"localhost:{free_ports(1)[0]}"]}, "worker", 0))


def test_a_port_that_is_taken_is_one_line():
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(RequestError, match=f"port {port} of this process cannot be used"):
            rendezvous.meet(Cluster({"worker": [f"localhost:{port}", "b:1"]}, "worker", 0))
