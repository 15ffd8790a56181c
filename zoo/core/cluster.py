"""The environment variable TF_CONFIG: which processes train together, and which of them this is."""

import dataclasses
import json
import os
import re

from zoo.errors import RequestError

_JOBS = ("chief", "worker")
_OTHERS = {
    "ps": "there are no parameter servers here",
    "evaluator": "no process measures beside the training: --eval_every measures within it, and "
                 "tools/evaluate.py afterwards",
}


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Who trains together.

    Attributes:
        jobs: `{"chief" or "worker": [address, …]}`.
        job, index: which of them this process is.
    """

    jobs: dict
    job: str
    index: int

    def addresses(self):
        """Returns the address of every process, the one that writes files first."""
        return [address for job in _JOBS for address in self.jobs.get(job, ())]

    def own(self):
        """Returns this process's address."""
        return self.jobs[self.job][self.index]

    def others(self):
        """Returns the addresses of the other processes."""
        return [address for address in self.addresses() if address != self.own()]


def read():
    """Returns the `Cluster` that TF_CONFIG describes.

    Raises:
        RequestError: it is missing or wrong, or names tasks that do not train, in any process.
    """
    try:
        config = json.loads(os.environ.get("TF_CONFIG", ""))
        jobs, job, index = config["cluster"], config["task"]["type"], config["task"]["index"]
        named = sorted({name for name, addresses in jobs.items() if addresses} | {job})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unusable() from None
    for name in named:
        if name not in _JOBS:
            why = _OTHERS.get(name, "the tasks that train are called chief and worker")
            raise RequestError(f"TF_CONFIG names a task {name!r}: {why}; leave it out.")
    jobs = {name: jobs[name] for name in _JOBS if jobs.get(name)}
    if not (all(isinstance(addresses, list) for addresses in jobs.values())
            and all(re.fullmatch(r".+:\d+", str(address)) for address in sum(jobs.values(), []))
            and len(jobs.get("chief", ())) <= 1
            and type(index) is int and 0 <= index < len(jobs.get(job, ()))):
        raise _unusable()
    return Cluster(jobs, job, index)


def _unusable():
    return RequestError(
        "--strategy=multi_worker: the environment variable TF_CONFIG must hold JSON like "
        '{"cluster": {"worker": ["host1:port", "host2:port"]}, '
        '"task": {"type": "worker", "index": 0}}; one of them may be the "chief".')
