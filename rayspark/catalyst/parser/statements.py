"""DDL, DML and the small statements.

sqlglot knows few of Spark's statements, so each is read here by the cursor, a function a family;
queries and expressions inside them are read as everywhere. The first word finds the function.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import Expression
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser.ddl import accept_any, alter, create, drop
from rayspark.catalyst.parser.definitions import exists, partition_spec, property_list
from rayspark.catalyst.parser.describing import describe, show
from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.catalyst.parser.variables import declare, execute, set_variable

QUERIES = (
    TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.VALUES, TokenType.TABLE,
    TokenType.L_PAREN,
)  # fmt: skip


def statement(reader: QueryReader) -> LogicalPlan:
    """The statement at the cursor."""
    if reader.at(TokenType.WITH, TokenType.FROM) and _inserts(reader):
        return _with_insert(reader)
    if reader.at(*QUERIES):
        return reader.query()
    read = STATEMENTS.get(reader._curr.text.upper())
    if read is None or not reader.at_words(reader._curr.text.upper()):
        raise reader.error()
    reader._advance()
    return read(reader)


def _inserts(reader: QueryReader) -> bool:
    """Whether common table expressions are followed by INSERT."""
    depth, offset = 0, 0
    while (token := reader.peek(offset)) is not None:
        if token.token_type is TokenType.L_PAREN:
            depth += 1
        elif token.token_type is TokenType.R_PAREN:
            depth -= 1
        elif depth == 0 and token.text.upper() == "INSERT":
            return True
        elif depth == 0 and token.token_type is TokenType.SELECT:
            return False
        offset += 1
    return False


def _with_insert(reader: QueryReader) -> LogicalPlan:
    """``WITH q AS (...) INSERT INTO t SELECT ...``."""
    if reader.at(TokenType.FROM):
        raise reader.error_here(
            "INVALID_STATEMENT_OR_CLAUSE", reader._curr, operation="FROM ... INSERT"
        )
    wrap = reader.common_tables()
    reader.expect_words("INSERT")
    inserted = _insert(reader)
    assert isinstance(inserted, (c.Insert, c.InsertDirectory))
    return inserted.copy(query=wrap(inserted.query))


# -- INSERT --------------------------------------------------------------------------------------


def _insert(reader: QueryReader) -> LogicalPlan:
    overwrite = reader.accept_words("OVERWRITE")
    if not overwrite:
        reader.expect(TokenType.INTO)
    if overwrite and (reader.at_words("DIRECTORY") or reader.at_words("LOCAL", "DIRECTORY")):
        return _insert_directory(reader)
    reader.accept(TokenType.TABLE)
    table = reader.names()
    partition = partition_spec(reader) if reader.at_words("PARTITION") else ()
    if_not_exists = bool(partition) and exists(reader, negated=True)
    columns: tuple[str, ...] = ()
    by_name = False
    if reader.accept_words("BY", "NAME"):
        by_name = True
    elif reader.at(TokenType.L_PAREN) and not reader._at_query():
        columns = tuple(reader.in_parentheses(lambda: reader.list_of(reader.name)))
    return c.Insert(table, reader.query(), overwrite, partition, columns, if_not_exists, by_name)


def _insert_directory(reader: QueryReader) -> LogicalPlan:
    reader.accept_words("LOCAL")
    reader.expect_words("DIRECTORY")
    path = reader.string() if reader.at_string() else None
    provider = "parquet"
    if reader.accept(TokenType.USING):
        provider = reader.name()
    options = property_list(reader) if reader.accept_words("OPTIONS") else ()
    path = path or dict(options).get("path")
    if path is None:
        raise reader.error()
    return c.InsertDirectory(path, reader.query(), provider, options)


# -- small statements ----------------------------------------------------------------------------


def _use(reader: QueryReader) -> LogicalPlan:
    if reader.next_is(TokenType.VAR, TokenType.IDENTIFIER):
        _ = (
            reader.accept_words("DATABASE")
            or reader.accept_words("SCHEMA")
            or reader.accept_words("NAMESPACE")
        )
    return c.UseDatabase(reader.names())


def _truncate(reader: QueryReader) -> LogicalPlan:
    reader.expect(TokenType.TABLE)
    name = reader.names()
    partition = partition_spec(reader) if reader.at_words("PARTITION") else ()
    return c.TruncateTable(name, _with_values(reader, partition))


def _with_values(
    reader: QueryReader, partition: tuple[tuple[str, Expression | None], ...]
) -> tuple[tuple[str, Expression], ...]:
    found = []
    for name, value in partition:
        if value is None:
            raise reader.error(reader._prev)
        found.append((name, value))
    return tuple(found)


def _cache(reader: QueryReader) -> LogicalPlan:
    lazy = reader.accept_words("LAZY")
    reader.expect(TokenType.TABLE)
    name = reader.names()
    options = property_list(reader) if reader.accept_words("OPTIONS") else ()
    if not reader._curr:
        return c.CacheTable(name, None, lazy, options)
    reader.accept(TokenType.ALIAS)
    return c.CacheTable(name, reader.query(), lazy, options)


def _uncache(reader: QueryReader) -> LogicalPlan:
    reader.expect(TokenType.TABLE)
    if_exists = exists(reader)
    return c.UncacheTable(reader.names(), if_exists)


def _clear(reader: QueryReader) -> LogicalPlan:
    reader.expect_words("CACHE")
    return c.UncacheTable()


def _refresh(reader: QueryReader) -> LogicalPlan:
    if reader.accept(TokenType.TABLE):
        return c.RefreshTable(reader.names())
    if reader.at_string():
        return c.RefreshTable(path=reader.string())
    if reader.at_words("FUNCTION"):
        _skip_rest(reader)
        return c.Refused("the statement REFRESH FUNCTION")
    return c.RefreshTable(reader.names())


def _analyze(reader: QueryReader) -> LogicalPlan:
    reader.expect(TokenType.TABLE)
    name = reader.names()
    if reader.at_words("PARTITION"):
        partition_spec(reader)
    reader.expect_words("COMPUTE", "STATISTICS")
    if reader.accept_words("NOSCAN"):
        return c.AnalyzeTable(name, no_scan=True)
    if reader.accept(TokenType.FOR):
        if reader.accept(TokenType.ALL):
            reader.expect_words("COLUMNS")
            return c.AnalyzeTable(name, None)
        reader.expect_words("COLUMNS")
        return c.AnalyzeTable(name, tuple(reader.list_of(reader.name)))
    return c.AnalyzeTable(name)


def _explain(reader: QueryReader) -> LogicalPlan:
    mode = "simple"
    if accept_any(reader, "EXTENDED", "CODEGEN", "COST", "FORMATTED"):
        mode = reader._prev.text.lower()
    return c.Explain(statement(reader), mode)


def _msck(reader: QueryReader) -> LogicalPlan:
    reader.expect_words("REPAIR")
    reader.expect(TokenType.TABLE)
    return c.AlterTable(reader.names(), "recover partitions")


def _comment(reader: QueryReader) -> LogicalPlan:
    reader.expect(TokenType.ON)
    if reader.accept(TokenType.TABLE):
        name = reader.names()
        return c.AlterTable(name, "set properties", (("properties", _comment_text(reader)),))
    if not (
        reader.accept_words("DATABASE")
        or reader.accept_words("SCHEMA")
        or reader.accept_words("NAMESPACE")
    ):
        raise reader.error()
    name = reader.names()
    return c.AlterDatabase(name, properties=_comment_text(reader))


def _comment_text(reader: QueryReader) -> c.Pairs:
    reader.expect(TokenType.IS)
    if reader.accept(TokenType.NULL):
        return (("comment", ""),)
    return (("comment", reader.string()),)


# -- not here ------------------------------------------------------------------------------------


def _delete(reader: QueryReader) -> LogicalPlan:
    reader.expect(TokenType.FROM)
    return _refused(reader, "DELETE")


def _update(reader: QueryReader) -> LogicalPlan:
    return _refused(reader, "UPDATE TABLE")


def _merge(reader: QueryReader) -> LogicalPlan:
    reader.accept_words("WITH", "SCHEMA", "EVOLUTION")
    reader.expect(TokenType.INTO)
    return _refused(reader, "MERGE INTO TABLE")


def _replace(reader: QueryReader) -> LogicalPlan:
    reader.expect(TokenType.TABLE)
    rest = reader._tokens[reader._index :]
    query = any(token.token_type is TokenType.SELECT for token in rest)
    return _refused(reader, "REPLACE TABLE AS SELECT" if query else "REPLACE TABLE")


def _refused(reader: QueryReader, operation: str) -> LogicalPlan:
    name = reader.names()
    _skip_rest(reader)
    return c.Refused(operation, name)


def _other(reader: QueryReader) -> LogicalPlan:
    """A statement of Spark's that has no meaning here."""
    word = reader._prev.text.upper()
    _skip_rest(reader)
    return c.Refused(f"the statement {word}")


# -- SET -----------------------------------------------------------------------------------------


def _set(reader: QueryReader) -> LogicalPlan:
    if not reader._curr or reader.accept(TokenType.DASH):
        _skip_rest(reader)
        return c.SetCommand()
    if reader.at_words("CATALOG") and reader._next and not reader.next_is(TokenType.EQ):
        reader.expect_words("CATALOG")
        return c.UseCatalog(reader.one_string() if reader.at_string() else reader.name())
    if reader.accept_words("TIME", "ZONE"):
        return c.SetCommand(TIME_ZONE, _zone(reader))
    if reader.at_words("VAR") or reader.at_words("VARIABLE"):
        reader._advance()
        return set_variable(reader)
    key, start = _setting_key(reader), reader._curr
    if not start:
        return c.SetCommand(key)
    reader.expect(TokenType.EQ)
    value = reader.sql[start.end + 1 :].strip().rstrip(";").strip()
    if value[:1] == "`" and value[-1:] == "`" and len(value) > 1:
        value = value[1:-1].replace("``", "`")
    _skip_rest(reader)
    return c.SetCommand(key, value)


TIME_ZONE = "spark.sql.session.timeZone"


def _zone(reader: QueryReader) -> str:
    if reader.accept_words("LOCAL"):
        return ""
    if reader.at_string():
        return reader.string()
    raise reader.error()


def _setting_key(reader: QueryReader) -> str:
    """``spark.sql.shuffle.partitions``: all up to ``=``."""
    if reader.at(TokenType.IDENTIFIER):
        return reader.name()
    start = reader._curr
    while reader._curr and not reader.at(TokenType.EQ):
        reader._advance()
    if reader._curr is start:
        raise reader.error()
    return reader.sql[start.start : reader._prev.end + 1].strip()


def _reset(reader: QueryReader) -> LogicalPlan:
    if not reader._curr:
        return c.ResetCommand()
    return c.ResetCommand(_setting_key(reader))


def _skip_rest(reader: QueryReader) -> None:
    while reader._curr:
        reader._advance()


STATEMENTS: dict[str, Callable[[QueryReader], LogicalPlan]] = {
    "ADD": _other,
    "CALL": _other,
    "DECLARE": declare,
    "DELETE": _delete,
    "EXECUTE": execute,
    "LIST": _other,
    "LOAD": _other,
    "MERGE": _merge,
    "REPLACE": _replace,
    "UPDATE": _update,
    "ALTER": alter,
    "ANALYZE": _analyze,
    "CACHE": _cache,
    "CLEAR": _clear,
    "COMMENT": _comment,
    "CREATE": create,
    "DESC": describe,
    "DESCRIBE": describe,
    "DROP": drop,
    "EXPLAIN": _explain,
    "INSERT": _insert,
    "MSCK": _msck,
    "REFRESH": _refresh,
    "RESET": _reset,
    "SET": _set,
    "SHOW": show,
    "TRUNCATE": _truncate,
    "UNCACHE": _uncache,
    "USE": _use,
}
