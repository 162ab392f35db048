"""Each stored expression over the public types gives what it gives in Spark."""

from __future__ import annotations

from typing import Any

import pytest

GROUPS = [
    "types", "schema", "json", "row", "conversion", "infer", "merge", "verify", "to_arrow",
    "from_arrow", "variant",
]  # fmt: skip

OURS = {
    # An assertion that says what is wrong, where Spark stumbles over a missing attribute.
    "StructType([IntegerType()])",
    # Spark's Python reader rounds to 28 digits, its JVM does not; nor do we.
    "VariantVal.parseJson('123456789012345678901234567890').toPython()",
    "VariantVal.parseJson('123456789012345678901234567890').toJson()",
    # Spark keeps these in its own row format; our blocks are Arrow, so each has an Arrow type.
    "from_arrow_type(pa.month_day_nano_interval())",
}
ONLY_OURS_IN_ARROW = ("CharType", "VarcharType", "YearMonthIntervalType", "CalendarIntervalType")


@pytest.mark.parametrize("group", GROUPS)
def test_every_expression_gives_what_spark_gives(group: str, oracle: Any) -> None:
    rows = oracle.golden("expressions")[group]
    found = oracle.differences(rows, "expr", lambda text: repr(oracle.evaluate(text)))
    expected = {row["expr"] for row in rows if row["expr"] in OURS}
    if group == "to_arrow":
        expected = {
            r["expr"] for r in rows if any(name in r["expr"] for name in ONLY_OURS_IN_ARROW)
        }
    assert found.keys() == expected, {k: found[k] for k in found.keys() - expected}


def test_every_group_of_the_golden_is_tested(oracle: Any) -> None:
    assert sorted(oracle.golden("expressions")) == sorted(GROUPS)
