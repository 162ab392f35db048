"""Rows of the functions of XML."""

from __future__ import annotations

from rayspark.catalyst.functions.results import always
from rayspark.catalyst.functions.row import Fn, NullRule, TypeRule
from rayspark.catalyst.functions.tables.json import TEXT, from_schema
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
)


def _fn(
    name: str, args: str, result: TypeRule, doc: str, example: str, nulls: NullRule = always,
    aliases: tuple[str, ...] = (),
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, "scalar", aliases, doc, (example,), "xml")


def _path(name: str, result: DataType, doc: str, *aliases: str) -> Fn:
    example = f"{name}('<a><b>1</b><b>2</b></a>', 'a/b/text()')"
    return _fn(name, "xml: string, path: string!", result, doc, example, aliases=aliases)


ROWS: tuple[Fn, ...] = (
    _path("xpath", ArrayType(TEXT, True),
          "The values of the nodes that an XPath finds in an XML text; elements have none."),
    _path("xpath_boolean", BooleanType(), "What an XPath finds, as a truth: is there a node?"),
    _path("xpath_double", DoubleType(), "What an XPath finds, as a number; NaN for none.",
          "xpath_number"),
    _path("xpath_float", FloatType(), "What an XPath finds, as a number; NaN for none."),
    _path("xpath_int", IntegerType(), "What an XPath finds, as a whole number; 0 for none."),
    _path("xpath_long", LongType(), "What an XPath finds, as a whole number; 0 for none."),
    _path("xpath_short", ShortType(), "What an XPath finds, as a whole number; 0 for none."),
    _path("xpath_string", TEXT, "The text of the first node that an XPath finds."),
    _fn("from_xml", "xml: string, schema: string!, options?: map!", from_schema,
        "An XML element as a struct of a schema. What does not fit is null, or an error in FAILFAST"
        " mode.", "from_xml('<p><a>1</a><b>0.8</b></p>', 'a INT, b DOUBLE')"),
    _fn("schema_of_xml", "xml: string!, options?: map!", TEXT,
        "The schema that an XML element has, as DDL.", "schema_of_xml('<p><a>1</a></p>')", False),
    _fn("to_xml", "expr: struct, options?: map!", TEXT, "A struct as an XML element.",
        "to_xml(named_struct('a', 1, 'b', 2))"),
)  # fmt: skip
