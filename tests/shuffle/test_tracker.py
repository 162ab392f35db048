"""The driver's book of map output."""

from __future__ import annotations

from array import array
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.shuffle.sizes import EXACT, MapOutputStatistics, pack, unpack
from rayspark.shuffle.tracker import ShuffleTracker


def status(host="h1", size=10):
    return SimpleNamespace(host=host, bytes=size)


@pytest.fixture
def tracker():
    book = ShuffleTracker()
    book.register(7, num_maps=3, num_reduces=2)
    return book


def test_a_shuffle_is_complete_when_every_map_is_there(tracker):
    for map_id in (2, 0, 1):
        assert not tracker.is_complete(7)
        assert map_id in tracker.missing(7)
        tracker.put(7, map_id, status())
    assert tracker.is_complete(7)
    assert tracker.missing(7) == []


def test_an_unknown_shuffle_is_not_complete(tracker):
    assert not tracker.is_complete(8)
    assert 8 not in tracker
    assert tracker.forget_maps(8, [0]) == []


def test_registering_twice_keeps_what_is_known(tracker):
    tracker.put(7, 0, status())
    tracker.register(7, 3, 2)
    assert tracker.missing(7) == [1, 2]


def test_a_host_takes_exactly_its_outputs(tracker):
    tracker.register(8, 1, 1)
    for map_id, host in enumerate(["h1", "h2", "h1"]):
        tracker.put(7, map_id, status(host))
    tracker.put(8, 0, status("h2"))
    assert tracker.forget_host("h1") == {7: [0, 2]}
    assert tracker.missing(7) == [0, 2]
    assert tracker.is_complete(8)


def test_every_change_changes_the_version(tracker):
    seen = [tracker.version(7)]
    tracker.put(7, 0, status())
    seen.append(tracker.version(7))
    tracker.put(7, 0, status())
    seen.append(tracker.version(7))
    tracker.forget_maps(7, [0])
    seen.append(tracker.version(7))
    assert len(set(seen)) == 4
    tracker.forget_maps(7, [0])
    assert tracker.version(7) == seen[-1]


def test_work_done_twice_is_counted(tracker):
    assert not tracker.put(7, 0, status())
    tracker.forget_maps(7, [0])
    assert tracker.put(7, 0, status())
    assert tracker.recomputed == 1
    assert tracker.was_made(7)


def test_a_forgotten_shuffle_is_gone(tracker):
    assert tracker.forget_shuffle(7)
    assert not tracker.forget_shuffle(7)
    assert len(tracker) == 0


numbers = st.integers(0, 10**12)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3), st.data())
def test_sums_are_exact_whatever_is_lost_and_made_again(vectors, data):
    book = ShuffleTracker()
    book.register(7, 3, 2)

    def make(map_id):
        sizes = array("q", vectors[map_id])
        book.put(7, map_id, status(size=sum(sizes)), pack(sizes, sizes))

    for map_id in range(3):
        make(map_id)
    sums = [sum(column) for column in zip(*vectors, strict=True)]
    lost = data.draw(st.sets(st.integers(0, 2)))
    book.forget_maps(7, lost)
    assert book.statistics(7).bytes_by_partition == ([0, 0] if len(lost) == 3 else sums)
    for map_id in lost:
        make(map_id)
    assert book.statistics(7) == MapOutputStatistics(7, sums, sums)
    make(0)  # told twice
    assert book.statistics(7).rows_by_partition == sums


@given(st.lists(numbers, max_size=20))
def test_many_sizes_are_told_in_a_byte_each(sizes):
    sizes = array("q", [*sizes, *[0] * (EXACT + 1 - len(sizes))])
    told = pack(sizes, sizes)
    assert len(told) == len(sizes)
    found, rows = unpack(told, len(sizes))
    assert rows is None
    biggest = round(1.1**255)
    for size, coarse in zip(sizes, found.tolist(), strict=True):
        assert abs(coarse - min(size, biggest)) <= 0.05 * size + 0.5
