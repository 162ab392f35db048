"""Uses of one aggregation that bring different columns are one again."""

from __future__ import annotations

from rayspark.catalyst.expressions import AggregateCall, Alias, Attribute, call, equal, lit
from rayspark.catalyst.logical import Aggregate, Filter, Join, JoinKind, LogicalPlan, Range
from rayspark.catalyst.optimizer.merge_plans import merge
from rayspark.catalyst.optimizer.share_aggregates import share_aggregates
from tests.catalyst.optimizer.plan_rig import rows, same_rows


def groups(low: int, *functions: str) -> Aggregate:
    """Of a use: new ids all the way, as analysis gives them."""
    leaf = Range.of(0, 20, 1, None)
    kept = Filter(call(">=", leaf.attribute, lit(low, leaf.attribute.type)), leaf)
    columns = [Alias(AggregateCall(call(name, leaf.attribute)), name) for name in functions]
    return Aggregate((leaf.attribute,), (leaf.attribute, *columns), kept)


def joined(left: LogicalPlan, right: LogicalPlan) -> Join:
    return Join(left, right, JoinKind.INNER, equal(left.output[0], right.output[0]))


def aggregates(plan: LogicalPlan) -> set[int]:
    return {id(node) for node in plan.walk() if isinstance(node, Aggregate)}


def test_one_operator_with_the_columns_of_both() -> None:
    plan = joined(groups(3, "min"), groups(3, "max"))
    shared, ids = share_aggregates(plan)
    assert aggregates(shared) == ids
    assert len(ids) == 1
    assert shared.output == plan.output
    assert same_rows(plan, shared)


def test_other_rows_are_another_aggregation() -> None:
    plan = joined(groups(3, "min"), groups(4, "min"))
    assert share_aggregates(plan) == (plan, set())


def test_constants_count_by_value() -> None:
    merged = merge(groups(3, "min"), groups(3, "min"))
    assert merged is not None
    assert len(merged.plan.output) == 2
    assert merge(groups(3, "min"), groups(4, "min")) is None


def test_random_values_are_drawn_anew() -> None:
    def drawn() -> Aggregate:
        made = groups(3, "min")
        random = Alias(call("rand", lit(1)), "r")
        return made.copy(columns=(*made.columns, random))

    assert merge(drawn(), drawn()) is None


def test_names_translate() -> None:
    first, second = groups(3, "min"), groups(3, "max", "min")
    merged = merge(first, second)
    assert merged is not None
    key, greatest, least = second.output
    assert merged.names[key.id] == first.output[0]
    assert merged.names[least.id] == first.output[1]
    assert isinstance(merged.names[greatest.id], Attribute)
    assert rows(merged.plan)
