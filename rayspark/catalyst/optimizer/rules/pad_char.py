"""``c = 'a'`` of a column CHAR(3): ``c = 'a  '``, since what is stored is padded with blanks."""

from __future__ import annotations

import re
from typing import Any

from rayspark.catalyst.expressions import Attribute, Call, Expression, Literal, call, lit
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.rule import Rule
from rayspark.datatypes.lengths import LENGTH_KEY

COMPARED = {"=", "<=>", "<", "<=", ">", ">=", "in"}


def pad_char(plan: LogicalPlan) -> LogicalPlan:
    """Pad what is compared with a column of CHAR to the length of the longest."""

    def padded(e: Any) -> Any:
        if not isinstance(e, Call) or e.name not in COMPARED:
            return e
        lengths = [_length(a) for a in e.args]
        several = e.args[1:] if len(e.args) > 2 else ()
        if not any(lengths) or not all(isinstance(a, Literal) for a in several):
            return e  # as in Spark, of several options all must be constants
        texts = [len(a.value) for a in e.args if isinstance(a, Literal) and type(a.value) is str]
        longest = max(*texts, *(n or 0 for n in lengths))
        args = tuple(_padded(a, n, longest) for a, n in zip(e.args, lengths, strict=True))
        return e if args == e.args else e.copy(args=args)

    def apply(node: Any) -> Any:
        if not any(_length(a) for child in node.children for a in child.output):
            return node
        return node.map_expressions(lambda e: e.transform_up(padded))

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _length(e: Expression) -> int | None:
    if not isinstance(e, Attribute) or not e.metadata or LENGTH_KEY not in e.metadata:
        return None
    found = re.fullmatch(r"char\((\d+)\)", e.metadata[LENGTH_KEY])
    return None if found is None else int(found[1])


def _padded(e: Expression, length: int | None, longest: int) -> Expression:
    match e:
        case Literal(value=str() as text):
            return e.copy(value=text.ljust(longest))
        case Attribute() if length is not None and length < longest:
            return call("rpad", e, lit(longest), lit(" "))
    return e


PAD_CHAR = Rule("PadChar", pad_char)
