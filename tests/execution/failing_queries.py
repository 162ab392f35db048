"""Queries that fail, and what is compared of their errors: class, condition, SQLSTATE.

``tools/harvest_failures.py`` runs them on PySpark; ``test_failing_queries.py`` here, in the
driver's DuckDB, as tasks, and on Ray.
"""

from __future__ import annotations

from typing import Any

CONSTANTS = r"""
raise_error('boom')
assert_true(false)
assert_true(false, 'no way')
array(1, 2)[5]
elt(5, 'a', 'b')
map_from_arrays(array(1, 2), array('a'))
bit_get(11, 99)
to_char(X'616263', 'nope')
url_decode('%zz')
to_binary('zz', 'hex')
to_binary('aa', 'nope')
rand('a')
randn(1.5)
explode(NULL)
posexplode_outer(NULL)
inline(array())
inline_outer(array(1))
map(map(1, 2), 3)
map(array(map(1, 2)), 3)
map(parse_json('1'), 1)
map_from_arrays(array(map(1, 2)), array(1))
map_from_entries(array(struct(map(1, 2), 1)))
transform_keys(map(1, 2), (k, v) -> map(k, v))
'ab' LIKE 'a\\'
'ab' LIKE 'a\\b'
to_number('abc', '999')
encode('a', 'nope')
encode('ä', 'US-ASCII')
decode(X'FF', 'UTF-8')
hmac('k', 'm', 'nope')
'a' RLIKE '('
regexp_extract('abc', '(a)', 3)
regexp_replace('abc', '(a)', '$3')
parse_url('http://[bad', 'HOST')
vector_norm(array(float(1)), float(7))
vector_inner_product(array(float(1)), array(float(1), float(2)))
date_format(TIMESTAMP'2024-01-01', 'YYYY')
date_format(TIMESTAMP'2024-01-01', 'b')
date_format(TIMESTAMP'2024-01-01', 'n')
next_day(DATE'2024-01-01', 'xx')
1 / 0
1 % 0
9223372036854775807 + 1
127Y + 1Y
CAST('x' AS INT)
CAST('x' AS BOOLEAN)
CAST('x' AS DATE)
CAST(3000000000 AS INT)
CAST(12345 AS DECIMAL(3,1))
element_at(array(1, 2), 5)
element_at(array(1, 2), 0)
make_date(2024, 13, 1)
make_timestamp(2024, 1, 1, 25, 0, 0)
to_timestamp('x', 'yyyy')
timestampadd(YEAR, 999999, TIMESTAMP'2024-01-01')
slice(array(1), 0, 1)
map('a', 1, 'a', 2)
map(null, 1)
interval 1 month / 0
variant_get(parse_json('"x"'), '$', 'int')
""".strip().splitlines()

ROWS = r"""
raise_error(concat('boom', id))
assert_true(id < 0)
array(1, 2)[id + 5]
1 / (id - id)
id % (id - id)
2147483647 + cast(id + 1 as int)
cast(concat('x', id) as int)
cast(concat('x', id) as date)
cast(id + 3000000000 as int)
cast(id + 12345 as decimal(3,1))
element_at(array(1, 2), cast(id + 5 as int))
map_from_arrays(array(id, 2), array('a'))
bit_get(id, 99)
make_date(2024, 13, cast(id as int))
to_timestamp(concat('x', id), 'yyyy')
sequence(id, id + 10, -1)
regexp_replace(concat('a', id), '(a)', '$3')
url_decode(concat('%zz', id))
map(id, 1, id, 2)
next_day(DATE'2024-01-01', concat('xx', id))
""".strip().splitlines()

WHOLE = [
    "SELECT sum(9223372036854775807 - id * 0) FROM range(5)",
    "SELECT id % 2, sum(1 / (id - id)) FROM range(10) GROUP BY id % 2",
    "SELECT * FROM range(5) WHERE 1 / (id - 3) > 0",
    "SELECT id FROM range(5) ORDER BY 1 / (id - 3)",
    "SELECT a.id FROM range(5) a JOIN range(5) b ON a.id = b.id AND 1 / (a.id - 3) > 0",
    "SELECT sum(id) OVER (ORDER BY 1 / (id - 3)) FROM range(5)",
    "SELECT sum(id) OVER (PARTITION BY cast(concat('x', id) as int)) FROM range(5)",
    "SELECT explode(array(1 / (id - id))) FROM range(5)",
    "SELECT id FROM range(5) UNION SELECT cast('x' as int) FROM range(2)",
    "SELECT failing_fn(id) FROM range(5)",
    "SELECT count(*) FROM range(5) WHERE failing_fn(id) > 0",
    "SELECT 1 / zero_fn(id) FROM range(5)",
    "SELECT zero_fn(cast(1 / (id - id) as int)) FROM range(5)",
    "SELECT sum(zero_fn(id)) OVER (ORDER BY 1 / zero_fn(id)) FROM range(5)",
]

QUERIES = [
    *(f"SELECT {e}" for e in CONSTANTS),
    *(f"SELECT {e} AS c FROM range(5)" for e in ROWS),
    *WHOLE,
]


def failing(n: int) -> int:
    """A user's function that raises."""
    raise ValueError(f"bad {n}")


def zero(_n: int) -> int:
    """A user's function that does not."""
    return 0


def failures(spark: Any) -> dict[str, list[str | None]]:
    """What each query raises."""
    spark.udf.register("failing_fn", failing, "int")
    spark.udf.register("zero_fn", zero, "int")
    found = {}
    for query in QUERIES:
        try:
            spark.sql(query).collect()
        except Exception as error:
            condition, state = error.getCondition(), error.getSqlState()
            found[query] = [type(error).__name__, condition, state]
    return found
