import json

import pytest

from zoo.core import cluster
from zoo.errors import RequestError


@pytest.fixture
def configure(monkeypatch):
    def set_to(jobs, job, index):
        monkeypatch.setenv("TF_CONFIG", json.dumps(
            {"cluster": jobs, "task": {"type": job, "index": index}, "environment": "cloud"}))
    return set_to


def test_everybody_else_is_known(configure):
    jobs = {"worker": ["b:1", "c:1"], "chief": ["a:1"]}
    configure(jobs, "worker", 1)
    assert cluster.read() == cluster.Cluster(jobs, "worker", 1)
    assert cluster.read().others() == ["a:1", "b:1"]
    configure(jobs, "chief", 0)
    assert cluster.read().others() == ["b:1", "c:1"]
    configure({"chief": ["a:1"]}, "chief", 0)
    assert cluster.read().others() == []


@pytest.mark.parametrize("name, told", [
    ("ps", "names a task 'ps': there are no parameter servers here; leave it out"),
    ("evaluator", "names a task 'evaluator': no process measures beside the training"),
    ("master", "names a task 'master': the tasks that train are called chief and worker")])
def test_tasks_that_do_not_train_are_refused_by_name_in_every_process(configure, name, told):
    jobs = {"worker": ["a:1"], name: ["b:1"]}
    for job in jobs:
        configure(jobs, job, 0)
        with pytest.raises(RequestError, match=told):
            cluster.read()
    configure({"worker": ["a:1"]}, name, 0)  # Some clusters leave the evaluator out of the list.
    with pytest.raises(RequestError, match=told):
        cluster.read()


@pytest.mark.parametrize("jobs, job, index", [
    ({"chief": ["a:1", "b:1"]}, "chief", 0), ({"worker": ["a:1"]}, "worker", -1),
    ({"worker": ["a:1"]}, "worker", 1), ({"worker": ["a:1"]}, "worker", True),
    ({"worker": "a:1"}, "worker", 0), ({"worker": ["a:1"]}, "chief", 0)])
def test_what_cannot_be_is_one_line(configure, jobs, job, index):
    configure(jobs, job, index)
    with pytest.raises(RequestError, match="TF_CONFIG must hold JSON like"):
        cluster.read()
