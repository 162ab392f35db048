"""Rows of the functions of patterns: LIKE, and Java's regular expressions."""

from __future__ import annotations

from rayspark.catalyst.functions.results import always
from rayspark.catalyst.functions.row import Fn, NullRule, TypeRule, if_any
from rayspark.datatypes import ArrayType, BooleanType, IntegerType, StringType

TEXT, INT, BOOLEAN = StringType(), IntegerType(), BooleanType()


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *examples: str, nulls: NullRule = if_any,
    aliases: tuple[str, ...] = (),
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, aliases=aliases, doc=doc, examples=examples,
              group="string")  # fmt: skip


ROWS: tuple[Fn, ...] = (
    _fn("like", "str: string, pattern: string, escape: string! = '\\\\'", BOOLEAN,
        "Whether a text has a pattern, in which % stands for any text and _ for a character.",
        "'Spark' like '_park'", "like('Spark', '%k')"),
    _fn("ilike", "str: string, pattern: string, escape: string! = '\\\\'", BOOLEAN,
        "The same, whatever the letters' case.", "'Spark' ilike '_PARK'"),
    _fn("rlike", "str: string, regexp: string", BOOLEAN,
        "Whether a regular expression matches somewhere in a text.", "'Spark' rlike 'S.*k'",
        "regexp_like('abc', '^b')", aliases=("regexp", "regexp_like")),
    _fn("regexp_count", "str: string, regexp: string", INT, "How often it matches.",
        "regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')"),
    _fn("regexp_extract", "str: string, regexp: string, idx: int = 1", TEXT,
        "A group of the first match, '' if there is none.",
        "regexp_extract('100-200', '(\\\\d+)-(\\\\d+)', 1)"),
    _fn("regexp_extract_all", "str: string, regexp: string, idx: int = 1", ArrayType(TEXT, True),
        "A group of all matches.",
        "regexp_extract_all('100-200, 300-400', '(\\\\d+)-(\\\\d+)', 1)"),
    _fn("regexp_instr", "str: string, regexp: string, idx?: int", INT,
        "Where the first match begins, from 1; else 0.",
        "regexp_instr('user@spark.org', '@[^.]*')"),
    _fn("regexp_replace", "str: string, regexp: string, rep: string, position: int! = 1", TEXT,
        "With every match replaced; $1 is the first group.",
        "regexp_replace('100-200', '(\\\\d+)', 'num')"),
    _fn("regexp_substr", "str: string, regexp: string", TEXT, "The first match, else null.",
        "regexp_substr('Steven Jones', 'Ste(v|ph)en')", nulls=always),
    _fn("split", "str: string, regex: string, limit: int = -1", ArrayType(TEXT, False),
        "The parts between matches.", "split('oneAtwoBthreeC', '[ABC]')",
        "split('oneAtwoBthreeC', '[ABC]', 2)"),
)  # fmt: skip
