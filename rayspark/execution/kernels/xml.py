"""Kernels of XML: paths in texts, texts as values, values as texts."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from rayspark.datatypes import StructType
from rayspark.datatypes.ddl import type_to_ddl
from rayspark.errors import AnalysisException, SparkException
from rayspark.execution.boundary import inner_type
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.json import options as constant_options
from rayspark.execution.kernels.kernel import ArrowFunction, Exact, Failure, Kernel, Site, quote
from rayspark.execution.kernels.texts import each
from rayspark.execution.sources.options import Options
from rayspark.execution.xml import options as xml_options
from rayspark.execution.xml.inference import Inference
from rayspark.execution.xml.options import XmlOptions
from rayspark.execution.xml.records import XmlReader
from rayspark.execution.xml.tree import XmlError, read_tree
from rayspark.execution.xml.writer import XmlWriter
from rayspark.execution.xml.xpath import Value, evaluate, to_number, to_text, to_truth
from rayspark.execution.xml.xpath_parser import XPathError

# -- paths -----------------------------------------------------------------------------------------


def _found(name: str, turn: Callable[[Value], Any], returns: str, kind: pa.DataType) -> Kernel:
    """What a path gives, turned into a type; null for an empty text or path."""

    def one(text: str, path: str) -> Any:
        if not text or not path:
            return None
        try:
            return turn(evaluate(path, read_tree(text)))
        except XmlError as error:
            raise Failure("INVALID_XML_DOCUMENT", document=text, reason=error) from None
        except XPathError as error:
            raise Failure("INVALID_XPATH", path=path, reason=error) from None

    function = each(f"spark_{name}", one, ("VARCHAR", "VARCHAR"), returns, kind)
    return Exact(lambda site: site.use(function, *site.args))


def _texts(value: Value) -> list[str | None]:
    if not isinstance(value, list):
        raise XPathError("It gives no list of nodes")
    return [None if n.kind in ("root", "element") else n.first for n in value]


def _whole(bits: int) -> Callable[[Value], int]:
    """As Java turns a double into a whole number: within the range, of NaN 0."""
    most = (1 << (bits - 1)) - 1

    def turn(value: Value) -> int:
        number = to_number(value)
        if number != number:
            return 0
        return int(max(min(number, most), -most - 1))

    return turn


def _short(value: Value) -> int:
    number = _whole(32)(value) & 0xFFFF
    return number - (1 << 16) if number >> 15 else number


# -- texts as values -------------------------------------------------------------------------------

KNOWN_READ = {name.lower() for name in xml_options.READ}
KNOWN_WRITTEN = {name.lower() for name in xml_options.WRITTEN}
_OWN = threading.local()
"""Readers by what they read: they serve one thread each."""


def _how(site: Site, index: int) -> tuple[dict[str, str], XmlOptions]:
    given = constant_options(site, index, KNOWN_READ)
    settings = {**site.context.conf, "spark.sql.session.timeZone": site.zone}
    return given, XmlOptions.of(Options("xml", given, xml_options.READ), settings)


def _from_xml(site: Site) -> str:
    given, how = _how(site, 2)
    if how.mode == "dropmalformed":
        raise AnalysisException(
            errorClass="PARSE_MODE_UNSUPPORTED",
            messageParameters={"funcName": "`from_xml`", "mode": how.mode.upper()},
        )
    assert isinstance(site.type, StructType)
    return site.use(_reader(site.type, given, how, site.zone), site.args[0])


def _reader(schema: StructType, given: dict[str, str], how: XmlOptions, zone: str) -> ArrowFunction:
    data = StructType([f for f in schema.fields if f.name != how.corrupt])
    keeps = how.corrupt in schema.names
    told = f"{schema.json()}{sorted(given.items())}{zone}{how.corrupt}"
    key = hashlib.sha256(told.encode()).hexdigest()[:16]
    XmlReader(data, how)  # types that cannot be read are an error now

    def one(text: str) -> dict[str, Any]:
        reader: XmlReader | None = _OWN.__dict__.get(key)
        if reader is None:
            reader = _OWN.__dict__[key] = XmlReader(data, how)
        row, bad = reader.row(text)
        if bad and how.mode == "failfast":
            raise Failure(
                "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                badRecord=text,
                failFastMode="FAILFAST",
            )
        return {**row, how.corrupt: text if bad else None} if keeps else row

    return each(f"spark_from_xml_{key}", one, ("VARCHAR",), duck_type(schema), inner_type(schema))


def _schema_of_xml(site: Site) -> str:
    _, how = _how(site, 1)
    inference = Inference(how)
    try:
        found = inference.schema([inference.record(str(site.literal(0)))])
    except XmlError as error:
        raise SparkException(
            errorClass="MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
            messageParameters={"badRecord": str(error), "failFastMode": "FAILFAST"},
        ) from None
    return quote(type_to_ddl(found))


def _to_xml(site: Site) -> str:
    given = constant_options(site, 1, KNOWN_WRITTEN)
    kind = site.types[0]
    assert isinstance(kind, StructType)
    settings = {**site.context.conf, "spark.sql.session.timeZone": site.zone}
    writer = XmlWriter.of(Options("xml", given, xml_options.WRITTEN), settings)
    told = f"{kind.json()}{sorted(given.items())}{site.zone}"
    key = hashlib.sha256(told.encode()).hexdigest()[:16]

    def one(row: dict[str, Any]) -> str:
        made = writer.record(row, kind)
        return made if writer.indent else made + "\n"

    name = f"spark_to_xml_{key}"
    function = each(name, one, (duck_type(kind),), "VARCHAR", pa.string())
    return site.use(function, site.args[0])


KERNELS: dict[str, Kernel] = {
    "xpath": _found("xpath", _texts, "VARCHAR[]", pa.list_(pa.string())),
    "xpath_boolean": _found("xpath_boolean", to_truth, "BOOLEAN", pa.bool_()),
    "xpath_double": _found("xpath_double", to_number, "DOUBLE", pa.float64()),
    "xpath_float": _found("xpath_float", to_number, "FLOAT", pa.float32()),
    "xpath_int": _found("xpath_int", _whole(32), "INTEGER", pa.int32()),
    "xpath_long": _found("xpath_long", _whole(64), "BIGINT", pa.int64()),
    "xpath_short": _found("xpath_short", _short, "SMALLINT", pa.int16()),
    "xpath_string": _found("xpath_string", to_text, "VARCHAR", pa.string()),
    "from_xml": Exact(_from_xml),
    "schema_of_xml": _schema_of_xml,
    "to_xml": Exact(_to_xml),
}
