"""``from_json`` as records are read: options, malformed records, dates in formats of their own.

The reader is that of JSON files (``sources.json_values``); a text is one record.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from typing import Any

from rayspark.datatypes import StructType
from rayspark.errors import AnalysisException
from rayspark.execution.boundary import inner_type
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import ArrowFunction, Failure
from rayspark.execution.kernels.texts import each
from rayspark.execution.sources.json import OPTIONS, JsonOptions
from rayspark.execution.sources.json_values import BadRecord, Conversions, JsonReader
from rayspark.execution.sources.options import Options

KNOWN = {name.lower() for name in OPTIONS} | {"timezone", "locale"}
CORRUPT = "spark.sql.columnNameOfCorruptRecord"
_OWN = threading.local()
"""Readers by what they read: they serve one thread each, and travel to no executor."""


def is_plain(given: Mapping[str, str], schema: StructType, settings: Mapping[str, str]) -> bool:
    """Whether there is nothing to know but the schema, and what a cast makes of a text is right:
    as a wall clock's time a cast reads texts that name a zone, too.
    """
    if given or settings.get(CORRUPT, "_corrupt_record") in schema.names:
        return False
    return "timestamp_ntz" not in schema.simpleString()


def record_reader(
    schema: StructType, given: Mapping[str, str], settings: Mapping[str, str], zone: str
) -> ArrowFunction:
    """A function from texts to structs of a schema.

    Raises
    ------
    AnalysisException
        ``PARSE_MODE_UNSUPPORTED``: records cannot be dropped from a column.
    """
    mode = given.get("mode", "").lower()
    if mode == "dropmalformed":
        raise AnalysisException(
            errorClass="PARSE_MODE_UNSUPPORTED",
            messageParameters={"funcName": "`from_json`", "mode": mode.upper()},
        )
    if mode != "failfast":
        given = {name: value for name, value in given.items() if name != "mode"}
    how = JsonOptions.of(
        Options("json", given, OPTIONS), {**settings, "spark.sql.session.timeZone": zone}
    )
    data = StructType([f for f in schema.fields if f.name != how.corrupt])
    keeps = how.corrupt in schema.names
    told = f"{schema.json()}{sorted(given.items())}{zone}{how.corrupt}"
    key = hashlib.sha256(told.encode()).hexdigest()[:16]

    def one(text: str) -> dict[str, Any] | None:
        row, bad = _read(_own_reader(key, data, how), text, data)
        if row is None:
            return None
        if bad and how.mode == "failfast":
            shown = ",".join("null" if v is None else str(v) for v in row.values())
            raise Failure(
                "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                badRecord=f"[{shown}]",
                failFastMode="FAILFAST",
            )
        return {**row, how.corrupt: text if bad else None} if keeps else row

    name = f"spark_json_record_{key}"
    return each(name, one, ("VARCHAR",), duck_type(schema), inner_type(schema))


def _own_reader(key: str, data: StructType, how: JsonOptions) -> JsonReader:
    """The reader of this thread."""
    found: JsonReader | None = _OWN.__dict__.get(key)
    if found is None:
        found = _OWN.__dict__[key] = JsonReader(data, how.dialect, Conversions(how.formats))
    return found


def _read(reader: JsonReader, text: str, data: StructType) -> tuple[dict[str, Any] | None, bool]:
    """The record, and whether it is malformed; ``None`` for a blank text."""
    nothing = dict.fromkeys(data.names)
    if text.lstrip().startswith("["):
        return nothing, True
    try:
        found = reader.rows(text)
    except BadRecord:
        return nothing, True
    return found[0] if found else (None, False)
