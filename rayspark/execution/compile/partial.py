"""Aggregates in two steps: over the rows where they lie, then over what that gave.

    avg(x)   partials   sum(x), count(x)          over rows
             merge      sum(#sum), sum(#count)    over the partials of a group
             final      #sum / #count             an expression over the merged

Only functions are split whose two steps give what one step gives, types and errors included;
deviations, correlations and the like up to the last digits (``kernels/states.py``). For all others
(distinct ones, percentiles, sets) :func:`split` is ``None``: the rows of a group must come together
first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rayspark.catalyst.expressions import (
    AggregateCall,
    Call,
    CaseWhen,
    Cast,
    Expression,
    Literal,
    call,
    lit,
)
from rayspark.catalyst.functions.tables.states import (
    CO_MOMENTS,
    HIGH_MOMENTS,
    MOMENTS,
    OF_PAIRS,
    OF_VALUES,
    STATE,
    final_name,
)
from rayspark.datatypes import (
    ArrayType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    LongType,
    YearMonthIntervalType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.records import dataclass

Attributes = Sequence[Expression]

ZERO = Literal(0, LongType())
COUNT_TYPE = DecimalType(20, 0)
"""In which the number of values divides a sum of decimals."""


@dataclass(frozen=True)
class Split:
    """How one aggregate is computed in two steps."""

    partials: tuple[AggregateCall, ...]
    """Over the input's rows."""
    merge: Callable[[Attributes], tuple[AggregateCall, ...]]
    """Over the partials' columns, as many aggregates."""
    final: Callable[[Attributes], Expression]
    """Over the merged columns: the value, of the aggregate's type."""


SAME = frozenset({"min", "max", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor", "product"})
"""Functions of what they gave themselves."""
FIRSTS = frozenset({"first", "last", "first_value", "last_value", "any_value"})


def split(aggregate: AggregateCall) -> Split | None:
    """The two steps of an aggregate, or ``None`` if the rows of a group must come together."""
    name = aggregate.name
    if aggregate.order or (aggregate.distinct and name not in ("min", "max")):
        return None
    if name in SAME:
        return _same(aggregate)
    if name in FIRSTS:
        return _first(aggregate)
    steps = STEPS.get(name)
    return None if steps is None else steps(aggregate)


def _over(aggregate: AggregateCall, name: str, *args: Expression) -> AggregateCall:
    """Another aggregate over the same rows."""
    return AggregateCall(call(name, *args), filter=aggregate.filter)


def _merged(name: str, attribute: Expression, type: DataType | None = None) -> AggregateCall:
    """An aggregate over a partial, of a type that does not grow."""
    return AggregateCall(Call(name, (attribute,), type))


def _only(attributes: Attributes) -> Expression:
    return attributes[0]


def _same(aggregate: AggregateCall) -> Split:
    name, dt = aggregate.name, aggregate.dtype
    partial = AggregateCall(aggregate.call, filter=aggregate.filter)
    return Split((partial,), lambda found: (_merged(name, found[0], dt),), _only)


def _first(aggregate: AggregateCall) -> Split:
    """Where nulls count, partials of no rows must not: they are told by a count of 0."""
    name, flag = aggregate.name, aggregate.args[1]
    ignores = isinstance(flag, Literal) and flag.value is True
    partials = (aggregate, _over(aggregate, "count", lit(1)))

    def merge(found: Attributes) -> tuple[AggregateCall, ...]:
        value, count = found
        seen = None if ignores else call(">", count, ZERO)
        merged = AggregateCall(call(name, value, flag), filter=seen)
        return (merged, _merged("sum", count))

    return Split(partials, merge, _only)


def _count(aggregate: AggregateCall) -> Split:
    return Split(
        (aggregate,),
        lambda found: (_merged("sum", found[0]),),
        lambda found: call("coalesce", found[0], ZERO),
    )


def _sum(aggregate: AggregateCall) -> Split:
    dt = aggregate.dtype
    return Split((aggregate,), lambda found: (_merged("sum", found[0], dt),), _only)


def _paired(of: int) -> Callable[[AggregateCall], Split | None]:
    """The mean of one side of the pairs that are complete."""

    def steps(aggregate: AggregateCall) -> Split | None:
        value, other = aggregate.args[of], aggregate.args[1 - of]
        both = CaseWhen(((call("isnotnull", other), value),))
        return _average_of(aggregate, both)

    return steps


def _average(aggregate: AggregateCall) -> Split | None:
    return _average_of(aggregate, aggregate.args[0])


def _average_of(aggregate: AggregateCall, value: Expression) -> Split | None:
    result = aggregate.dtype
    if isinstance(result, (YearMonthIntervalType, DayTimeIntervalType)):
        return None
    decimal = isinstance(result, DecimalType)
    added = value if decimal or value.dtype == DoubleType() else Cast(value, DoubleType())
    partials = (_over(aggregate, "sum", added), _over(aggregate, "count", value))

    def merge(found: Attributes) -> tuple[AggregateCall, ...]:
        return (_merged("sum", found[0], found[0].dtype), _merged("sum", found[1]))

    def final(found: Attributes) -> Expression:
        total, count = found
        divisor = Cast(count, COUNT_TYPE if decimal else DoubleType())
        meant = resolve("/", total.dtype, divisor.dtype)
        assert meant is not None
        mean: Expression = Call("/", (total, divisor), meant.result)
        if meant.result != result:
            mean = Cast(mean, result)
        return CaseWhen(((call(">", count, ZERO), mean),))

    return Split(partials, merge, final)


def _list(aggregate: AggregateCall) -> Split:
    listed = aggregate.dtype
    assert isinstance(listed, ArrayType)
    return Split(
        (aggregate,),
        lambda found: (_merged("collect_list", found[0], ArrayType(listed, False)),),
        lambda found: Call("flatten", (found[0],), listed),
    )


def _by(aggregate: AggregateCall) -> Split | None:
    """The value beside the extreme, and the extreme."""
    if len(aggregate.args) > 2:
        return None
    name, extreme = aggregate.name, aggregate.name.removesuffix("_by")
    key = aggregate.args[1]

    def merge(found: Attributes) -> tuple[AggregateCall, ...]:
        value, best = found
        return (AggregateCall(call(name, value, best)), _merged(extreme, best))

    return Split((aggregate, _over(aggregate, extreme, key)), merge, _only)


def _moments(aggregate: AggregateCall) -> Split:
    """A state of central moments; a group has the list of its tasks' states."""
    name, state = aggregate.name, MOMENTS
    if name in ("skewness", "kurtosis"):
        state = HIGH_MOMENTS
    elif name not in OF_VALUES:
        state = CO_MOMENTS
    args = tuple(a if a.dtype == DoubleType() else Cast(a, DoubleType()) for a in aggregate.args)
    partial = AggregateCall(Call(state, args, STATE), filter=aggregate.filter)
    return Split(
        (partial,),
        lambda found: (_merged("collect_list", found[0], ArrayType(STATE, False)),),
        lambda found: Call(final_name(name), (found[0],), aggregate.dtype),
    )


STEPS: dict[str, Callable[[AggregateCall], Split | None]] = {
    "count": _count,
    "count_if": _count,
    "sum": _sum,
    "avg": _average,
    "regr_avgx": _paired(1),
    "regr_avgy": _paired(0),
    "collect_list": _list,
    "min_by": _by,
    "max_by": _by,
    **dict.fromkeys((*OF_VALUES, *OF_PAIRS, "regr_count"), _moments),
}
