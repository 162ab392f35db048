"""Sources are told the conditions on their rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rayspark.catalyst.expressions import Expression, and_, call, equal, lit
from rayspark.catalyst.logical import Filter, Limit, Relation
from rayspark.catalyst.optimizer.rules.push_filters_to_sources import PUSH_FILTERS_TO_SOURCES
from rayspark.datatypes import StructType
from tests.catalyst.optimizer.plan_rig import column, stays

A, B = column("a"), column("b")
FIRST, SECOND = equal(A, lit(1)), call(">", B, lit(2))


@dataclass(frozen=True)
class Told:
    """A source that takes whole what reads the columns ``whole``, and is told the rest."""

    whole: frozenset[str] = frozenset()
    heard: tuple[str, ...] = ()
    deaf: bool = False
    name = "told"

    @property
    def schema(self) -> StructType:
        return StructType([A.field(), B.field()])

    def with_filters(self, filters: list[Expression]) -> tuple[Any, list[Expression]]:
        if self.deaf:
            return self, filters
        left = [e for e in filters if not any(name in e.sql() for name in self.whole)]
        return replace(self, heard=tuple(e.sql() for e in filters)), left


def relation(**settings: Any) -> Relation:
    return Relation(Told(**settings), (A.copy(name="A_renamed"), B))


def test_a_source_hears_its_own_names_and_rows_are_tested_again() -> None:
    found = PUSH_FILTERS_TO_SOURCES.apply(Filter(and_(FIRST, SECOND), relation()))
    assert found.child.source.heard == ("(a = 1)", "(b > 2)")
    assert found.condition == and_(FIRST, SECOND)


def test_what_it_takes_whole_is_gone() -> None:
    found = PUSH_FILTERS_TO_SOURCES.apply(
        Filter(and_(FIRST, SECOND), relation(whole=frozenset("b")))
    )
    assert found.condition == FIRST
    everything = PUSH_FILTERS_TO_SOURCES.apply(
        Filter(and_(FIRST, SECOND), relation(whole=frozenset("ab")))
    )
    assert isinstance(everything, Relation)


def test_chance_is_not_its_business() -> None:
    drawn = call("<", call("rand", lit(1)), lit(0.5))
    stays(PUSH_FILTERS_TO_SOURCES, Filter(drawn, relation()))
    found = PUSH_FILTERS_TO_SOURCES.apply(Filter(and_(drawn, FIRST), relation()))
    assert found.child.source.heard == ("(a = 1)",)
    assert found.condition == and_(FIRST, drawn)


def test_a_source_that_cannot_use_them_and_rows_that_are_counted_first() -> None:
    stays(PUSH_FILTERS_TO_SOURCES, Filter(FIRST, relation(deaf=True)))
    stays(PUSH_FILTERS_TO_SOURCES, Filter(FIRST, Limit(relation(), count=lit(1))))
