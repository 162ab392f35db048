"""``spark.read.json(rdd)`` and ``spark.read.csv(rdd)``: records that are texts of an RDD.

The texts become a column that ``from_json`` or ``from_csv`` reads where the rows are. Without a
schema the texts come to the driver once, where it is inferred as that of a file is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rayspark.catalyst.expressions import Alias, Expression, UnresolvedFunction, lit
from rayspark.catalyst.expressions import UnresolvedAttribute as Name
from rayspark.catalyst.logical import Filter, Project
from rayspark.datatypes import StringType, StructType, parse_ddl
from rayspark.datatypes.ddl import type_to_ddl
from rayspark.sql.expected import refused

if TYPE_CHECKING:
    from rayspark.rdd import RDD
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.session import SparkSession

Infer = Callable[[list[str]], StructType]
"""The schema of the files of some paths."""
READERS = ("json", "csv")
OF_FILES = {
    "header", "inferschema", "samplingratio", "enforceschema", "multiline", "encoding", "linesep",
}  # fmt: skip
"""Options that say nothing of a single text."""


def read_rdd(
    session: SparkSession,
    texts: RDD[str],
    format: str,
    schema: StructType | str | None,
    options: Mapping[str, str],
    infer: Infer,
) -> DataFrame:
    """A row for each text; empty texts are none, and with ``header`` those that equal the first."""
    if format not in READERS:
        raise refused(f"reading {format} from an RDD", "only json and csv are read so.")
    lines = texts.map(_text)
    rows = session.createDataFrame(lines, StringType())._plan
    value = Name(("value",))
    keep = _call(">", _call("length", _call("trim", value)), lit(0))
    rows = Filter(keep, rows)
    named = {name.lower(): text for name, text in options.items()}
    if format == "csv" and named.get("header", "").lower() == "true":
        for first in lines.take(1):
            rows = Filter(_call("not", _call("=", value, lit(first))), rows)
    if schema is None:
        schema = _inferred(lines.collect(), infer)
    found = parse_ddl(schema) if isinstance(schema, str) else schema
    assert isinstance(found, StructType)
    pairs: list[Expression] = [
        lit(part) for pair in options.items() if pair[0].lower() not in OF_FILES for part in pair
    ]
    args = (value, lit(type_to_ddl(found)), *([_call("map", *pairs)] if pairs else []))
    record = Project((Alias(_call(f"from_{format}", *args), "record"),), rows)
    columns = tuple(Alias(Name(("record", f.name)), f.name) for f in found.fields)
    return session._frame(Project(columns, record))


def _inferred(lines: Sequence[str], infer: Infer) -> StructType:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return infer([str(path)])


def _text(record: object) -> str:
    """A record as one line: between the parts of a JSON text a blank is as good as a new line."""
    text = record.decode() if isinstance(record, bytes) else str(record)
    return text.replace("\r", " ").replace("\n", " ")


def _call(name: str, *args: Expression) -> UnresolvedFunction:
    return UnresolvedFunction(name, args)
