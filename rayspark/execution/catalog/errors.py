"""What can go wrong with names of databases, tables and views, in Spark's conditions."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.errors import AnalysisException, SparkRuntimeException

CATALOG = "spark_catalog"
TABLE_EXISTS = "TABLE_OR_VIEW_ALREADY_EXISTS"


def sql_name(*parts: str) -> str:
    """A name in backquotes, as messages show it."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def error(condition: str, **parameters: str) -> AnalysisException:
    """An analysis error of a condition."""
    return AnalysisException(errorClass=condition, messageParameters=parameters)


def table_not_found(parts: Sequence[str], database: str = "default") -> AnalysisException:
    """There is no such table or view; ``database`` is the one that was searched."""
    return error(
        "TABLE_OR_VIEW_NOT_FOUND",
        relationName=sql_name(*parts),
        searchPath=f"[{sql_name(CATALOG, database)}]",
    )


def table_exists(database: str, name: str) -> AnalysisException:
    """The name is taken."""
    return error(TABLE_EXISTS, relationName=sql_name(CATALOG, database, name))


def location_exists(database: str, name: str, location: str) -> SparkRuntimeException:
    """A managed table's files would lie among others."""
    return SparkRuntimeException(
        errorClass="LOCATION_ALREADY_EXISTS",
        messageParameters={
            "location": f"'file:{location}'",
            "identifier": sql_name(CATALOG, database, name),
        },
    )


def schema_not_found(*parts: str) -> AnalysisException:
    """There is no such database."""
    full = parts if len(parts) > 1 else (CATALOG, *parts)
    return error("SCHEMA_NOT_FOUND", schemaName=sql_name(*full))


def unsupported(database: str, name: str, operation: str) -> AnalysisException:
    """Tables of files cannot do this."""
    return error(
        "UNSUPPORTED_FEATURE.TABLE_OPERATION",
        tableName=sql_name(CATALOG, database, name),
        operation=operation,
    )


def not_a_table(parts: Sequence[str], operation: str) -> AnalysisException:
    """A view where a table is needed."""
    return error(
        "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", viewName=sql_name(*parts), operation=operation
    )


def not_a_view(parts: Sequence[str], operation: str) -> AnalysisException:
    """A table where a view is needed."""
    return error(
        "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", tableName=sql_name(*parts), operation=operation
    )


def wrong_kind(
    operation: str, required: str, parts: Sequence[str], found: str, instead: str
) -> AnalysisException:
    """A table where a view is needed, or the other way round."""
    return error(
        "WRONG_COMMAND_FOR_OBJECT_TYPE",
        operation=operation,
        requiredType=required,
        objectName=".".join(parts),
        foundType=found,
        alternative=instead,
    )
