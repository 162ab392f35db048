"""The driver's book of map output."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.lists(st.lists(st.integers(0, 1000), min_size=2, max_size=2), min_size=3, max_size=3))
def test_sizes_are_exact_until_something_is_lost(vectors):
    book = ShuffleTracker()
    book.register(7, 3, 2)
    for map_id, vector in enumerate(vectors):
        book.put(7, map_id, status(size=sum(vector)), np.array(vector))
    assert book.reduce_bytes(7).tolist() == [sum(v[0] for v in vectors), sum(v[1] for v in vectors)]
    book.forget_maps(7, [1])
    assert (book.reduce_bytes(7) >= 0).all()
    book.forget_maps(7, [0, 2])
    assert book.reduce_bytes(7).tolist() == [0, 0]
