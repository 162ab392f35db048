"""The driver's directory of cached blocks."""

from __future__ import annotations

import pytest

from rayspark.storage.directory import NOWHERE, CacheDirectory


@pytest.fixture
def directory():
    d = CacheDirectory()
    d.put("e1", "h1", [(5, 0), (5, 1)], in_heap=True)
    d.put("e2", "h2", [(5, 1), (5, 2)], in_heap=False)
    return d


def where(directory, rdd, split):
    executors, hosts = directory.locations(rdd, split)
    return list(executors), list(hosts)


def test_a_heap_copy_is_also_on_the_host(directory):
    assert where(directory, 5, 0) == (["e1"], ["h1"])
    assert where(directory, 5, 1) == (["e1"], ["h1", "h2"])
    assert where(directory, 5, 2) == ([], ["h2"])
    assert directory.locations(5, 9) == NOWHERE


def test_all_partitions_make_it_complete(directory):
    assert directory.is_complete(5, 3)
    assert not directory.is_complete(5, 4)
    assert not directory.is_complete(6, 0)


def test_an_executor_takes_its_heap_only(directory):
    directory.forget_executor("e1")
    assert where(directory, 5, 0) == ([], ["h1"])
    assert not directory.is_used("e1")
    assert directory.is_complete(5, 3)


def test_a_host_takes_its_blocks(directory):
    directory.forget_executor("e1")
    assert directory.forget_host("h1") == [(5, 0)]
    assert where(directory, 5, 1) == ([], ["h2"])
    assert len(directory) == 2
    assert directory.forget_host("h1") == []


def test_dropped_blocks_are_nowhere(directory):
    directory.drop([(5, 0), (5, 1), (5, 2), (6, 0)])
    assert not directory.knows(5)
    assert not directory.is_used("e1")
    assert len(directory) == 0
    directory.forget_executor("e1")
    assert directory.forget_host("h2") == []
