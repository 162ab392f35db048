"""CREATE, DROP and ALTER."""

from __future__ import annotations

from typing import Any

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser.bucketing import bucket_spec, bucket_transform
from rayspark.catalyst.parser.definitions import (
    Pairs,
    column_definition,
    column_definitions,
    exists,
    keys,
    partition_spec,
    property_list,
)
from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.catalyst.parser.types import read_type
from rayspark.datatypes import StructField, StructType
from rayspark.errors import UnsupportedOperationException

DATABASE = ("DATABASE", "SCHEMA", "NAMESPACE")


def accept_any(reader: QueryReader, *words: str) -> bool:
    """Step over one of several words."""
    return any(reader.accept_words(word) for word in words)


# -- CREATE --------------------------------------------------------------------------------------


def create(reader: QueryReader) -> LogicalPlan:
    """What follows CREATE."""
    replace = reader.accept_words("OR", "REPLACE")
    if not replace and accept_any(reader, *DATABASE):
        return _create_database(reader)
    everywhere = reader.accept_words("GLOBAL")
    temporary = accept_any(reader, "TEMPORARY", "TEMP")
    if reader.accept(TokenType.VIEW):
        scope = "global temporary" if everywhere else "temporary" if temporary else "catalog"
        return _create_view(reader, replace, scope)
    if reader.accept_words("FUNCTION") or reader.accept_words("VARIABLE"):
        operation = f"the statement CREATE {reader._prev.text.upper()}"
        while reader._curr:
            reader._advance()
        return c.Refused(operation)
    external = reader.accept_words("EXTERNAL")
    if temporary and reader.at(TokenType.TABLE):
        raise reader.error_here("INVALID_STATEMENT_OR_CLAUSE", operation="CREATE TEMPORARY TABLE")
    reader.expect(TokenType.TABLE)
    return _create_table(reader, replace, external)


def _create_database(reader: QueryReader) -> LogicalPlan:
    if_not_exists = exists(reader, negated=True)
    name = reader.names()
    comment = location = None
    properties: Pairs = ()
    while reader._curr:
        if reader.accept_words("COMMENT"):
            comment = reader.string()
        elif reader.accept_words("LOCATION"):
            location = reader.string()
        else:
            reader.expect(TokenType.WITH)
            if not accept_any(reader, "DBPROPERTIES", "PROPERTIES"):
                raise reader.error()
            properties = property_list(reader)
    return c.CreateDatabase(name, if_not_exists, comment, location, properties)


def _create_view(reader: QueryReader, replace: bool, scope: Any) -> LogicalPlan:
    if_not_exists = exists(reader, negated=True)
    name = reader.names()
    fields: list[tuple[str, str | None]] = []
    if scope != "catalog" and reader.at(TokenType.L_PAREN) and not _is_column_list(reader):
        schema = StructType(column_definitions(reader))
        reader.expect(TokenType.USING)
        return _view_using(reader, name, schema, replace)
    if reader.at(TokenType.L_PAREN):
        fields = reader.in_parentheses(lambda: reader.list_of(lambda: _view_column(reader)))
    if reader.accept(TokenType.USING):
        return _view_using(reader, name, None, replace)
    comment: str | None = None
    properties: Pairs = ()
    while not reader.at(TokenType.ALIAS):
        if reader.accept_words("COMMENT"):
            comment = reader.string()
        elif reader.accept_words("TBLPROPERTIES"):
            properties = property_list(reader)
        elif reader.at(TokenType.WITH):
            reader.expect_words("WITH", "SCHEMA")
            if not accept_any(reader, "BINDING", "COMPENSATION", "EVOLUTION"):
                reader.expect_words("TYPE", "EVOLUTION")
        else:
            raise reader.error()
    reader.expect(TokenType.ALIAS)
    start = reader._curr
    query = reader.query()
    text = reader.sql[start.start : reader._prev.end + 1] if start else ""
    return c.CreateView(
        name,
        query,
        text,
        scope,
        tuple(column for column, _ in fields),
        replace,
        if_not_exists,
        comment,
        tuple(note for _, note in fields),
        properties,
    )


def _is_column_list(reader: QueryReader) -> bool:
    """``(a, b COMMENT 'x')`` as against ``(a INT)``."""
    following = reader.peek(2)
    return following is not None and (
        following.token_type in (TokenType.COMMA, TokenType.R_PAREN)
        or following.text.upper() == "COMMENT"
    )


def _view_column(reader: QueryReader) -> tuple[str, str | None]:
    name = reader.name(any_word=True)
    return name, reader.string() if reader.accept_words("COMMENT") else None


def _view_using(
    reader: QueryReader, name: c.Name, schema: StructType | None, replace: bool
) -> LogicalPlan:
    provider = ".".join(reader.names())
    options = property_list(reader) if reader.accept_words("OPTIONS") else ()
    return c.CreateTemporaryViewUsing(name, provider, options, schema, replace)


def _create_table(reader: QueryReader, replace: bool, external: bool) -> LogicalPlan:
    if_not_exists = exists(reader, negated=True)
    name = reader.names()
    if reader.accept(TokenType.LIKE):
        return _create_like(reader, name, if_not_exists)
    fields: list[StructField] = []
    if reader.at(TokenType.L_PAREN) and not reader._at_query():
        fields = column_definitions(reader)
    clauses = _table_clauses(reader, fields)
    query = None
    if reader._curr:
        if fields and not clauses.get("partition_by"):
            raise reader.error_here(
                "INVALID_STATEMENT_OR_CLAUSE", operation="CREATE TABLE (columns) AS query"
            )
        reader.accept(TokenType.ALIAS)
        query = reader.query()
    if external and clauses.get("location") is None:
        raise reader.error_here("CREATE_EXTERNAL_TABLE_WITHOUT_LOCATION")
    schema = StructType(fields) if fields else None
    return c.CreateTable(
        name, schema, query, if_not_exists=if_not_exists, replace=replace, **clauses
    )


def _table_clauses(reader: QueryReader, fields: list[StructField]) -> dict[str, Any]:
    """USING, PARTITIONED BY, OPTIONS... in any order, each once."""
    found: dict[str, Any] = {}

    def put(key: str, value: Any) -> None:
        if key in found:
            raise reader.error(reader._prev)
        found[key] = value

    def put_buckets(spec: c.BucketSpec) -> None:
        if "buckets" in found:
            raise reader.error_here("DUPLICATE_CLAUSES", clauseName="CLUSTERED BY")
        found["buckets"] = spec

    while reader._curr and not reader.at(TokenType.ALIAS, TokenType.SELECT, TokenType.WITH):
        if reader.accept(TokenType.USING):
            put("provider", ".".join(reader.names()))
        elif reader.accept_words("PARTITIONED", "BY"):
            columns, buckets = _partition_columns(reader, fields)
            put("partition_by", columns)
            for spec in buckets:
                put_buckets(spec)
        elif reader.accept_words("CLUSTERED", "BY"):
            put_buckets(bucket_spec(reader))
        elif reader.accept_words("OPTIONS"):
            put("options", property_list(reader))
        elif reader.accept_words("TBLPROPERTIES"):
            put("properties", property_list(reader))
        elif reader.accept_words("LOCATION"):
            put("location", reader.string())
        elif reader.accept_words("COMMENT"):
            put("comment", reader.string())
        elif reader.accept_words("STORED", "AS"):
            put("provider", reader.name().lower())
        elif reader.at(TokenType.FROM, TokenType.VALUES, TokenType.TABLE, TokenType.L_PAREN):
            break
        elif reader.at(TokenType.CLUSTER_BY):
            raise reader.error_here(
                "INVALID_STATEMENT_OR_CLAUSE", reader._curr, operation="CLUSTER BY"
            )
        else:
            raise reader.error()
    return found


def _partition_columns(
    reader: QueryReader, fields: list[StructField]
) -> tuple[tuple[str, ...], list[c.BucketSpec]]:
    """Names, or definitions (which are columns of the table too); and buckets."""
    buckets: list[c.BucketSpec] = []

    def column() -> str | None:
        following = reader._next
        if following.token_type is TokenType.L_PAREN:
            buckets.append(bucket_transform(reader))
            return None
        if following.token_type in (TokenType.COMMA, TokenType.R_PAREN):
            return reader.name()
        field = column_definition(reader)
        fields.append(field)
        return field.name

    names = reader.in_parentheses(lambda: reader.list_of(column))
    if len(buckets) > 1:
        raise UnsupportedOperationException(
            errorClass="UNSUPPORTED_FEATURE.MULTIPLE_BUCKET_TRANSFORMS", messageParameters={}
        )
    return tuple(name for name in names if name is not None), buckets


def _create_like(reader: QueryReader, name: c.Name, if_not_exists: bool) -> LogicalPlan:
    source = reader.names()
    provider = location = None
    while reader._curr:
        if reader.accept(TokenType.USING):
            provider = reader.name()
        else:
            reader.expect_words("LOCATION")
            location = reader.string()
    return c.CreateTableLike(name, source, if_not_exists, provider, location)


# -- DROP ----------------------------------------------------------------------------------------


def drop(reader: QueryReader) -> LogicalPlan:
    """What follows DROP."""
    if accept_any(reader, *DATABASE):
        if_exists = exists(reader)
        name = reader.names()
        cascade = reader.accept_words("CASCADE")
        if not cascade:
            reader.accept_words("RESTRICT")
        return c.DropDatabase(name, if_exists, cascade)
    temporary = accept_any(reader, "TEMPORARY", "TEMP")
    if reader.accept_words("FUNCTION"):
        if_exists = exists(reader)
        return c.DropFunction(reader.names(), if_exists)
    if temporary:
        reader.expect_words("VARIABLE")
        if_exists = exists(reader)
        return c.DropVariable(reader.names(), if_exists)
    is_view = reader.accept(TokenType.VIEW)
    if not is_view:
        reader.expect(TokenType.TABLE)
    if_exists = exists(reader)
    name = reader.names()
    purge = not is_view and reader.accept_words("PURGE")
    return c.DropTable(name, if_exists, purge, is_view)


# -- ALTER ---------------------------------------------------------------------------------------


def alter(reader: QueryReader) -> LogicalPlan:
    """What follows ALTER."""
    if accept_any(reader, *DATABASE):
        name = reader.names()
        reader.expect_words("SET")
        if reader.accept_words("LOCATION"):
            return c.AlterDatabase(name, location=reader.string())
        if not accept_any(reader, "DBPROPERTIES", "PROPERTIES"):
            raise reader.error()
        return c.AlterDatabase(name, properties=property_list(reader))
    is_view = reader.accept(TokenType.VIEW)
    if not is_view:
        reader.expect(TokenType.TABLE)
    name = reader.names()
    if is_view and (reader.accept(TokenType.ALIAS) or reader._at_query()):
        start = reader._curr
        query = reader.query()
        text = reader.sql[start.start : reader._prev.end + 1]
        details: dict[str, Any] = {"query": query, "text": text}
        return c.AlterTable(name, "set query", tuple(details.items()), True)
    partition = partition_spec(reader) if reader.at_words("PARTITION") else ()
    action, details = _action(reader)
    if partition:
        details["partition"] = partition
    return c.AlterTable(name, action, tuple(details.items()), is_view)


def _action(reader: QueryReader) -> tuple[str, dict[str, Any]]:
    if reader.accept_words("RENAME"):
        return _rename(reader)
    if reader.accept_words("SET"):
        if reader.accept_words("LOCATION"):
            return "set location", {"location": reader.string()}
        reader.expect_words("TBLPROPERTIES")
        return "set properties", {"properties": property_list(reader)}
    if reader.accept_words("UNSET"):
        reader.expect_words("TBLPROPERTIES")
        if_exists = exists(reader)
        return "unset properties", {"keys": keys(reader), "if_exists": if_exists}
    if reader.accept_words("ADD"):
        return _add(reader)
    if reader.accept_words("DROP"):
        return _drop_action(reader)
    if reader.accept_words("RECOVER"):
        reader.expect_words("PARTITIONS")
        return "recover partitions", {}
    if accept_any(reader, "ALTER", "CHANGE"):
        reader.accept_words("COLUMN")
        return _alter_column(reader)
    raise reader.error()


def _rename(reader: QueryReader) -> tuple[str, dict[str, Any]]:
    if reader.accept_words("COLUMN"):
        name = reader.names()
        reader.expect_words("TO")
        return "rename column", {"column": name, "to": reader.name()}
    reader.expect_words("TO")
    if reader.at_words("PARTITION"):
        return "rename partition", {"to": partition_spec(reader)}
    return "rename", {"to": reader.names()}


def _add(reader: QueryReader) -> tuple[str, dict[str, Any]]:
    if accept_any(reader, "COLUMNS", "COLUMN"):
        if reader.at(TokenType.L_PAREN):
            return "add columns", {"columns": tuple(column_definitions(reader))}
        return "add columns", {"columns": tuple(reader.list_of(lambda: column_definition(reader)))}
    if_not_exists = exists(reader, negated=True)
    partitions = []
    while reader.at_words("PARTITION"):
        partitions.append(partition_spec(reader))
        if reader.accept_words("LOCATION"):
            raise reader.error_here(
                "INVALID_STATEMENT_OR_CLAUSE", operation="LOCATION of a partition"
            )
    if not partitions:
        raise reader.error()
    return "add partitions", {"partitions": tuple(partitions), "if_not_exists": if_not_exists}


def _drop_action(reader: QueryReader) -> tuple[str, dict[str, Any]]:
    if accept_any(reader, "COLUMNS", "COLUMN"):
        exists(reader)
        if reader.at(TokenType.L_PAREN):
            columns = reader.in_parentheses(lambda: reader.list_of(reader.names))
        else:
            columns = reader.list_of(reader.names)
        return "drop columns", {"columns": tuple(columns)}
    if_exists = exists(reader)
    partitions = reader.list_of(lambda: partition_spec(reader))
    purge = reader.accept_words("PURGE")
    return "drop partitions", {
        "partitions": tuple(partitions),
        "if_exists": if_exists,
        "purge": purge,
    }


def _alter_column(reader: QueryReader) -> tuple[str, dict[str, Any]]:
    details: dict[str, Any] = {"column": reader.names()}
    if reader.accept_words("COMMENT"):
        details["comment"] = reader.string()
    elif reader.accept_words("TYPE"):
        details["type"] = read_type(reader)
    elif reader.accept_words("SET", "NOT", "NULL"):
        details["nullable"] = False
    elif reader.accept_words("DROP", "NOT", "NULL"):
        details["nullable"] = True
    else:
        field = column_definition(reader)  # CHANGE a a INT COMMENT 'x'
        details["type"] = field.dataType
        if field.name.lower() != details["column"][-1].lower():
            details["to"] = field.name
        if "comment" in field.metadata:
            details["comment"] = field.metadata["comment"]
    return "alter column", details
