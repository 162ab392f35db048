"""What an executor call returns: small map output in the header, large blocks as objects of Ray."""

from __future__ import annotations

from typing import Any

from rayspark.executor import actor
from rayspark.executor.actor import ExecutorActor
from rayspark.executor.batch import BatchResult
from rayspark.serializers import encode
from rayspark.shuffle.blocks import GroupBlock, Segment, build_block
from rayspark.storage.ray_store import INLINE_BYTES, Inline


def block(size: int) -> GroupBlock | None:
    return build_block([Segment(0, 0, encode([b"x" * size]))], checksum=True)


def returned(blocks: list[GroupBlock | None], monkeypatch: Any) -> Any:
    """What Ray is given."""
    executor = object.__new__(ExecutorActor)
    executor._runtime = None  # type: ignore[assignment]
    result = BatchResult(["report"], blocks, [], [])  # type: ignore[list-item]
    monkeypatch.setattr(actor, "run_batch", lambda batch, runtime: result)
    return ExecutorActor.run(executor, None)  # type: ignore[arg-type]


def test_a_call_that_wrote_little_returns_its_blocks_in_the_header(
    monkeypatch: Any,
) -> None:
    header, *rest = returned([block(10), None, block(20)], monkeypatch)
    reports, told, *_ = header
    assert reports == ["report"]
    assert rest == [None, None, None]
    assert [isinstance(one, Inline) for one in told] == [True, False, True]
    assert not told[1]


def test_a_call_that_wrote_much_returns_blocks_and_says_their_sizes(
    monkeypatch: Any,
) -> None:
    large = block(INLINE_BYTES)
    header, *rest = returned([block(10), None, large], monkeypatch)
    _, told, *_ = header
    assert rest[2] is large
    assert rest[0] is not None, "one block of a call decides for all: few returns are few"
    assert [bool(one) for one in told] == [True, False, True]
    assert all(type(one) is int for one in told)


def test_a_call_that_returns_no_blocks_returns_the_header_alone(
    monkeypatch: Any,
) -> None:
    assert returned([], monkeypatch)[0] == ["report"]
