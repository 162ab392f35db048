"""Small objects travel in messages: what is fetched is what was stored, without a word to Ray."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from rayspark.serializers import encode
from rayspark.shuffle.blocks import Segment, build_block
from rayspark.storage import ray_store
from rayspark.storage.ray_store import Inline, fetch


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """What Ray was asked for, call by call."""
    calls: list[list[Any]] = []

    def get(handles: list[Any], timeout: float) -> list[Any]:
        calls.append(handles)
        return [f"object {handle}" for handle in handles]

    monkeypatch.setattr(ray_store.ray, "get", get)
    return calls


def test_inline_blocks_are_read_without_ray(asked: list[list[Any]]) -> None:
    block = build_block(
        [Segment(0, 3, encode([1, 2])), Segment(1, 3, encode(["a"]))], checksum=True
    )
    assert block is not None
    sent = pickle.loads(pickle.dumps(Inline.of(block)))
    [found] = fetch([sent])
    assert not asked
    assert np.array_equal(found.index, block.index)
    assert found.corrupt_parts() == []
    assert [found.records(row) for row in found.segments(1).tolist()] == [["a"]]


def test_handles_of_both_kinds_come_in_their_order(asked: list[list[Any]]) -> None:
    small, other = Inline.of("small"), Inline.of("other")
    assert fetch([small, "r1", other, "r2"]) == ["small", "object r1", "other", "object r2"]
    assert asked == [["r1", "r2"]]


def test_damage_is_found_in_what_travels_in_messages(asked: list[list[Any]]) -> None:
    block = build_block([Segment(0, 0, encode([1]), damaged=True)], checksum=True)
    [found] = fetch([Inline.of(block)])
    assert found.corrupt_parts() == [0]
    assert not asked
