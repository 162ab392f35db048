"""Kernels of the functions of arrays. DuckDB's lists count from 1, as ``element_at`` does."""

from __future__ import annotations

from rayspark.datatypes import (
    ArrayType,
    ByteType,
    DateType,
    DayTimeIntervalType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    TimestampNTZType,
    YearMonthIntervalType,
)
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail
from rayspark.execution.kernels.ordering import orderable
from rayspark.execution.kernels.zones import instant, local_time

LONGEST = 2_147_483_632
"""Elements that an array may have at most."""


def _element(site: Site, index: int = 0) -> ArrayType:
    found = site.types[index]
    assert isinstance(found, ArrayType)
    return found


# -- access ----------------------------------------------------------------------------------------


def _size(site: Site) -> str:
    length = "cardinality" if isinstance(site.types[0], MapType) else "len"
    text = f"CAST({length}({site.args[0]}) AS INTEGER)"
    return text if site.ansi else f"coalesce({text}, -1)"


def _element_at(*, lenient: bool) -> Kernel:
    def kernel(site: Site) -> str:
        collection, key = site.args
        if isinstance(site.types[0], MapType):
            return f"{collection}[{key}]"
        return site.let(collection, lambda a: site.let(key, lambda k: at(a, k)))

    def at(a: str, k: str) -> str:
        zero = fail("INVALID_INDEX_OF_ZERO")
        return f"CASE WHEN {k} = 0 THEN {zero} ELSE {a}[{k}] END"

    def strict(site: Site) -> str:
        if isinstance(site.types[0], MapType) or not site.ansi:
            return kernel(site)
        outside = fail(
            "INVALID_ARRAY_INDEX_IN_ELEMENT_AT",
            indexValue="{k}",
            arraySize="len({a})",
        )
        zero = fail("INVALID_INDEX_OF_ZERO")

        def checked(a: str, k: str) -> str:
            error = outside.replace("{k}", k).replace("{a}", a)
            return (
                f"CASE WHEN {k} = 0 THEN {zero} WHEN abs({k}) > len({a}) THEN {error}"
                f" ELSE {a}[{k}] END"
            )

        return site.let(site.args[0], lambda a: site.let(site.args[1], lambda k: checked(a, k)))

    return kernel if lenient else strict


def _get(site: Site) -> str:
    return site.let(site.args[1], lambda i: f"CASE WHEN {i} >= 0 THEN {site.args[0]}[{i} + 1] END")


# -- membership ------------------------------------------------------------------------------------


def _contains(site: Site) -> str:
    a, value = site.args
    found = f"list_contains({a}, {value})"
    if not _element(site).containsNull:
        return found
    return site.let(
        a,
        lambda t: (
            f"CASE WHEN list_contains({t}, {value}) THEN true"
            f" WHEN list_position({t}, NULL) IS NOT NULL THEN NULL"
            f" ELSE list_contains({t}, {value}) END"
        ),
    )


def _position(site: Site) -> str:
    a, value = site.args
    given = f"{a} IS NOT NULL AND {value} IS NOT NULL"
    return f"CASE WHEN {given} THEN coalesce(list_position({a}, {value}), 0) END"


def _overlap(site: Site) -> str:
    a, b = site.args
    common = f"list_has_any({a}, {b})"
    if not (_element(site).containsNull or _element(site, 1).containsNull):
        return common
    nulls = " OR ".join(f"list_position({t}, NULL) IS NOT NULL" for t in (a, b))
    shared = f"list_has_any(list_filter({a}, lambda v: v IS NOT NULL), {b})"
    return (
        f"CASE WHEN {shared} THEN true WHEN len({a}) > 0 AND len({b}) > 0 AND ({nulls}) THEN NULL"
        f" ELSE {shared} END"
    )


# -- growing and shrinking -------------------------------------------------------------------------


def _append(site: Site) -> str:
    a, value = site.args
    return f"CASE WHEN {a} IS NOT NULL THEN list_append({a}, {value}) END"


def _prepend(site: Site) -> str:
    a, value = site.args
    return f"CASE WHEN {a} IS NOT NULL THEN list_prepend({value}, {a}) END"


def _insert(site: Site) -> str:
    def write(a: str, p: str) -> str:
        value = f"[{site.args[2]}]"
        size = f"len({a})"
        null = f"CAST(NULL AS {duck_type(_element(site).elementType)})"
        gap = f"repeat([{null}], CAST({{}} AS BIGINT))"
        after = f"{a} || {gap.format(f'{p} - {size} - 1')} || {value}"
        inside = f"{a}[1:{p} - 1] || {value} || {a}[{p}:]"
        back = f"{a}[1:{size} + {p} + 1] || {value} || {a}[{size} + {p} + 2:]"
        before = f"{value} || {gap.format(f'-{p} - {size} - 1')} || {a}"
        return (
            f"CASE WHEN {a} IS NULL OR {p} IS NULL THEN NULL"
            f" WHEN {p} = 0 THEN {fail('INVALID_INDEX_OF_ZERO')}"
            f" WHEN {p} > {size} THEN {after} WHEN {p} > 0 THEN {inside}"
            f" WHEN -{p} <= {size} + 1 THEN {back} ELSE {before} END"
        )

    return site.let(site.args[0], lambda a: site.let(site.args[1], lambda p: write(a, p)))


def _remove(site: Site) -> str:
    a, value = site.args
    kept = site.let(value, lambda x: f"list_filter({a}, lambda v: v IS NULL OR v <> {x})")
    return f"CASE WHEN {value} IS NOT NULL THEN {kept} END"


def distinct(a: str) -> str:
    """Elements that are the first of their kind. The text is used twice."""
    return f"list_filter({a}, lambda v, i: list_position({a}, v) = i)"


def _distinct(site: Site) -> str:
    return site.let(site.args[0], distinct)


def _union(site: Site) -> str:
    a, b = site.args
    both = site.let(f"list_concat({a}, {b})", distinct)
    return f"CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN {both} END"


def _common(test: str) -> Kernel:
    def kernel(site: Site) -> str:
        a, b = site.args
        kept = site.let(b, lambda t: f"list_filter({a}, lambda v: list_position({t}, v) {test})")
        once = site.let(kept, distinct)
        return f"CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN {once} END"

    return kernel


def _join(site: Site) -> str:
    a, delimiter = site.args[:2]
    filled = a
    if len(site.args) > 2:
        filled = f"list_transform({a}, lambda v: coalesce(v, {site.args[2]}))"
    given = " AND ".join(f"{text} IS NOT NULL" for text in site.args)
    joined = f"coalesce(array_to_string({filled}, CAST({delimiter} AS VARCHAR)), '')"
    return f"CASE WHEN {given} THEN {joined} END"


def _repeat(site: Site) -> str:
    value, count = site.args
    many = fail(
        "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
        numberOfElements=count,
        maxRoundedArrayLength=str(LONGEST),
        functionName="'`array_repeat`'",
        parameter="'`count`'",
    )
    times = f"CASE WHEN {count} > {LONGEST} THEN {many} ELSE greatest({count}, 0) END"
    made = f"repeat([{value}], CAST({times} AS BIGINT))"
    return f"CASE WHEN {count} IS NOT NULL THEN {made} END"


# -- order -----------------------------------------------------------------------------------------


def by_order(site: Site, call: str) -> str:
    """A call of one of DuckDB's functions that order a list, ``{}`` in its text, in Spark's order
    of the nulls that elements have inside.
    """
    a, element = site.args[0], _element(site).elementType
    key = orderable("v", element)
    if key == "v":
        return call.format(a)
    pair = f"CASE WHEN v IS NOT NULL THEN struct_pack(k := {key}, v := v) END"
    found = call.format(f"list_transform({a}, lambda v: {pair})")
    if isinstance(site.type, ArrayType) and site.type == site.types[0]:
        return f"list_transform({found}, lambda p: p.v)"
    return f"struct_extract({found}, 'v')"


def _sort_array(site: Site) -> str:
    if site.literal(1) is False:
        return by_order(site, "list_sort({}, 'DESC', 'NULLS LAST')")
    return by_order(site, "list_sort({}, 'ASC', 'NULLS FIRST')")


def _slice(site: Site) -> str:
    def write(a: str, start: str, size: str) -> str:
        zero = fail("INVALID_PARAMETER_VALUE.START", functionName="'`slice`'",
                    parameter="'`start`'")  # fmt: skip
        negative = fail("INVALID_PARAMETER_VALUE.LENGTH", functionName="'`slice`'",
                        parameter="'`length`'", length=size)  # fmt: skip
        first = f"CASE WHEN {start} > 0 THEN {start} ELSE len({a}) + {start} + 1 END"
        return (
            f"CASE WHEN {a} IS NULL OR {start} IS NULL OR {size} IS NULL THEN NULL"
            f" WHEN {start} = 0 THEN {zero} WHEN {size} < 0 THEN {negative}"
            f" WHEN ({first}) < 1 OR {size} = 0 THEN {a}[1:0]"
            f" ELSE {a}[{first}:({first}) + {size} - 1] END"
        )

    a, start, size = site.args
    return site.let(
        a, lambda x: site.let(start, lambda s: site.let(size, lambda n: write(x, s, n)))
    )


def _shuffle(site: Site) -> str:
    draw = "random()"
    if len(site.args) > 1:
        draw = f"hash(i, {site.args[1]})"
    pairs = f"list_transform({site.args[0]}, lambda v, i: {{'r': {draw}, 'i': i, 'v': v}})"
    return f"list_transform(list_sort({pairs}), lambda p: p.v)"


# -- sequences -------------------------------------------------------------------------------------


def _sequence(site: Site) -> str:
    match site.types[0]:
        case ByteType() | ShortType() | IntegerType() | LongType():
            return _whole_numbers(site)
    return _times(site)


def _whole_numbers(site: Site) -> str:
    start, stop = (f"CAST({t} AS BIGINT)" for t in site.args[:2])
    step = f"CAST({site.args[2]} AS BIGINT)" if len(site.args) > 2 else "0"

    def series(a: str, b: str, by: str) -> str:
        many = f"abs({b} - {a}) // nullif(abs({by}), 0)"
        wrong = fail(
            "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
            numberOfElements=f"{many} + 1",
            maxRoundedArrayLength=str(LONGEST),
            functionName="'`sequence`'",
            parameter="'`stop`'",
        )
        start = f"CASE WHEN {many} >= {LONGEST} THEN {wrong} ELSE {a} END"
        return f"generate_series(CAST({start} AS BIGINT), {b}, {by})"

    def write(a: str, b: str) -> str:
        if len(site.args) < 3:
            return series(a, b, f"CASE WHEN {a} <= {b} THEN 1 ELSE -1 END")
        return (
            f"CASE WHEN ({step} > 0 AND {a} <= {b}) OR ({step} < 0 AND {a} >= {b})"
            f" THEN {series(a, b, step)}"
            f" WHEN {step} = 0 AND {a} = {b} THEN [{a}]"
            f" WHEN {a} IS NULL OR {b} IS NULL OR {step} IS NULL THEN NULL"
            f" ELSE {_bad_sequence(site)} END"
        )

    return site.let(start, lambda a: site.let(stop, lambda b: write(a, b)))


def _bad_sequence(site: Site) -> str:
    shown = [f"CAST({t} AS VARCHAR)" for t in site.args]
    step = shown[2] if len(shown) > 2 else "'1'"
    return fail("_LEGACY_ERROR_TEMP_3243", start=shown[0], stop=shown[1], step=step)


def _times(site: Site) -> str:
    """Dates and times step on the clock of the session's zone."""
    naive = isinstance(site.types[0], (DateType, TimestampNTZType))
    zone = "UTC" if _within_a_day(site) else site.zone
    start, stop = (
        f"CAST({t} AS TIMESTAMP)" if naive else local_time(t, zone) for t in site.args[:2]
    )

    def write(a: str, b: str) -> str:
        step = _interval(site, a, b)
        return (
            f"CASE WHEN {a} IS NULL OR {b} IS NULL OR {step} IS NULL THEN NULL"
            f" WHEN ({a} + {step} > {a} AND {a} <= {b}) OR ({a} + {step} < {a} AND {a} >= {b})"
            f" THEN list_filter(list_transform(range(0, 1 + {_count(a, b, step)}),"
            f" lambda n: {_nth(site, a, step)}), lambda t: CASE WHEN {a} <= {b} THEN t <= {b}"
            f" ELSE t >= {b} END)"
            f" WHEN {a} = {b} THEN [{a}] ELSE {_bad_sequence(site)} END"
        )

    made = site.let(start, lambda a: site.let(stop, lambda b: write(a, b)))
    if isinstance(site.types[0], DateType):
        return f"list_transform({made}, lambda t: CAST(t AS DATE))"
    if naive:
        return made
    return f"list_transform({made}, lambda t: {instant('t', zone)})"


def _within_a_day(site: Site) -> bool:
    """Steps of less than a day go along the time line, whatever clocks show."""
    if len(site.args) < 3 or not isinstance(site.types[2], DayTimeIntervalType):
        return False
    step = site.literal(2)
    return isinstance(step, int) and abs(step) < 86_400_000_000


def _interval(site: Site, a: str, b: str) -> str:
    if len(site.args) < 3:
        return f"(CASE WHEN {a} <= {b} THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END)"
    match site.types[2]:
        case YearMonthIntervalType():
            return f"to_months({site.args[2]})"
        case DayTimeIntervalType():
            return f"to_microseconds({site.args[2]})"
    return site.args[2]


def _count(a: str, b: str, step: str) -> str:
    """No fewer steps than there can be between both; too many do no harm."""
    far, near = (f"abs(epoch_us({t}) - epoch_us({a}))" for t in (b, f"{a} + {step}"))
    return f"CAST({far} * 12 // ({near} * 11) + 3 AS BIGINT)"


def _nth(site: Site, a: str, step: str) -> str:
    if len(site.args) > 2 and isinstance(site.types[2], YearMonthIntervalType):
        return f"{a} + to_months(CAST(n AS INTEGER) * {site.args[2]})"
    if len(site.args) > 2 and isinstance(site.types[2], DayTimeIntervalType):
        return f"{a} + to_microseconds(n * {site.args[2]})"
    return f"{a} + {step} * CAST(n AS INTEGER)"


# -- arrays of arrays ------------------------------------------------------------------------------


def _flatten(site: Site) -> str:
    a = site.args[0]
    if not _element(site).containsNull:
        return f"flatten({a})"
    whole = "CASE WHEN list_position({0}, NULL) IS NULL THEN flatten({0}) END"
    return site.let(a, whole.format)


def _zip(site: Site) -> str:
    if not site.args:
        return "[]"
    longest = f"greatest({', '.join(f'len({a})' for a in site.args)})"
    fields = site.type.elementType.fields  # type: ignore[attr-defined]
    parts = ", ".join(
        f"{_quoted(f.name)} := {a}[i]" for f, a in zip(fields, site.args, strict=True)
    )
    given = " AND ".join(f"{a} IS NOT NULL" for a in site.args)
    made = f"list_transform(range(1, {longest} + 1), lambda i: struct_pack({parts}))"
    return f"CASE WHEN {given} THEN {made} END"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


KERNELS: dict[str, Kernel] = {
    "array": "[{all}]",
    "size": Exact(_size),
    "array_size": "len({0})",
    "element_at": _element_at(lenient=False),
    "try_element_at": _element_at(lenient=True),
    "get": Exact(_get),
    "array_contains": Exact(_contains),
    "array_position": _position,
    "array_append": _append,
    "array_prepend": _prepend,
    "array_insert": _insert,
    "array_remove": _remove,
    "array_compact": "list_filter({0}, lambda v: v IS NOT NULL)",
    "array_distinct": _distinct,
    "array_union": _union,
    "array_intersect": _common("IS NOT NULL"),
    "array_except": _common("IS NULL"),
    "arrays_overlap": Exact(_overlap),
    "arrays_zip": _zip,
    "array_join": _join,
    "array_max": lambda site: by_order(site, "list_max({})"),
    "array_min": lambda site: by_order(site, "list_min({})"),
    "array_repeat": _repeat,
    "sort_array": _sort_array,
    "slice": _slice,
    "sequence": _sequence,
    "flatten": _flatten,
    "shuffle": _shuffle,
}
