"""Makes random SQL queries whose answer is one multiset of rows, whichever way they are run.

A query is a list of steps, ``name -> SELECT``, each over tables or earlier steps. Every column a
step makes has a name of its own, so that no reference is ambiguous. What would have several right
answers is not made: frames of rows and limits go by an order of all columns, numbers are small
and floating point ones are halves (their sums are exact in any order).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

TABLES = {
    "t": "a int, b bigint, s string, d double, m decimal(8,2), f date, l array<int>, g boolean",
    "u": "a int, s string, d double, g boolean",
    "v": "b bigint, m decimal(8,2), f date, a int",
    "w": "a int, d double, l array<int>, s string",
}
SIZES = {"t": 14, "u": 9, "v": 40, "w": 0}
KINDS = {"int": "int", "bigint": "int", "string": "string", "double": "double", "date": "date",
         "decimal(8,2)": "decimal", "array<int>": "array", "boolean": "boolean"}  # fmt: skip
CONSTANTS = {
    "int": ["0", "1", "2", "3", "-1", "NULL"],
    "double": ["0.0D", "0.5D", "-0.0D", "1.5D", "-2.0D", "double('NaN')", "double('Infinity')"],
    "decimal": ["0.00BD", "1.50BD", "-2.25BD", "3BD"],
    "string": ["''", "'a'", "'b'", "'A'", "'ab'", "'é'"],
    "date": ["DATE'2024-01-01'", "DATE'2024-02-29'", "DATE'1969-12-31'"],
    "array": ["array(1, 2)", "array(NULL, 1)", "array(3)", "cast(array() AS array<int>)"],
    "boolean": ["true", "false"],
}
GENERAL = [
    "coalesce({same}, {same})", "if({test}, {same}, {same})", "nullif({same}, {same})",
    "CASE WHEN {test} THEN {same} ELSE {same} END",
]  # fmt: skip
"""Expressions of any kind: ``{same}`` stands for one of that kind, ``{test}`` for a condition."""
FORMS = {
    "int": [
        "{int} + {int}", "{int} - {int}", "{int} % 3", "-({int})", "length({string})",
        "size({array})", "year({date})", "try_element_at({array}, 1)", "datediff({date}, {date})",
        "greatest({int}, {int})", "abs({int})",
    ],
    "double": [
        "{double} * 2", "{double} + {int}", "{int} / 2", "nanvl({double}, {double})",
        "least({double}, {double})",
    ],
    "decimal": ["round({decimal}, 1)", "CAST({int} AS decimal(12,2))", "{decimal} + {decimal}"],
    "string": [
        "concat({string}, {string})", "upper({string})", "substring({string}, 1, 1)",
        "CAST({int} AS string)", "concat_ws('-', {string}, {string})",
    ],
    "date": ["date_add({date}, 1)", "last_day({date})"],
    "array": [
        "coalesce({array}, {array})", "if({test}, {array}, {array})", "array({int}, {int})",
        "transform({array}, x -> x + 1)", "filter({array}, x -> x > 1)", "array_distinct({array})",
    ],
    "boolean": ["{test}", "NOT {boolean}", "array_contains({array}, 1)",
                "exists({array}, x -> x = 1)"],
}  # fmt: skip
LIKES = ["'a%'", "'%b'", "'_'", "''", "'%'"]
LINKED = """WITH q AS (SELECT * FROM (SELECT a AS x FROM u),
LATERAL (SELECT count(*) AS n FROM v WHERE v.a = x)) """
PINNED = [
    """SELECT * FROM (SELECT a, b FROM t UNION ALL SELECT b, a FROM v) q
    WHERE EXISTS (SELECT * FROM u WHERE q.a = u.a)""",
    """SELECT * FROM (SELECT a, s, n FROM t LATERAL VIEW explode(l) g AS n) q
    WHERE s IN (SELECT u.s FROM u WHERE u.a = q.n)""",
    """SELECT * FROM (SELECT a, b, rank() OVER (PARTITION BY a ORDER BY b) AS r FROM v) q
    WHERE a IN (SELECT u.a FROM u WHERE u.a = q.r)""",
    """SELECT * FROM (SELECT a, count(*) AS n FROM v GROUP BY a) q
    WHERE a IN (SELECT u.a FROM u WHERE u.a <= q.n)""",
    """SELECT a, (SELECT sort_array(collect_set(v.b)) FROM v WHERE v.a = u.a - 3) AS x,
    (SELECT approx_count_distinct(v.b) FROM v WHERE v.a = u.a - 3) AS n FROM u""",
    """WITH q AS (SELECT a AS x, b AS y FROM v)
    SELECT x, (SELECT count(*) FROM (SELECT x AS z FROM q) WHERE z = x) AS n FROM q""",
    LINKED
    + """SELECT * FROM q,
    LATERAL (SELECT max(p.n) AS m FROM q AS p WHERE p.x = q.x)""",
    LINKED + "SELECT n FROM q UNION ALL SELECT x FROM q",
    LINKED + "SELECT a, (SELECT max(n) FROM q WHERE q.x = v.a) AS m FROM v",
]
"""Queries whose answers were once wrong, made as small as they could be."""
COMPARED = [kind for kind in CONSTANTS if kind not in ("array", "boolean")]


def rows_of(table: str) -> str:
    """A SELECT that gives the rows of a table: few values, many nulls, one of them most often."""
    random = Random(table)
    fields = [field.split() for field in TABLES[table].split(", ")]
    lines = []
    for _ in range(SIZES[table]):
        values = []
        for _, dtype in fields:
            pool = CONSTANTS[KINDS[dtype]]
            value = pool[1] if random.random() < 0.3 else random.choice([*pool, "NULL"])
            values.append(f"CAST({value} AS {dtype})")
        lines.append(f"({', '.join(values)})")
    names = ", ".join(name for name, _ in fields)
    if lines:
        return f"SELECT * FROM VALUES {', '.join(lines)} AS {table}({names})"
    empty = ", ".join(f"CAST(NULL AS {dtype}) AS {name}" for name, dtype in fields)
    return f"SELECT {empty} WHERE false"


@dataclass(frozen=True)
class Column:
    """A column of a step: its name and what can be done with it."""

    name: str
    kind: str


Columns = tuple[Column, ...]


class QueryMaker:
    """Draws one query.

    Parameters
    ----------
    random
        Decides everything; one of hypothesis lets it make the query smaller.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.steps: dict[str, str] = {}
        self._made: list[tuple[str, Columns]] = []
        self._columns = 0

    def make(self, length: int) -> list[str]:
        """Draw so many steps; the names of the last one's columns."""
        self.source()
        for _ in range(length):
            step = self.pick([
                self.project, self.project, self.filter, self.filter, self.filter, self.join,
                self.join, self.join, self.group, self.group, self.group_sets, self.union,
                self.set_operation, self.distinct, self.window, self.window, self.top,
                self.generate, self.lateral,
            ])  # fmt: skip
            step(*self._made[-1])
        return [c.name for c in self._made[-1][1]]

    # -- choices ---------------------------------------------------------------------------------

    def pick(self, values: Sequence[Any]) -> Any:
        return values[self.random.randrange(len(values))]

    def chance(self, share: float) -> bool:
        return self.random.randrange(100) >= 100 - share * 100

    def some(self, values: Sequence[Any], least: int, most: int) -> list[Any]:
        """Different values in the order of a draw."""
        count = min(len(values), self.random.randrange(least, most + 1))
        rest = list(values)
        return [rest.pop(self.random.randrange(len(rest))) for _ in range(count)]

    # -- steps -----------------------------------------------------------------------------------

    def add(self, text: str, columns: Sequence[Column]) -> None:
        name = f"q{len(self.steps)}"
        self.steps[name] = text
        self._made.append((name, tuple(columns)))

    def column(self, kind: str) -> Column:
        self._columns += 1
        return Column(f"c{self._columns}", kind)

    def source(self) -> tuple[str, Columns]:
        text, columns = self.renamed(*self.any_table())
        self.add(text, columns)
        return self._made[-1]

    def any_table(self) -> tuple[str, Columns]:
        """A table, or a step made before."""
        if self._made and self.chance(0.3):
            found: tuple[str, Columns] = self.pick(self._made)
            return found
        table = self.pick(list(TABLES)[: 4 if self.chance(0.3) else 3])
        fields = [field.split() for field in TABLES[table].split(", ")]
        return table, tuple(Column(name, KINDS[dtype]) for name, dtype in fields)

    def renamed(self, name: str, columns: Columns) -> tuple[str, Columns]:
        """The same rows with new names, perhaps fewer columns, perhaps fewer rows."""
        kept = self.some(columns, 2, 6) if self.chance(0.7) else list(columns)
        new = [self.column(c.kind) for c in kept]
        listed = ", ".join(f"{c.name} AS {n.name}" for c, n in zip(kept, new, strict=True))
        where = f" WHERE {self.condition(columns)}" if self.chance(0.3) else ""
        return f"SELECT {listed} FROM {name}{where}", tuple(new)

    def other(self) -> tuple[str, Columns]:
        """Another input as an item of FROM."""
        text, columns = self.renamed(*self.any_table())
        return f"({text})", columns

    def project(self, name: str, columns: Columns) -> None:
        made, texts = [], []
        for _ in range(self.random.randrange(1, 4)):
            kind = self.pick([*COMPARED, "array", "boolean"])
            new = self.column(kind)
            if self.chance(0.15):
                text, new = self.scalar(columns)
            elif self.chance(0.12):
                text, new = self.exists(columns), self.column("boolean")
            else:
                text = self.value(kind, columns)
            made.append(new)
            texts.append(f"{text} AS {new.name}")
        kept = self.some(columns, 1, len(columns))
        self.add(f"SELECT {', '.join([*(c.name for c in kept), *texts])} FROM {name}",
                 [*kept, *made])  # fmt: skip

    def filter(self, name: str, columns: Columns) -> None:
        found = self.exists(columns) if self.chance(0.4) else self.condition(columns)
        if self.chance(0.3):
            found = f"{found} {self.pick(['AND', 'OR'])} {self.condition(columns)}"
        self.add(f"SELECT * FROM {name} WHERE {found}", columns)

    def join(self, name: str, columns: Columns) -> None:
        right, others = self.other()
        kind = self.pick(
            ["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN",
             "LEFT ANTI JOIN", "CROSS JOIN"]
        )  # fmt: skip
        parts = [p for p in (self.equation(columns, others) for _ in range(3)) if p]
        parts = list(dict.fromkeys(parts[: self.random.randrange(1, 3)]))
        both = (*columns, *others)
        if self.chance(0.3):
            parts.append(self.condition(self.pick([columns, others, both])))
        text = f"SELECT * FROM {name} {kind} {right}"
        if kind == "CROSS JOIN" or not parts:
            limited = f"(SELECT * FROM {right} LIMIT 0)" if not parts else right
            text = f"SELECT * FROM {name} CROSS JOIN {limited}"
            self.add(text, both)
            return
        text = f"{text} ON {' AND '.join(parts)}"
        self.add(text, columns if "SEMI" in kind or "ANTI" in kind else both)

    def group(self, name: str, columns: Columns) -> None:
        keys = self.keys(columns)
        texts, made = self.aggregates(columns)
        listed = ", ".join([*(f"{text} AS {new.name}" for text, new in keys), *texts])
        text = f"SELECT {listed} FROM {name}"
        if self.chance(0.25):
            text += f" WHERE {self.condition(columns)}"
        if keys:
            text += f" GROUP BY {', '.join(text for text, _ in keys)}"
        if self.chance(0.2):
            text += f" HAVING count(*) > {self.pick(['0', '1', '2'])}"
        self.add(text, [*(new for _, new in keys), *made])

    def keys(self, columns: Columns) -> list[tuple[str, Column]]:
        found = []
        for c in self.some(columns, 0, 3):
            if c.kind in COMPARED and self.chance(0.25):
                found.append((self.value(c.kind, (c,)), self.column(c.kind)))
            else:
                found.append((c.name, self.column(c.kind)))
        return [(text, new) for text, new in found if text != "NULL" and "c" in text]

    def group_sets(self, name: str, columns: Columns) -> None:
        keys = self.some(columns, 1, 3)
        names = ", ".join(c.name for c in keys)
        new = [self.column(c.kind) for c in keys]
        texts, made = self.aggregates(columns)
        if self.chance(0.4):
            mark = self.column("int")
            texts, made = [*texts, f"grouping_id() AS {mark.name}"], [*made, mark]
        listed = ", ".join(
            [*(f"{k.name} AS {n.name}" for k, n in zip(keys, new, strict=True)), *texts]
        )
        sets = f"(({names}), ({keys[-1].name}), ())"
        by = self.pick([f"ROLLUP ({names})", f"CUBE ({names})", f"{names} GROUPING SETS {sets}"])
        self.add(f"SELECT {listed} FROM {name} GROUP BY {by}", [*new, *made])

    def aggregates(self, columns: Columns) -> tuple[list[str], list[Column]]:
        texts, made = [], []
        for _ in range(self.random.randrange(1, 4)):
            text, kind = self.aggregate(columns)
            if self.chance(0.2):
                call, end = (text[:-1], ")") if text.startswith("sort_array") else (text, "")
                text = f"{call} FILTER (WHERE {self.condition(columns, 1)}){end}"
            new = self.column(kind)
            texts.append(f"{text} AS {new.name}")
            made.append(new)
        return texts, made

    def aggregate(self, columns: Columns, window: bool = False) -> tuple[str, str]:
        c = self.pick(columns)
        distinct = "DISTINCT " if self.chance(0.3) and not window else ""
        choices = [("count(*)", "int"), (f"count({distinct}{c.name})", "int")]
        if c.kind in ("int", "decimal", "double"):
            choices += [(f"sum({distinct}{c.name})", c.kind)] * 2
            choices += [(f"avg({distinct}{c.name})", "last")]
        if c.kind in COMPARED:
            choices += [(f"min({c.name})", c.kind), (f"max({c.name})", c.kind)]
            choices += [(f"sort_array(collect_set({c.name}))", "last")] * (not window)
        if c.kind == "boolean":
            choices += [(f"bool_and({c.name})", c.kind), (f"count_if({c.name})", "int")]
        if not window and c.kind == "int":
            choices += [(f"sort_array(collect_list({c.name}))", "last")]
        if not window and len(columns) > 1:
            two = self.some(columns, 2, 2)
            choices += [(f"count({distinct}{two[0].name}, {two[1].name})", "int")]
        found: tuple[str, str] = self.pick(choices)
        return found

    def union(self, name: str, columns: Columns) -> None:
        self._both("UNION ALL", name, columns)

    def set_operation(self, name: str, columns: Columns) -> None:
        words = ["UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]
        self._both(self.pick(words), name, columns)

    def _both(self, word: str, name: str, columns: Columns) -> None:
        right, others = self.other()
        pairs = []
        for c in self.some(columns, 1, 3):
            fits = [o for o in others if o.kind == c.kind and c.kind != "last"]
            pairs.append((c, self.pick(fits).name if fits else "NULL"))
        new = [self.column(c.kind) for c, _ in pairs]
        listed = ", ".join(f"{c.name} AS {n.name}" for (c, _), n in zip(pairs, new, strict=True))
        second = f"SELECT {', '.join(other for _, other in pairs)} FROM {right}"
        self.add(f"SELECT {listed} FROM {name} {word} {second}", new)

    def distinct(self, name: str, columns: Columns) -> None:
        kept = self.some(columns, 1, 3)
        self.add(f"SELECT DISTINCT {', '.join(c.name for c in kept)} FROM {name}", kept)

    def window(self, name: str, columns: Columns) -> None:
        keys = ", ".join(c.name for c in self.some(columns, 0, 2))
        parts = f"PARTITION BY {keys} " if keys else ""
        every = self.order(columns)
        numbers = [c for c in columns if c.kind == "int"]
        text, kind = self.aggregate(columns, window=True)
        ranks = ["rank()", "dense_rank()", "row_number()", "ntile(3)", "percent_rank()"]
        picked = self.pick(columns)
        choices = [
            (f"{self.pick(ranks)} OVER ({parts}ORDER BY {every})", "last"),
            (f"{self.pick(['lag', 'lead'])}({picked.name}, {self.pick('12')}) OVER "
             f"({parts}ORDER BY {every})", picked.kind),
            (f"{self.pick(['first_value', 'last_value'])}({picked.name}"
             f"{self.pick(['', ', true'])}) OVER ({parts}ORDER BY {every})", picked.kind),
            (f"{text} OVER ({parts})", kind),
            (f"{text} OVER ({parts}ORDER BY {every})", kind),
            (f"{text} OVER ({parts}ORDER BY {every} ROWS BETWEEN {self.frame()})", kind),
        ]  # fmt: skip
        if numbers:
            by = self.pick(numbers).name + self.pick(["", " DESC", " NULLS LAST"])
            choices.append(
                (f"{text} OVER ({parts}ORDER BY {by} RANGE BETWEEN {self.frame()})", kind)
            )
            choices.append((f"rank() OVER ({parts}ORDER BY {by})", "int"))
        made, texts = [], []
        for chosen, kind in self.some(choices, 1, 2):
            new = self.column(kind)
            made.append(new)
            texts.append(f"{chosen} AS {new.name}")
        self.add(f"SELECT *, {', '.join(texts)} FROM {name}", [*columns, *made])

    def frame(self) -> str:
        starts = ["UNBOUNDED PRECEDING", "2 PRECEDING", "1 PRECEDING", "CURRENT ROW"]
        ends = ["CURRENT ROW", "1 FOLLOWING", "2 FOLLOWING", "UNBOUNDED FOLLOWING"]
        if self.chance(0.15):
            return str(self.pick(["1 FOLLOWING AND 2 FOLLOWING", "2 PRECEDING AND 1 PRECEDING"]))
        return f"{self.pick(starts)} AND {self.pick(ends)}"

    def order(self, columns: Columns) -> str:
        """All columns, so that rows that tie are equal."""
        words = ["", " DESC", " NULLS LAST", " DESC NULLS FIRST"]
        listed = self.some(columns, len(columns), len(columns))
        return ", ".join(f"{c.name}{self.pick(words)}" for c in listed)

    def top(self, name: str, columns: Columns) -> None:
        text = f"SELECT * FROM {name} ORDER BY {self.order(columns)}"
        if self.chance(0.8):
            text += f" LIMIT {self.pick(['0', '1', '3', '5', '10'])}"
        if self.chance(0.25):
            text += f" OFFSET {self.pick(['1', '2', '100'])}"
        self.add(text, columns)

    def generate(self, name: str, columns: Columns) -> None:
        new = self.column("int")
        rows = self.value("array", columns)
        word = self.pick(["LATERAL VIEW", "LATERAL VIEW OUTER"])
        if self.chance(0.3):
            place = self.column("int")
            text = f"SELECT * FROM {name} {word} posexplode({rows}) g AS {place.name}, {new.name}"
            self.add(text, [*columns, place, new])
            return
        self.add(f"SELECT * FROM {name} {word} explode({rows}) g AS {new.name}", [*columns, new])

    def lateral(self, name: str, columns: Columns) -> None:
        right, others = self.other()
        link = self.equation(columns, others) or "true"
        if self.chance(0.5):
            texts, made = self.aggregates(others)
            inner = f"SELECT {', '.join(texts)} FROM {right} WHERE {self.strict(columns, others)}"
        else:
            made = list(others)
            inner = f"SELECT * FROM {right} WHERE {link}"
        word = self.pick([", LATERAL ({})", "JOIN LATERAL ({})", "LEFT JOIN LATERAL ({}) ON true"])
        self.add(f"SELECT * FROM {name} {word.format(inner)}".replace(" ,", ","),
                 [*columns, *made])  # fmt: skip

    # -- subqueries ------------------------------------------------------------------------------

    def exists(self, columns: Columns) -> str:
        right, others = self.other()
        link = self.equation(columns, others) if self.chance(0.6) else None
        where = f" WHERE {link}" if link else ""
        if self.chance(0.3):
            where += f"{' AND' if where else ' WHERE'} {self.condition(others, 1)}"
        word = "NOT " if self.chance(0.4) else ""
        pairs = [(c, o) for c in columns for o in others if c.kind == o.kind in COMPARED]
        if pairs and self.chance(0.6):
            c, o = self.pick(pairs)
            value = c.name if self.chance(0.7) else self.value(c.kind, (c,))
            if not any(part in value for part in "c"):
                value = c.name
            return f"{value} {word}IN (SELECT {o.name} FROM {right}{where})"
        return f"{word}EXISTS (SELECT * FROM {right}{where or ' WHERE true'})"

    def scalar(self, columns: Columns) -> tuple[str, Column]:
        right, others = self.other()
        text, kind = self.aggregate(others)
        where = f" WHERE {self.strict(columns, others)}" if self.chance(0.7) else ""
        value = f"(SELECT {text} FROM {right}{where})"
        if kind == "int" and self.chance(0.3):
            value = f"coalesce({value}, 0) + 1"
        return value, self.column(kind)

    def strict(self, columns: Columns, others: Columns) -> str:
        """An equality of a column of each side, or what is always true."""
        pairs = [(c, o) for c in columns for o in others if c.kind == o.kind in COMPARED]
        if not pairs:
            return "true"
        c, o = self.pick(pairs)
        return f"{o.name} = {c.name}"

    # -- expressions -----------------------------------------------------------------------------

    def equation(self, left: Columns, right: Columns) -> str | None:
        """A comparison of a column of each side."""
        pairs = [(c, o) for c in left for o in right if c.kind == o.kind in COMPARED]
        if not pairs:
            return None
        c, o = self.pick(pairs)
        sign = self.pick(["=", "=", "=", "=", "<=>", "<=>", "<", ">="])
        if c.kind == "int" and self.chance(0.2):
            return f"{c.name} + 1 {sign} {o.name}"
        return f"{c.name} {sign} {o.name}"

    def condition(self, columns: Columns, depth: int = 2, deep: int = 1) -> str:
        if depth and self.chance(0.4):
            a, b = self.condition(columns, depth - 1), self.condition(columns, depth - 1)
            return str(self.pick([f"({a} AND {b})", f"({a} OR {b})", f"NOT ({a})"]))
        c = self.pick(columns)
        if c.kind not in COMPARED:
            return f"{c.name} IS {self.pick(['', 'NOT '])}NULL"
        sign = self.pick(["=", "<", "<=", ">", ">=", "<=>", "<>"])
        other, value = self.value(c.kind, columns, deep), self.value(c.kind, columns, deep)
        choices = [
            f"{c.name} {sign} {other}", f"{c.name} {sign} {other}",
            f"{c.name} IS {self.pick(['', 'NOT '])}NULL", f"{c.name} IN ({other}, {value})",
            f"{c.name} NOT IN ({other}, {self.pick(CONSTANTS[c.kind])})",
            f"{c.name} BETWEEN {other} AND {value}",
            f"coalesce({c.name} {sign} {other}, {self.pick(['true', 'false'])})",
        ]  # fmt: skip
        if c.kind == "string":
            choices.append(f"{c.name} {self.pick(['LIKE', 'NOT LIKE'])} {self.pick(LIKES)}")
        return str(self.pick(choices))

    def value(self, kind: str, columns: Columns, depth: int = 2) -> str:
        own = [c.name for c in columns if c.kind == kind]
        if own and (depth <= 0 or self.chance(0.5)):
            return str(self.pick(own))
        if depth <= 0 or self.chance(0.25):
            return str(self.pick(CONSTANTS[kind]))

        form = str(self.pick(GENERAL * (kind != "array") + FORMS[kind]))
        return re.sub(r"\{(\w+)\}", lambda found: self.part(found[1], kind, columns, depth), form)

    def part(self, wanted: str, kind: str, columns: Columns, depth: int) -> str:
        """What stands for one pair of braces of a form."""
        if wanted == "test":
            return self.condition(columns, 0, depth - 1)
        return self.value(kind if wanted == "same" else wanted, columns, depth - 1)


def one_text(steps: dict[str, str]) -> str:
    """A query of steps as one text with common table expressions."""
    *before, last = steps.items()
    head = ", ".join(f"{name} AS ({text})" for name, text in before)
    return f"WITH {head} {last[1]}" if head else last[1]


def plain(value: Any) -> Any:
    """A value as text that is the same for equal values."""
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case float():
            return float(f"{value:.9g}") + 0.0
        case Decimal():
            return str(value)
        case list() | tuple():
            return [plain(v) for v in value]
        case bool() | int() | str() | None:
            return value
    return str(value)


def answer(rows: Sequence[Any]) -> list[str]:
    """Rows as text, in an order of their own."""
    return sorted(repr([plain(v) for v in row]) for row in rows)
